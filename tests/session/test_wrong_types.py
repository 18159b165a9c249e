"""Values of a wrong type from Python: each verb refuses them with an error of ours."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

import aiconn_nb
from aiconn_nb import AiconnError, CommandError, ProviderNotFound, Session
from aiconn_nb.errors import InvalidConnection, WrongCall, WrongType

WRONG: tuple[Any, ...] = (5, ["a"], [5], {"a": 1}, b"x", object(), True, "", "\x00")
GIVEN: dict[str, Any] = {
    "texts": ["a"],
    "data": ["a"],
    "template": "{text}",
    "prompt": "hi",
    "provider": "demo",
    "reference": "$A",
    "key": "A",
    "value": "x",
    "connections": "demo",
}
CALLBACKS = frozenset({"on_text", "on_progress", "on_batch", "on_change", "which_model", "confirm", "progress"})


def _verbs() -> list[str]:
    """Return the public functions that are verbs of a session."""
    names = [name for name in aiconn_nb.__all__ if callable(getattr(Session, name, None))]
    return [name for name in names if not isinstance(getattr(aiconn_nb, name), type)]


@pytest.fixture
def session(session: Session, work: Path) -> Session:
    """Return a session with a connection to name."""
    session.create("demo", "demo")
    session.create_profile("w", connections="demo", model="demo-chat", default=True)
    session.create_profile("v", connections="demo", model="demo-embedding", capability="embedding", default=True)
    return session


def test_the_help_that_is_advised_exists(session: Session) -> None:
    """This includes methods that only commands and forms call."""
    with pytest.raises(WrongType) as raised:
        session.set_secret(5, "x")  # type: ignore[arg-type]
    assert raised.value.hint.startswith("help(aiconn_nb.Session.set_secret)")
    assert callable(aiconn_nb.Session.set_secret)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # former names, too
@pytest.mark.parametrize("name", _verbs())
def test_an_argument_that_a_function_does_not_have_is_an_error_of_ours(session: Session, name: str) -> None:
    """The error names the argument and the existing ones. An asynchronous function raises it when it is awaited."""

    async def called() -> None:
        found = getattr(session, name)(**{"not there": 1})
        if inspect.isawaitable(found):
            await found

    with pytest.raises(WrongCall) as raised:
        asyncio.run(called())
    parameters = inspect.signature(getattr(Session, name)).parameters
    assert raised.value.takes == ", ".join(each for each in parameters if each != "self")


def test_a_function_of_the_package_names_itself_and_what_it_takes(session: Session) -> None:
    """It names no method and none of the parameters that only widgets pass. A former name, and a hidden one, are still taken."""
    for call, named in (
        (lambda: aiconn_nb.map(["a"], "b", txt=1), "map"),
        (lambda: aiconn_nb.create(kepp=1), "create"),
    ):
        with pytest.raises(WrongCall) as raised:
            call()
        takes = ", ".join(inspect.signature(getattr(aiconn_nb, named)).parameters)
        assert (raised.value.owner, raised.value.takes, raised.value.nearest) == ("aiconn_nb", takes, None)
    with pytest.raises(WrongType) as wrong:
        aiconn_nb.environment(5)  # type: ignore[arg-type]
    assert wrong.value.hint == "help(aiconn_nb.environment) shows what it takes."
    with pytest.raises(WrongCall) as awaited:
        asyncio.run(aiconn_nb.aask("a", txt=1))  # type: ignore[call-arg]
    assert awaited.value.owner == "aiconn_nb"


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda session, wrong: session.map(["a"], "{text}", on_progress=wrong), "on_progress"),
        (lambda session, wrong: session.embed(["a"], on_batch=wrong), "on_batch"),
        (lambda session, wrong: session.ask("a", on_text=wrong), "on_text"),
        (lambda session, wrong: session.compare("a", "w", on_change=wrong), "on_change"),
        (lambda session, wrong: asyncio.run(session.amap(["a"], "{text}", on_progress=wrong)), "on_progress"),
        (lambda session, wrong: asyncio.run(session.aembed(["a"], on_batch=wrong)), "on_batch"),
        (lambda session, wrong: asyncio.run(session.aask("a", on_text=wrong)), "on_text"),
        (lambda session, wrong: asyncio.run(session.acompare("a", "w", on_change=wrong)), "on_change"),
        (lambda session, wrong: session.test("demo", progress=wrong), "progress"),
        (lambda session, wrong: session.discover(create=True, confirm=wrong), "confirm"),
        (lambda session, wrong: session.rotate("demo", "a-new-key", progress=wrong), "progress"),
        (lambda session, wrong: session.rotate("demo", "a-new-key", which_model=wrong), "which_model"),
        (lambda session, wrong: aiconn_nb.ConnectionForm(session=session, on_done=wrong), "on_done"),
        (lambda session, wrong: aiconn_nb.ProfileForm(session=session, on_done=wrong), "on_done"),
        (lambda session, wrong: aiconn_nb.ConnectionList(session, open_form=wrong), "open_form"),
        (lambda session, wrong: aiconn_nb.ProfileList(session, open_form=wrong), "open_form"),
        (lambda session, wrong: aiconn_nb.ProfileList(session, open_connections=wrong), "open_connections"),
    ],
)
def test_a_callback_that_cannot_be_called_is_refused_at_the_call(
    session: Session, call: Callable[[Session, Any], Any], argument: str
) -> None:
    """It came out as an error of Python after something was sent and paid for."""
    for wrong in (5, "print", [print]):
        with pytest.raises(WrongType) as raised:
            call(session, wrong)
        assert (raised.value.argument, raised.value.wanted) == (argument, "a function")
    assert [row.calls for row in session.usage()] == []


@pytest.mark.parametrize(
    ("call", "function", "nearest"),
    [
        (lambda: aiconn_nb.ConnectionForm(provder="openai"), "ConnectionForm", "provider"),  # type: ignore[call-arg]
        (lambda: aiconn_nb.ProfileForm(provider="openai"), "ProfileForm", None),  # type: ignore[call-arg]
        (lambda: aiconn_nb.ConnectionList(filter="a"), "ConnectionList", None),  # type: ignore[call-arg]
        (lambda: aiconn_nb.ProfileList(columns=["a"]), "ProfileList", None),  # type: ignore[call-arg]
        (lambda: aiconn_nb.ConnectionManager(tab="profiles"), "ConnectionManager", None),  # type: ignore[call-arg]
        (lambda: aiconn_nb.manager(sesion=None), "manager", "session"),  # type: ignore[call-arg]
        (lambda: aiconn_nb.panel(sesion=None), "panel", "session"),  # type: ignore[call-arg]
        (lambda: Session(hoem="a"), "Session", "home"),  # type: ignore[call-arg]
    ],
)
def test_an_argument_that_a_widget_or_a_session_does_not_have_is_an_error_of_ours(
    session: Session, call: Callable[[], Any], function: str, nearest: str | None
) -> None:
    """They are no verbs, but are called as often."""
    with pytest.raises(WrongCall) as raised:
        call()
    assert (raised.value.owner, raised.value.function, raised.value.nearest) == ("aiconn_nb", function, nearest)


def test_a_provider_that_there_is_not_is_refused_by_the_form(session: Session) -> None:
    """It was ignored, and the form opened with another one."""
    with pytest.raises(ProviderNotFound):
        aiconn_nb.ConnectionForm(provider="opnai", session=session)


def test_the_folders_of_a_session_are_paths(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``~`` is the home folder, as everywhere else."""
    monkeypatch.setenv("HOME", str(isolated / "mine"))
    for name in ("home", "config_home", "config_root"):
        with pytest.raises(CommandError):
            Session(**{name: 5})  # type: ignore[arg-type]
    assert Session(home="~/store")._context.home == isolated / "mine" / "store"


def test_a_callback_replaces_the_line_of_progress(session: Session) -> None:
    """The functions of the package draw one by default, and raised Python's own error here."""
    told: list[Any] = []
    aiconn_nb.map(["a"], "{text}", profile="w", on_progress=told.append)  # type: ignore[call-arg]
    aiconn_nb.embed(["a"], "{text}", profile="v", on_batch=lambda *counts: told.append(counts))  # type: ignore[call-arg]
    assert len(told) >= 2


@pytest.mark.parametrize("verb", ["ask", "aask"])
def test_a_profile_is_named(session: Session, verb: str) -> None:
    """A second text in its place is refused, also by the asynchronous form."""

    async def called() -> None:
        found = getattr(session, verb)("hi", "w")
        if inspect.isawaitable(found):
            await found

    with pytest.raises(WrongCall):
        asyncio.run(called())


@pytest.mark.parametrize(
    ("call", "nearest", "belongs_in"),
    [
        (lambda session: session.ask("hi", profil="w"), "profile", ""),
        (lambda session: session.ask("hi", top_p=1), None, "options"),
        (lambda session: session.create("x", "openai", api_key="$OpenAI:ApiKey"), None, "settings"),
        (lambda session: session.rename("demo", "x", force=True), None, ""),
    ],
)
def test_an_argument_that_there_is_not_leads_to_the_one_that_is_meant(
    session: Session, call: Callable[[Session], Any], nearest: str | None, belongs_in: str
) -> None:
    """A misspelled one, or a setting or an option of a model, which have a dictionary."""
    with pytest.raises(WrongCall) as raised:
        call(session)
    assert (raised.value.nearest, raised.value.belongs_in) == (nearest, belongs_in)


def test_an_argument_that_is_missing_is_an_error_of_ours(session: Session) -> None:
    """The message is Python's own, without its traceback."""
    with pytest.raises(WrongCall) as raised:
        session.rename("demo")  # type: ignore[call-arg]
    assert raised.value.problem == "missing a required argument: 'new_alias'"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # former names, too
@pytest.mark.parametrize("name", _verbs())
def test_a_value_of_a_wrong_type_is_an_error_of_ours(session: Session, name: str) -> None:
    """For any argument, only `AiconnError` is raised, and it names no function but this one."""
    verb = getattr(session, name)
    parameters = list(inspect.signature(verb).parameters.values())
    needed = [each for each in parameters if each.default is each.empty and each.kind is not each.VAR_POSITIONAL]
    named = set()
    for parameter in parameters:
        if parameter.name in CALLBACKS or parameter.kind is parameter.VAR_KEYWORD:
            continue
        for wrong in WRONG:
            given = {each.name: GIVEN.get(each.name, "w" if "profile" in name else "demo") for each in needed}
            words: tuple[Any, ...] = ()
            if parameter.kind is parameter.VAR_POSITIONAL:
                words = tuple(given.pop(each.name) for each in needed if each.kind is not each.KEYWORD_ONLY)
                words = (*words, wrong)
            else:
                given[parameter.name] = wrong
            try:
                done = verb(*words, **given)
                if inspect.iscoroutine(done):
                    asyncio.run(done)
            except (WrongCall, WrongType) as error:
                named.add(error.function)
            except AiconnError:
                continue
    assert named <= {name}, "a function that it calls itself"


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("create", {"alias": "x", "provider": "demo", "settings": "endpoint=a"}),
        ("edit", {"alias": "demo", "settings": ["a"]}),
        ("create_profile", {"alias": "x", "connections": "demo", "model": "demo-chat", "tags": 5}),
        ("create_profile", {"alias": "x", "connections": [5], "model": "demo-chat"}),
        ("edit_profile", {"alias": "w", "options": ["top_p"]}),
        ("ask", {"prompt": "hi", "options": ["top_p"]}),
        ("embed", {"texts": {"text": "hello"}}),
        ("export", {"to": 5}),
        ("import_bundle", {"path": 5}),
        ("require", {"file": 5}),
        ("discover", {"create": 5}),
        ("set_secret", {"key": "A", "value": 5}),
        ("create", {"alias": "x", "provider": "demo", "settings": {1: "a"}}),
        ("import_bundle", {"path": "b.json", "rename": ["demo"]}),
        ("import_bundle", {"path": "b.json", "rename": {"demo": 5}}),
        ("rotate", {"alias": "o", "to": {"api_key": 5}}),
        ("rotate", {"alias": "o", "new": b"made-up-key-0123456789"}),
        ("diff", {"alias": "demo", "before": "1"}),
        ("rollback_profile", {"alias": "w", "version": "1"}),
    ],
)
def test_it_is_an_error_of_the_command(session: Session, verb: str, given: dict[str, Any]) -> None:
    """It is not an error about something that was not found."""
    session.create("o", "openai", settings={"api_key": "$A:Key"})
    session.export(to="b.json")
    with pytest.raises(CommandError):
        getattr(session, verb)(**given)


@pytest.mark.parametrize("value", [b"made-up-key-0123456789", ["made-up-key"], {"X-Team": None}, {"X-Team": b"a"}])
def test_a_setting_takes_no_value_whose_repr_would_be_saved(session: Session, value: Any) -> None:
    """A key that was read as bytes was saved with ``b'`` before it, and a header without a value as "None"."""
    field = "headers" if isinstance(value, dict) else "api_key"
    with pytest.raises(InvalidConnection) as raised:
        session.create("o", "openai", settings={"api_key": "$A:Key"} | {field: value})
    assert list(raised.value.problems) == [field]
    assert session.aliases() == ["demo"]


def test_numbers_of_numpy_are_numbers(session: Session) -> None:
    """A loop over ``numpy.arange`` or ``linspace`` gives them as options, settings and versions; an array is a list."""
    options = {"max_tokens": numpy.int64(5), "temperature": numpy.float32(0.5)}
    saved = session.edit_profile("w", options=options).profile.options
    assert (saved, {type(each) for each in saved.values()}) == ({"max_tokens": 5, "temperature": 0.5}, {int, float})
    settings = session.create(
        "o", "openai", settings={"api_key": "$A:Key", "retries": numpy.int64(3)}
    ).connection.settings
    assert settings["retries"] == 3
    assert session.rollback_profile("w", numpy.int64(1)).profile.options == {}
    assert session.edit_profile("w", connections=numpy.array(["demo"])).profile.version == 3
