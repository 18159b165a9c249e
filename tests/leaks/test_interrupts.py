"""Ctrl-C at any moment: the traceback of an interrupt, with the locals of every frame, shows no key.

IPython's Verbose mode and its crash reports print the locals of every frame. An error of ours is two lines there, but a
``KeyboardInterrupt`` has a traceback, and it may come at any line.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb import Secret, Session, api
from aiconn_nb.model import frames
from aiconn_nb.session import kernel_session

from .canary import Canary, found
from .conftest import Record

OURS = str(Path(aiconn_nb.__file__).parent)
KEY = Canary("interrupted")
SEALED = Canary("interrupted", "sealed")
ALL = (KEY, SEALED)


@contextmanager
def interrupted_at(number: int) -> Iterator[None]:
    """Ctrl-C comes when the given line, counted from 1, of those of ours that are run is reached."""
    lines = count(1)

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line" and next(lines) == number:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)


def shown(error: BaseException) -> str:
    """The locals of all frames, of the error and of what it came from, but for those of this file and of the verbs: what
    a caller gives stands in the caller's own frame as well."""
    parts = []
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None:
            pending += [each.__cause__, each.__context__]
            for frame, line in traceback.walk_tb(each.__traceback__):
                if frame.f_code.co_filename not in (__file__, frames.__file__, api.__file__):
                    inside = {name: said(value) for name, value in frame.f_locals.items()}
                    parts.append(f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name} {inside}")
    return "\n".join(parts)


def said(value: object) -> str:
    """Its repr; that of an object that is half made may fail."""
    try:
        return repr(value)
    except AttributeError:
        return "(half made)"


def calls(session: Session) -> dict[str, Callable[[], object]]:
    """What is interrupted, by name; each holds a key while it is done."""
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
    }


@pytest.mark.parametrize("name", list(calls(Session())))
def test_no_interrupt_shows_a_key(name: str, work: Path, record_figure: Record, thorough: bool) -> None:
    """At every third line of ours that is run (at every 17th, where it has to be quick)."""
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
    for number in count(1, 3 if thorough else 17):
        session._columns._configurations.clear()
        try:
            with interrupted_at(number):
                call()
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
    session.close()
    kernel_session.cache_clear()
    assert interrupts > 3
    record_figure("interrupts (Ctrl-C) with no key in the frames", interrupts)
