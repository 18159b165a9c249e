"""A provider of another package may do anything; the other connections do not notice."""

from __future__ import annotations

from asyncio import CancelledError
from typing import Any

import pytest

from aiconn_nb import AiconnError, FailureKind, ProviderFailed, ProviderUnavailable, Session
from aiconn_nb.providers.base import ChatRequest, Message
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of


class Panic(BaseException):
    """The exception of an extension in another language."""


def raising(error: BaseException) -> Any:
    """Return a method that fails."""

    def method(*given: Any, **more: Any) -> Any:
        raise error

    return method


def answering(value: object) -> Any:
    """Return a method with a wrong result."""
    return lambda *given, **more: value


def session_with(**methods: Any) -> Session:
    """Return a session with a working provider and a broken one."""
    odd = type("Odd", (FakeProvider,), {"id": "odd", "name": "Odd", **methods})
    session = Session(registry=registry_of(FakeProvider(), odd()))
    session.create("good", "fake", settings={"api_key": "made-up-key-0001"})
    session.create("odd", "odd", settings={"api_key": "made-up-key-0002"})
    return session


ERRORS = [Panic("x"), CancelledError(), SystemExit(4), GeneratorExit(), RuntimeError("x")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", ["endpoint", "official"])
def test_what_it_raises_affects_no_list(name: str, error: BaseException) -> None:
    """List, save, show and export work."""
    session = session_with(**{name: raising(error)})
    assert [row.alias for row in session.connections()] == ["good", "odd"]
    session.edit("odd", name="Odd One")
    assert session.show("odd").connection.name == "Odd One"
    assert "good" in session.export().text


@pytest.mark.parametrize("value", [3, b"https://a.example", ["https://a.example"]])
def test_an_endpoint_of_the_wrong_type_affects_no_list(value: object) -> None:
    """Only a use of it fails, with an error of this package."""
    session = session_with(endpoint=answering(value))
    assert [row.alias for row in session.connections()] == ["good", "odd"]
    with pytest.raises(AiconnError):
        session.account("odd").endpoint  # noqa: B018
    assert session.models("good")
    assert len(session.test(all=True)) == 2


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", ["client", "models", "environment", "failure"])
def test_what_a_call_raises_is_its_own_failure(name: str, error: BaseException) -> None:
    """It ends neither the kernel nor the other tests."""
    session = session_with(**{name: raising(error), **({"models": raising(ValueError())} if name == "failure" else {})})
    account = session.account("odd")
    with pytest.raises(ProviderFailed) as raised:
        account.environment() if name == "environment" else account.models()
    assert raised.value.kind in FailureKind
    assert session.models("good")


@pytest.mark.parametrize(
    ("methods", "call"),
    [
        ({"models": answering(None)}, lambda account: account.models()),
        ({"models": answering(["m"])}, lambda account: account.models()),
        ({"environment": answering({"A": 1})}, lambda account: account.environment()),
        ({"embed": answering([[0.1]])}, lambda account: account.embed(["x"], "m")),
        (
            {"chat": answering(iter(["text"]))},
            lambda account: list(account.chat(ChatRequest("m", [Message("user", "hi")]))),
        ),
    ],
)
def test_an_answer_of_the_wrong_type_is_a_failure(methods: dict[str, Any], call: Any) -> None:
    """It fails before other code relies on the answer."""
    with pytest.raises(ProviderFailed) as raised:
        call(session_with(**methods).account("odd"))
    assert raised.value.kind is FailureKind.PROVIDER_FAULT


@pytest.mark.parametrize("problems", [raising(Panic("x")), answering(None), answering({"api_key": 3})])
def test_rules_that_cannot_be_asked_refuse_the_save(problems: Any) -> None:
    """The error has the reason, and nothing is saved."""
    session = session_with()
    session._context.registry.get("odd").problems = problems  # type: ignore[method-assign]
    with pytest.raises(ProviderUnavailable):
        session.create("x", "odd", settings={"api_key": "made-up-key-0003"})
    assert session.aliases() == ["good", "odd"]
