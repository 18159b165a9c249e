"""No key reaches a place that outlives a cell: the notebook, its checkpoint, a process's arguments, a crash dump, a child's
variables."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from traceback import walk_tb
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbclient import NotebookClient

import aiconn_nb
from aiconn_nb import Session
from aiconn_nb.errors import AiconnError, CommandError
from aiconn_nb.session import kernel_session
from aiconn_nb.ui import cli
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.table import COMMANDS, run

from .canary import Canary, found
from .conftest import Echoing, Record, Searched, in_files

FILE, SEALED = Canary("file"), Canary("sealed")
ALL = [FILE, SEALED]
SHAPED = "sk-proj-canary0123456789abcdef"
"""A stray key on a line. Only its shape identifies it."""


@pytest.fixture
def prepared(session: Session, work: Path) -> Session:
    """Return a session with two connections: the key of one is in a file, and that of the other is sealed."""
    (work / "appsettings.json").write_text(json.dumps({"Leak": {"Key": FILE.value}}))
    session.create("filed", "openai", settings={"api_key": "$Leak:Key"})
    session.create("sealed", "openai", settings={"api_key": SEALED.value})
    return session


def test_an_executed_notebook_holds_no_key(prepared: Session, isolated: Path, work: Path) -> None:
    """nbclient runs the notebook and saves the state of every widget, and a checkpoint follows. A control value shows that the
    state is saved."""
    sources = [
        "%load_ext aiconn_nb\n%xmode Verbose",
        "%aiconn use filed as client",
        "%aiconn explain sealed",
        "import aiconn_nb; aiconn_nb.manager()",
        "form = aiconn_nb.ConnectionForm('sealed'); form",
        "import ipywidgets; ipywidgets.Password(value='control-value')",
        "client, form.session.get('sealed'), form.session.account('filed'), vars(form)",
        "%aiconn show nobody",
        "raise KeyboardInterrupt",
        "%store client form",
        "!env",
        "%aiconn use sealed --env",
        "import subprocess; seen = subprocess.run(['env'], capture_output=True, text=True).stdout; 'OPENAI_API_KEY' in seen",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])
    client = NotebookClient(
        notebook, allow_errors=True, store_widget_state=True, resources={"metadata": {"path": work}}
    )
    client.execute()
    manager = LargeFileManager(root_dir=str(work))
    manager.save({"type": "notebook", "format": "json", "content": notebook}, "lesson.ipynb")
    manager.create_checkpoint("lesson.ipynb")
    saved = (work / "lesson.ipynb").read_text()
    assert "control-value" in saved
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "True"
    (work / "appsettings.json").unlink()
    assert in_files(isolated, ALL) == {}
    assert (work / ".ipynb_checkpoints" / "lesson-checkpoint.ipynb").exists()


def test_children_see_a_key_only_when_they_are_meant_to(prepared: Session, searched: Searched) -> None:
    """Only ``use --env``, ``environ`` and ``run`` put a key into an environment, and they remove it again."""

    def children_see() -> bool:
        searched.run("seen = !env", magic="")
        return bool(found("\n".join(searched.shell.user_ns["seen"]), ALL))

    searched.run("use filed")
    searched.run("use filed as client")
    searched.run("test filed")
    assert not children_see()
    session = kernel_session()
    with session.environ("filed"):
        assert children_see()
    assert not children_see()
    searched.run("use filed --env")
    assert children_see()
    searched.run("use sealed")
    assert not children_see()


def test_no_process_is_started_with_a_key_in_its_arguments(
    prepared: Session, work: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """``run`` passes the key in the environment, which other users cannot read."""
    show = "import os; print(*[open(f'/proc/{each}/cmdline').read() for each in (os.getpid(), os.getppid())])"
    assert cli.main(["run", "filed", "--", sys.executable, "-c", show]) == 0
    shown, _ = capfd.readouterr()
    assert "cmdline" in shown
    assert found(shown, ALL) == []


def test_a_websocket_of_a_client_is_logged_without_its_key(
    session: Session, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK imports the library for it only when it connects, and that library logs the headers of its request."""
    from websockets.sync.server import ServerConnection, serve

    told: list[str] = []

    def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        told.append(connection.request.headers["Authorization"])
        connection.send('{"type": "session.created"}')

    monkeypatch.delitem(logging.root.manager.loggerDict, "websockets.client", raising=False)
    key = f"sk-{FILE.head}{FILE.tail}"
    with caplog.at_level(logging.DEBUG), serve(answer, "127.0.0.1", 0, logger=logging.Logger("unused")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        session.create("spoken", "openai", settings={"api_key": key})
        client = session.client("spoken").with_options(websocket_base_url=address)
        with client.realtime.connect(model="m") as connection:
            connection.recv()
        server.shutdown()
    assert told == [f"Bearer {key}"]
    assert "> Authorization: " in caplog.text
    assert found(caplog.text, [FILE]) == []


@pytest.mark.parametrize("name", ["hpack.hpack", "hpack.table"])
def test_a_logger_that_is_made_after_the_client_shows_no_key(
    prepared: Session, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP/2 is imported only if a user asks an SDK for it."""
    monkeypatch.delitem(logging.root.manager.loggerDict, name, raising=False)
    prepared.client("sealed")
    with caplog.at_level(logging.DEBUG, name):
        logging.getLogger(name).debug("Adding %s", (b"authorization", f"Bearer {SEALED.value}".encode()))
    assert "Adding" in caplog.text
    assert found(caplog.text, ALL) == []


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGTERM])
def test_a_crash_dump_holds_no_key(prepared: Session, work: Path, number: signal.Signals) -> None:
    """The dump is that of faulthandler, from a process that dies while it holds a client and the keys."""
    code = (
        "import faulthandler, os, aiconn_nb; faulthandler.enable(all_threads=True);"
        "from aiconn_nb import Session; s = Session(); c = s.client('filed'); d = s.client('sealed'); s.explain('filed');"
        f"print('ready', flush=True); os.kill(os.getpid(), {int(number)})"
    )
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert dead.stdout == "ready\n", dead.stderr
    assert dead.returncode == -number
    assert found(dead.stdout + dead.stderr, ALL) == []


@pytest.mark.parametrize("debug", ["", "1"], ids=["plain", "debug"])
def test_a_crash_report_of_ipython_holds_no_key(
    prepared: Session, isolated: Path, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    """The report has the locals of every frame. An unexpected exception leaves none, or in debug mode those without a key."""
    from IPython.core.ultratb import VerboseTB

    monkeypatch.setenv("AICONN_DEBUG", debug)

    def broken(*arguments: object, **options: object) -> object:
        local = SEALED.value  # noqa: F841 - as a bug in a plug-in or a library would have it
        raise ZeroDivisionError

    monkeypatch.setattr("aiconn_nb.features.core.resolve_explained", broken)
    try:
        prepared.client("filed")
    except ZeroDivisionError:
        report = VerboseTB(theme_name="nocolor", include_vars=True).text(*sys.exc_info())
    assert "ZeroDivisionError" in report
    assert found(report, ALL) == []


POSITIONS = [
    (command, arg.name)
    for command in COMMANDS.values()
    for arg in command.args
    if (command.name, arg.name) != ("export", "-o")  # a file may have any name
]


@pytest.mark.parametrize(("command", "name"), POSITIONS, ids=lambda each: getattr(each, "name", each))
def test_a_key_that_went_astray_on_a_line_is_not_repeated(
    prepared: Session, command: object, name: str, record_figure: Record, isolated: Path
) -> None:
    """The key takes the place of every argument of every command: no error or answer repeats it, and nothing stores it."""
    from aiconn_nb.ui.magics.notebook_console import NotebookConsole
    from aiconn_nb.ui.shell.command import Command

    assert isinstance(command, Command)
    words = [*command.name.split(), *_filled(command, name)]
    shown = ""
    try:
        answer = run(prepared, words, NotebookConsole(None))
        shown = f"{answer} {json.dumps(answer.data(), default=repr)}"
    except AiconnError as error:
        shown = f"{error} {error!r}"
    assert SHAPED not in shown
    assert {
        str(path) for path in isolated.rglob("*") if path.is_file() and SHAPED in path.read_text("latin-1")
    } == set()
    record_figure("places on a line where a key went astray", 1)


def _filled(command: object, name: str) -> list[str]:
    """Return words for a command's arguments, with the key in the place of one of them."""
    words: list[str] = []
    for arg in command.args:  # type: ignore[attr-defined]
        if arg.name == name:
            words += [arg.name, SHAPED] if arg.is_option and arg.takes_value else [SHAPED]
        elif arg.is_option and arg.options.get("required"):
            words += [arg.name, "demo"]
        elif not arg.is_option and arg.options.get("nargs") not in ("?", "*"):
            words.append("sealed")
    return words


@pytest.mark.parametrize(
    "line", ["{}", "{} x", "use {}", "--{}", "new x --{}", "new x --provider demo {}", "profile {}"]
)
def test_a_key_is_not_repeated_where_nothing_belongs(prepared: Session, line: str) -> None:
    """The key takes the place of a command, of an option and of a superfluous word."""
    from aiconn_nb.ui.magics.notebook_console import NotebookConsole

    with pytest.raises(AiconnError) as raised:
        run(prepared, split(line.format(SHAPED)), NotebookConsole(None))
    assert SHAPED not in str(raised.value)
    assert SHAPED not in repr(raised.value)


LONG = Canary("long"), Canary("long", "end")
"""The two ends of a key that is longer than any quotation in a message."""
LONG_KEY = LONG[0].value + "-" * 120 + LONG[1].value
CALLS: dict[str, Callable[[Session, str], object]] = {
    "the name of an argument": lambda session, key: session.ask("hi", profile="long", model="m", **{key: 1}),
    "the name of a setting": lambda session, key: session.edit("long", settings={key: "1"}),
    "the name of an option": lambda session, key: session.ask("hi", profile="long", model="m", options={key: 1}),
    "a connection": lambda session, key: session.create_profile("new", connections=[key], model="m"),
    "a field of a schema": lambda session, key: session.ask("hi", profile="long", model="m", schema={key: "x"}),
    "a word of a schema": lambda session, key: session.ask("hi", profile="long", model="m", schema={"a": key}),
    "the end of a word of a schema": lambda session, key: session.ask(
        "hi", profile="long", model="m", schema={"a": "x" * 260 + key}
    ),
    "the end of a type of a schema": lambda session, key: session.ask(
        "hi",
        profile="long",
        model="m",
        schema={"type": "object", "properties": {"a": {"type": "x" * 260 + key}}},
    ),
    "a profile": lambda session, key: session.ask("hi", profile=key),
    "an alias": lambda session, key: session.get(key),
    "a provider": lambda session, key: session.create("new", key),
    "a tag": lambda session, key: session.create_profile("new", connections=["long"], model="m", tags=[key]),
    "a format": lambda session, key: session.explain("long", environment=key),
    "a template": lambda session, key: session.map([{"a": "b"}], "{" + key + "}", profile="long", model="m"),
}


@pytest.mark.parametrize("debug", ["", "1"], ids=["plain", "debug"])
@pytest.mark.parametrize("call", list(CALLS))
def test_an_error_of_a_call_repeats_no_part_of_a_key(
    prepared: Session, call: str, debug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python call gets the key in the place of another argument. The error contains neither the whole key nor a part that is cut
    where a message ends, and its frames do not either."""
    monkeypatch.setenv("AICONN_DEBUG", debug)
    prepared.create("long", "openai", settings={"api_key": LONG_KEY, "endpoint": "http://127.0.0.1:9/v1"})
    with pytest.raises(AiconnError) as raised:
        CALLS[call](prepared, LONG_KEY)
    error = raised.value
    assert found(f"{error} {error!r} {vars(error)}", LONG) == []
    frames = [each.f_locals for each, _ in walk_tb(error.__traceback__) if "CALLS" not in each.f_globals]
    assert found(str(frames), LONG) == [], "Sentry and rich show locals"


SENDING: dict[str, Callable[[Session, str], object]] = {
    "ask": lambda session, key: session.ask("hi", profile="other", model=key),
    "aask": lambda session, key: asyncio.run(session.aask("hi", profile="other", model=key)),
    "astream": lambda session, key: asyncio.run(session.astream("hi", profile="other", model=key)),
    "acompare": lambda session, key: asyncio.run(session.acompare("hi", "other", model=key)),
    "aembed": lambda session, key: asyncio.run(session.aembed(["hi"], profile="other", model=key)),
    "ask for a schema": lambda session, key: session.ask(
        "hi", profile="other", model="demo-chat", schema={"a": [key, "x"]}
    ),
    "ask with an option": lambda session, key: session.ask("hi", profile="other", model="m", options={"stop": key}),
    "compare": lambda session, key: session.compare("hi", "other", model=key),
    "embed": lambda session, key: session.embed(["hi"], profile="other", model=key),
    "map": lambda session, key: session.map(["hi"], "{text}", profile="other", model=key),
    "map to a schema": lambda session, key: session.map(
        ["hi"], "{text}", profile="other", model="demo-chat", schema={"a": [key, "x"]}
    ),
    "map with an option": lambda session, key: session.map(
        ["hi"], "{text}", profile="other", model="m", options={"stop": key}
    ),
    "test": lambda session, key: session.test("other", model=key),
    "failover": lambda session, key: session.failover("other", model=key, live=True),
    "rotate": lambda session, key: session.rotate("other", "new-key-of-a-test", model=key),
    "to": lambda session, key: session.to("langchain", "other", model=key),
}


@pytest.mark.parametrize("call", list(SENDING))
def test_no_verb_sends_or_saves_a_key_in_the_place_of_another_word(
    session: Session, isolated: Path, work: Path, call: str, echoing: str
) -> None:
    """A request to another host is refused before it is sent, and no file of results names the key."""
    session.create("known", "openai", settings={"api_key": FILE.value})
    session.create("other", "openai", settings={"api_key": "not-the-canary", "endpoint": f"{echoing}/v1"})
    Echoing.heard.clear()
    with pytest.raises(CommandError):
        SENDING[call](session, FILE.value)
    session.close()
    assert Echoing.heard == []
    assert in_files(isolated, [FILE]) == {}


def test_no_public_object_shows_a_key(prepared: Session) -> None:
    """No public object shows a key in its repr, nor in what ``vars`` finds in it, three levels deep."""
    account = prepared.account("filed")
    things = [
        prepared,
        account,
        account.client,
        prepared.get("sealed"),
        prepared.show("sealed"),
        prepared.explain("filed"),
    ]
    things += [getattr(aiconn_nb, name) for name in aiconn_nb.__all__]
    for _ in range(3):
        assert found(repr(things), ALL) == []
        things = [
            inner
            for each in things
            if type(each).__module__.startswith("aiconn_nb") and hasattr(each, "__dict__")
            for inner in vars(each).values()
            if inner is not os.environ
        ]


def read_by_a_tracing_tool(thing: Any, depth: int = 0) -> Any:
    """Return what a tracing tool sends of an argument: mappings, sequences and fields, to any depth."""
    if isinstance(thing, str | int | float | None):
        return thing
    if depth > 20:
        return ""
    if isinstance(thing, Mapping):
        return {str(key): read_by_a_tracing_tool(value, depth + 1) for key, value in thing.items()}
    if isinstance(thing, Sequence | Set):
        return [read_by_a_tracing_tool(each, depth + 1) for each in thing]
    slots = getattr(type(thing), "__slots__", None)
    fields = getattr(thing, "__dict__", {}) if slots is None else {name: getattr(thing, name, None) for name in slots}
    return read_by_a_tracing_tool(dict(fields), depth + 1)


def test_a_traced_function_may_get_a_session(prepared: Session, isolated: Path) -> None:
    """Its folders, its connections, its sealed keys and the variables that it was given stay here."""
    variables = {"CANARY_API_KEY": ALL[0].value}
    for session in (prepared, Session(environ=variables)):
        session.connections()
        assert read_by_a_tracing_tool(session) == {}
    for thing in (
        prepared.get("sealed"),
        prepared.show("sealed"),
        prepared.resolve("$OpenAI:ApiKey"),
        prepared.secrets(),
    ):
        assert found(json.dumps(read_by_a_tracing_tool(thing)), ALL) == []
