"""Arbitrary references, configuration files, command lines and messages of pages cause no errors but our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiconn_nb import Session
from aiconn_nb.config.configuration import Configuration
from aiconn_nb.config.json_file import parse as parse_json
from aiconn_nb.errors import AiconnError
from aiconn_nb.model.reference import clean, parse, parse_secret
from aiconn_nb.model.secret import Secret
from aiconn_nb.ui import cli
from aiconn_nb.ui.magics.notebook_console import NotebookConsole
from aiconn_nb.ui.render import as_text, view_of
from aiconn_nb.ui.render.html import as_html
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.completion import complete
from aiconn_nb.ui.shell.table import COMMANDS, run
from aiconn_nb.ui.widgets.base_widget import BaseWidget
from aiconn_nb.ui.widgets.connection_form import ConnectionForm
from aiconn_nb.ui.widgets.connection_list import ConnectionList
from aiconn_nb.ui.widgets.profile_form import ProfileForm
from aiconn_nb.ui.widgets.profile_list import ProfileList
from tests.internal_errors import has_internal_error

from .conftest import Record

ODD = st.sampled_from(
    ["$", "$$", "$A:B", "$a:", ":", "\x00", "\ud800", "\u202e", "'", '"', "--", "-", "=", "a" * 5000, "../x", "{x}"]
)
TEXTS = st.one_of(st.text(max_size=20), ODD)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)), max_leaves=8
)


@pytest.fixture
def fuzz(thorough: bool, record_figure: Record) -> Callable[..., None]:
    """Return a function that runs another one, which may raise only `AiconnError`, on many inputs and reports their number."""

    def run_on(examples: int, work: Callable[..., object], *kinds: st.SearchStrategy[Any]) -> None:
        tried = 0

        @settings(
            max_examples=examples * (5 if thorough else 1),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.tuples(*kinds))
        def attempt(values: tuple[Any, ...]) -> None:
            nonlocal tried
            tried += 1
            with suppress(AiconnError):
                work(*values)

        attempt()
        record_figure("inputs tried (fuzz), only our own errors raised", tried)

    return run_on


def test_references(fuzz: Callable[..., None]) -> None:
    """Any text may follow the dollar."""
    fuzz(
        200,
        lambda text: (parse(text), parse_secret(Secret(text)), clean(text)),
        st.one_of(TEXTS, TEXTS.map("${}".format)),
    )


def test_json_layers(fuzz: Callable[..., None], work: Path) -> None:
    """The layers are arbitrary bytes, broken JSON and JSON of any shape. Every key that is found can be looked up."""
    file = work / "appsettings.json"

    def read(content: bytes, key: str) -> None:
        file.write_bytes(content)
        configuration = Configuration.load(work, "Development", environ={})
        with suppress(AiconnError):
            for known in sorted(configuration.keys())[:3]:
                configuration.lookup(known)
        with suppress(AiconnError):
            configuration.lookup(key)
        parse_json(content, "a.json")

    def encoded(value: Any) -> bytes:
        return json.dumps(value).encode()

    cut = st.tuples(ANYTHING.map(encoded), st.integers(0, 60)).map(lambda pair: pair[0][: pair[1]])
    fuzz(80, read, st.one_of(st.binary(max_size=60), ANYTHING.map(encoded), cut), TEXTS)


def test_bundles(fuzz: Callable[..., None], work: Path, filled: Session) -> None:
    """The input is arbitrary bytes, JSON of any shape, and bundles with any value in the place of a proper one."""
    whole = {"alias": "a", "name": "A", "provider": "openai", "active": True, "settings": {"api_key": "$A:B"}}
    spoiled = st.tuples(st.sampled_from(sorted(whole)), ANYTHING).map(
        lambda pair: {"aiconn_bundle": 1, "connections": [{**whole, pair[0]: pair[1]}]}
    )
    told = st.one_of(
        ANYTHING, spoiled, st.dictionaries(st.sampled_from(["aiconn_bundle", "connections", "profiles"]), ANYTHING)
    )
    file = work / "bundle.json"

    def bring_in(content: bytes) -> None:
        file.write_bytes(content)
        filled.apply_import(filled.plan_import(file))

    fuzz(150, bring_in, st.one_of(st.binary(max_size=60), told.map(lambda value: json.dumps(value).encode())))


WORDS = st.one_of(
    TEXTS,
    st.sampled_from(["a", "p", "demo", "b", "1", "chat", "embedding", "api_key=$A:B", "latency=x", "--json"]),
    st.sampled_from(sorted({arg.name for command in COMMANDS.values() for arg in command.args if arg.is_option})),
)
SAFE = sorted(set(COMMANDS) - {"run"})
"""All commands except the one that would run any made-up program."""


@pytest.fixture
def filled(session: Session) -> Session:
    """Return a session with a connection and a profile, neither of which needs a network."""
    session.create("a", "demo")
    session.create_profile("p", connections=["a"], model="demo-small")
    return session


def test_command_lines(fuzz: Callable[..., None], filled: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Any words may follow any command in the notebook, and the answer can be shown in every format."""

    def attempt(command: str, words: list[str]) -> None:
        answer = run(filled, [*command.split(), *words], NotebookConsole(None))
        view = view_of(answer)
        json.dumps(answer.data(), default=repr)
        assert as_text(view) + as_html(view)

    fuzz(300, attempt, st.sampled_from(SAFE), st.lists(WORDS, max_size=5))


def test_lines_and_completion(fuzz: Callable[..., None], filled: Session) -> None:
    """Any text is accepted as a line and as the beginning of one."""
    lines = st.one_of(TEXTS, st.tuples(st.sampled_from(SAFE), TEXTS, WORDS).map(" ".join))
    fuzz(300, lambda line: (split(line), complete(filled, line)), lines)


def test_the_terminal(fuzz: Callable[..., None], filled: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Any words lead to an exit status of 0, 1 or 2 and to no traceback."""

    def attempt(command: str, words: list[str]) -> None:
        assert cli.main([command, *(word.replace("\ud800", "") for word in words)]) in (0, 1, 2)

    first = st.one_of(st.sampled_from([each for each in SAFE if " " not in each]), TEXTS.map("x{}".format))
    fuzz(60, attempt, first.map(lambda word: word.replace("\ud800", "")), st.lists(WORDS, max_size=4))


FIELDS = st.sampled_from(
    [
        "id",
        "rows",
        "version",
        "fields",
        "name",
        "alias",
        "provider",
        "look",
        "number",
        "value",
        "reference",
        "field",
        "force",
    ]
)


@pytest.mark.parametrize("kind", [ConnectionForm, ConnectionList, ProfileForm, ProfileList])
def test_intents(kind: type[BaseWidget], fuzz: Callable[..., None], filled: Session) -> None:
    """Any message for any intent is handled without an internal error, and the view remains serializable as JSON."""
    widget = kind(session=filled)
    heard: list[Any] = []
    assert widget.comm is not None
    widget.comm.publish_msg = lambda msg_type, data=None, **keys: heard.append(data)

    def attempt(intent: object, more: dict[str, Any]) -> None:
        heard.clear()
        widget._receive(widget, {"page": "p", "seq": 1, **more, "intent": intent}, [])
        assert not has_internal_error(json.dumps(heard, default=repr))
        json.dumps(widget.view)

    intents = st.one_of(st.sampled_from(sorted(set(kind.intents) - {"demo"})), ANYTHING)
    fuzz(150, attempt, intents, st.dictionaries(FIELDS, ANYTHING, max_size=5))
    fuzz(20, lambda content: widget._receive(widget, content, []), ANYTHING)
    widget.close()
