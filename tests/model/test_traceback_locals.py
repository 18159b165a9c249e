"""Which locals a traceback keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from traceback import walk_tb
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb import AiconnError, ConnectionNotFound, FailureKind, Secret, Session
from aiconn_nb.features.asking import Reply
from aiconn_nb.features.requirements.results import Lack, Need, Requirements
from aiconn_nb.providers.base import ChatRequest, Delta, Embeddings, Finish
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of


def locals_of(error: BaseException) -> dict[str, dict[str, object]]:
    """Return the locals by the name of the function; the innermost frame of a name wins."""
    return {frame.f_code.co_name: dict(frame.f_locals) for frame, _ in walk_tb(error.__traceback__)}


@pytest.fixture
def broken(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session whose `explain` calls a plug-in with a bug."""

    def fails(*arguments: object) -> object:
        local = "text in a frame that is not ours"  # noqa: F841
        raise ZeroDivisionError

    session.create("a", "demo")
    monkeypatch.setattr("aiconn_nb.features.environments.verbs.misplaced", fails)
    return session


def test_an_unforeseen_error_has_no_locals(broken: Session) -> None:
    """A key may be among them."""
    with pytest.raises(ZeroDivisionError) as caught:
        broken.explain("a")
    found = locals_of(caught.value)
    assert (found["explain"], found["fails"]) == ({}, {})


def test_debug_mode_keeps_those_of_our_own_logic(broken: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locals of called libraries are removed."""
    monkeypatch.setenv("AICONN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError) as caught:
        broken.explain("a")
    found = locals_of(caught.value)
    assert found["explain"]["alias"] == "a"
    assert found["fails"] == {}


def test_debug_mode_keeps_no_text_that_may_be_a_key(broken: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text in any argument of the verb may be one."""
    monkeypatch.setenv("AICONN_DEBUG", "1")
    broken.create("connection-with-a-long-alias", "demo")
    with pytest.raises(ZeroDivisionError) as caught:
        broken.explain("connection-with-a-long-alias")
    assert locals_of(caught.value)["explain"] == {}


class _Opaque:
    """An object of another library, whose repr contains a text."""

    def __repr__(self) -> str:
        return "sk-canary-0123456789"


GIVEN = {
    "bytes": b"sk-canary-0123456789",
    "bytes that are no ASCII": "sk-canary-0123456789-\u00e4".encode(),
    "a path": Path("sk-canary-0123456789"),
    "another object": _Opaque(),
    "another object in a collection": {"a": [_Opaque()]},
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_debug_mode_keeps_nothing_else_that_may_be_a_key(
    session: Session, given: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes count as text. An object that cannot be inspected clears every frame."""

    def fails(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("AICONN_DEBUG", "1")
    monkeypatch.setattr(type(session._context.store), "read", fails)
    monkeypatch.setattr(type(session._context.store), "change", fails)
    with pytest.raises(ZeroDivisionError) as caught:
        session.ask("hi", carry_on=given)  # type: ignore[arg-type]  # an argument that nothing looks at before the store is read
    found = locals_of(caught.value)
    del found["test_debug_mode_keeps_nothing_else_that_may_be_a_key"]
    assert "canary" not in str(found)


# ---- errors of ours ---------------------------------------------------------------------------------------------------


def modules_in(error: BaseException) -> list[str]:
    """Return the modules of the frames, outermost first."""
    return [str(frame.f_globals["__name__"]) for frame, _ in walk_tb(error.__traceback__)]


class BreaksOff(FakeProvider):
    """A provider whose answer breaks off after its first word."""

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        yield Delta("Hello ")
        raise FakeFailure(FailureKind.UNREACHABLE, "it broke off", None)


@pytest.fixture
def breaking(isolated: Path) -> Session:
    """Return a session whose connection ``a`` breaks off each answer."""
    session = Session(registry=registry_of(BreaksOff()))
    session.create("a", "fake", settings={"api_key": Secret("made-up-key")})
    return session


def _exported(session: Session) -> None:
    with session.environ("nobody"):
        raise AssertionError


UNMET = Requirements([Need("connection", "b", Lack.MISSING)], environment="Development")
MISTAKES: dict[str, Callable[[Session], object]] = {
    "a method": lambda session: session.use("nobody"),
    "a function": lambda session: aiconn_nb.get("nobody"),
    "a wrong argument": lambda session: session.use(alias=3),  # type: ignore[arg-type]
    "a wrong argument of a function": lambda session: aiconn_nb.get(alias=3),  # type: ignore[arg-type]
    "an unknown argument": lambda session: session.use("a", nonsense=1),  # type: ignore[call-arg]
    "a constructor": lambda session: Session(home=3),  # type: ignore[arg-type]
    "an unknown argument of a constructor": lambda session: Session(nonsense=3),  # type: ignore[call-arg]
    "a block": _exported,
    "an answer that breaks off": lambda session: list(session.stream("hi", profile="a", model="m")),
    "a reply": lambda session: Reply("no JSON", "m", "a").json(),
    "a function with a progress line": lambda session: aiconn_nb.map(["hi"], "{nothing}", profile="a", model="m"),
    "a widget": lambda session: aiconn_nb.manager(3),  # type: ignore[arg-type]
    "what a notebook needs": lambda session: UNMET.raise_if_unmet(),
    "a bundle": lambda session: session.export("a").write("no/such/folder/bundle.json"),
}


@pytest.mark.parametrize("call", MISTAKES.values(), ids=MISTAKES)
def test_a_users_mistake_shows_no_frame_of_ours(breaking: Session, call: Callable[[Session], object]) -> None:
    """A plain Python shell, a log and Sentry show the user's line, and nothing below it."""
    with pytest.raises(AiconnError) as caught:
        call(breaking)
    assert set(modules_in(caught.value)) - {"contextlib"} == {__name__}


class Picky(FakeProvider):
    """A provider that refuses every text."""

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        raise FakeFailure(FailureKind.BAD_REQUEST, "not that", None)


def _asked_wrongly(session: Session) -> object:
    return asyncio.run(session.amap(["a"], "{text}", profile="a", model="m", on_progress=3))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "call",
    [
        lambda session: session.embed([{"text": f"{n}"} for n in range(40)], "{text}", profile="a", model="m"),
        _asked_wrongly,
    ],
    ids=["parts of a batch", "a callback that is none"],
)
def test_no_earlier_error_of_ours_is_shown_above_it(isolated: Path, call: Callable[[Session], object]) -> None:
    """Python would print it as "During handling of the above exception", with its frames."""
    session = Session(registry=registry_of(Picky()))
    session.create("a", "fake", settings={"api_key": Secret("made-up-key")})
    with pytest.raises(AiconnError) as caught:
        call(session)
    assert caught.value.__cause__ is caught.value.__context__ is None


async def _read(session: Session) -> None:
    async for _ in await session.astream("hi", profile="a", model="m"):
        pass


AWAITED: dict[str, Callable[[Session], Coroutine[Any, Any, object]]] = {
    "a method": lambda session: session.aask("hi", profile="nobody"),
    "a function": lambda session: aiconn_nb.aask("hi", profile="nobody"),
    "an answer that breaks off": _read,
}


@pytest.mark.parametrize("call", AWAITED.values(), ids=AWAITED)
def test_an_awaited_mistake_shows_none_either(
    breaking: Session, call: Callable[[Session], Coroutine[Any, Any, object]]
) -> None:
    """The loop in the background and its futures are no frames of the user; those of `asyncio.run` are."""
    with pytest.raises(AiconnError) as caught:
        asyncio.run(call(breaking))
    assert set(modules_in(caught.value)) - {"asyncio.base_events", "asyncio.runners"} == {__name__}


def test_the_frame_of_a_callback_stays(session: Session) -> None:
    """The mistake is in it."""
    session.create("a", "demo", settings={"latency": 0.0})

    def mistaken(*told: object) -> None:
        session.use("nobody")

    with pytest.raises(ConnectionNotFound) as caught:
        session.map(["hi"], "{text}", profile="a", model="demo-chat", on_progress=mistaken)
    assert set(modules_in(caught.value)) == {__name__}
    assert "mistaken" in locals_of(caught.value)


def test_debug_mode_keeps_the_frames_of_an_error_of_ours(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lead to the line that raised it."""
    monkeypatch.setenv("AICONN_DEBUG", "1")
    with pytest.raises(ConnectionNotFound) as caught:
        session.use("nobody")
    assert "aiconn_nb.store.snapshot" in modules_in(caught.value)
