"""Ctrl-C at any moment shows no key: the traceback of an interrupt includes the locals of every frame.

IPython's Verbose mode and its crash reports print the locals of every frame. They show one of our errors in two lines, but a
``KeyboardInterrupt`` has a traceback, and it may come at any line.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

import aiconn_nb
from aiconn_nb import Secret, Session, verbs
from aiconn_nb.model import frames
from aiconn_nb.providers import exports
from aiconn_nb.providers.base import Provider
from aiconn_nb.session import kernel_session

from .canary import Canary, found
from .conftest import CASES, PROVIDERS, Door, Record

KEY = Canary("interrupted")
SEALED = Canary("interrupted", "sealed")
ALL = (KEY, SEALED)
GIVEN_IN = {__file__, frames.__file__, str(verbs.__file__)}
"""The files of this test and of the verbs."""
Interrupting = Callable[[int, Callable[[], object]], None]


def shown(error: BaseException) -> str:
    """Return the locals of all frames of the error and of its causes. The frames of this file and of the verbs are left out,
    because a caller's arguments are in the caller's own frame as well."""
    parts = []
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None:
            pending += [each.__cause__, each.__context__]
            for frame, line in traceback.walk_tb(each.__traceback__):
                if frame.f_code.co_filename not in GIVEN_IN:
                    inside = {name: said(value) for name, value in frame.f_locals.items()}
                    parts.append(f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name} {inside}")
    return "\n".join(parts)


def said(value: object) -> str:
    """Return the repr of a value. The repr of a half-made object may fail."""
    try:
        return repr(value)
    except AttributeError:
        return "(half made)"


LONG_CALLS = {"ask": 7}
"""The calls that run many lines. Only one in this many of the sampled lines is interrupted."""


def calls(session: Session) -> dict[str, Callable[[], object]]:
    """Return the calls to interrupt, by name. Each of them holds a key while it runs."""
    sealed = {"api_key": SEALED.value}
    secret = Secret(KEY.value)
    return {
        "create": lambda: session.create("new", "openai", settings=dict(sealed)),
        "edit": lambda: aiconn_nb.edit("sealed", settings=dict(sealed)),
        "set_secret": lambda: session.set_secret("A:B", secret),
        "client of a reference": lambda: session.client("referring"),
        "client of a sealed key": lambda: aiconn_nb.client("sealed"),
        "export": lambda: session.use("referring", export=True),
        "explain": lambda: session.explain("referring"),
        "scan": lambda: session.scan("lesson.ipynb"),
        "ask": lambda: session.ask("hi", profile="referring", model="m", schema={"stars": int}),
    }


@pytest.mark.parametrize("debug", ["", "1"], ids=["plain", "debug"])
@pytest.mark.parametrize("name", list(calls(Session())))
def test_no_interrupt_shows_a_key(
    name: str,
    debug: str,
    work: Path,
    interrupted_at: Interrupting,
    record_figure: Record,
    thorough: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The interrupt comes at every third line of our code (at every 17th in a quick run). Debug mode, which keeps locals, shows no
    key either."""
    monkeypatch.setenv("AICONN_DEBUG", debug)
    (work / "appsettings.json").write_text(json.dumps({"Leak": {"Key": KEY.value}}))
    (work / "lesson.ipynb").write_text('{"cells": []}')
    kernel_session.cache_clear()
    session = kernel_session()
    endpoint = "http://127.0.0.1:9/v1"
    session.create("sealed", "openai", settings={"api_key": SEALED.value, "endpoint": endpoint})
    session.create("referring", "openai", settings={"api_key": "$Leak:Key", "endpoint": endpoint})
    call = calls(session)[name]
    interrupts = 0
    leaking: dict[str, str] = {}
    for number in count(1, (3 if thorough else 17) * LONG_CALLS.get(name, 1)):
        session._context._configurations.clear()
        # A thread that was interrupted while it left a lock is gone and holds the lock for ever. The main thread would take it
        # again.
        exports._PROCESS.renew()
        try:
            interrupted_at(number, call)
        except KeyboardInterrupt as interrupt:
            interrupts += 1
            text = shown(interrupt)
            if found(text, ALL):
                line = next(line for line in text.splitlines() if found(line, ALL))
                leaking[" ".join(line.split()[:2])] = line
        except aiconn_nb.AiconnError:
            break
        else:
            break
    assert leaking == {}
    exports._PROCESS.renew()
    session.close()
    kernel_session.cache_clear()
    assert interrupts > 3
    record_figure("interrupts (Ctrl-C) with no key in the frames", interrupts)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_no_error_carries_a_key_in_its_frames(provider: Provider, echoing: str, work: Path) -> None:
    """Our own errors carry no key: they leave the SDK's exception and its frames behind."""
    keys = next(keys for each, keys in CASES if each is provider)
    door = Door("file", provider, keys, echoing)
    values = {key: each.value for key, each in door.canaries.items()}
    (work / "appsettings.json").write_text(json.dumps({"Leak": values}))
    session = Session()
    session.create("a", provider.id, settings={**door.plain, **door.references})
    session.create_profile("p", connections=["a"], model="gpt-4o")
    wrong = {"nonsense": values[keys[0]]}
    attempts: list[Callable[[], object]] = [
        lambda: session.models("a"),
        lambda: session.ask("hello", profile="p"),
        lambda: session.ask("hello", profile="a", model="m"),
        lambda: session.create("a", provider.id, settings={**door.plain, **values}),
        lambda: session.create("c", provider.id, settings=wrong),
        lambda: aiconn_nb.create("c", provider.id, settings=wrong),
        lambda: aiconn_nb.edit("a", settings=wrong),
        lambda: (
            session.create("b", provider.id, settings={**door.plain, keys[0]: "$Leak:Nothing"}) and session.client("b")
        ),
    ]
    told = []
    for attempt in attempts:
        try:
            attempt()
        except aiconn_nb.AiconnError as error:
            told.append(shown(error) + str(error) + repr(vars(error)))
    assert len(told) >= 4
    assert found("\n".join(told), door.all) == []
    session.close()


@pytest.mark.parametrize("name", ["map", "embed"])
def test_a_verb_with_a_bar_keeps_nothing_that_was_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of our frames keeps it, even if the session did not start: a key may be in the texts or in the place of a name."""

    def interrupted(*given: object, **options: object) -> None:
        del given, options
        raise KeyboardInterrupt

    verb = getattr(aiconn_nb, name)
    monkeypatch.setattr(Session, name, interrupted)
    with pytest.raises(KeyboardInterrupt) as raised:
        verb([KEY.value], profile=KEY.value)
    frames_of_ours = [
        {key: said(value) for key, value in frame.f_locals.items()}
        for frame, _ in traceback.walk_tb(raised.value.__traceback__)
        if frame.f_code.co_filename != __file__
    ]
    assert len(frames_of_ours) >= 2
    assert found(str(frames_of_ours), [KEY]) == []
