"""No error of a verb repeats a key that this machine knows and that may have been given in the place of a name."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
import pytest

from aiconn_nb import AiconnError, ConnectionNotFound, InvalidConnection, Secret, Session
from aiconn_nb.model.secret import MASK
from aiconn_nb.session import known_secrets

KEYS = ("Made-Up-Canary-0001", "canary 'of' two/words", "Ab1-x9-Qq")

VERBS: dict[str, Callable[[Session, str], Any]] = {
    "use": lambda session, key: session.use(key),
    "show": lambda session, key: session.show(key),
    "test": lambda session, key: session.test(key),
    "get": lambda session, key: session.get(key),
    "delete": lambda session, key: session.delete(key),
    "enable": lambda session, key: session.enable(key),
    "rename": lambda session, key: session.rename(key, "b"),
    "undelete": lambda session, key: session.undelete(key),
    "ask": lambda session, key: session.ask("hello", profile=key),
    "stream": lambda session, key: session.stream("hello", profile=key),
    "show_profile": lambda session, key: session.show_profile(key),
    "create, of the provider": lambda session, key: session.create("b", key),
    "create, of the alias": lambda session, key: session.create(key, "openai"),
    "create, of a setting": lambda session, key: session.create("b", "openai", settings={key: "x"}),
    "create_profile": lambda session, key: session.create_profile("p", connections=[key], model="gpt"),
    "environment": lambda session, key: session.environment(key),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("verb", VERBS)
def test_an_error_does_not_repeat_a_known_key(session: Session, verb: str, key: str) -> None:
    """The key is not in the words, the fields or the causes of the error, in any case of letters."""
    session.create("a", "openai", settings={"api_key": Secret(key)})
    with pytest.raises(AiconnError) as raised:
        VERBS[verb](session, key)
    error: BaseException | None = raised.value
    while isinstance(error, AiconnError):
        told = f"{error} {error.args} {vars(error)}".lower()
        assert key.lower() not in told
        assert repr(key)[1:-1].lower() not in told
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("name", ["openai-dev", "Some-Other-Name-0001"])
def test_any_other_name_is_told(session: Session, name: str) -> None:
    """An error says what was not found."""
    session.create("a", "openai", settings={"api_key": Secret(KEYS[0])})
    with pytest.raises(ConnectionNotFound) as raised:
        session.show(name)
    assert name in str(raised.value)
    assert MASK not in str(raised.value)


def test_a_short_key_that_is_a_word_hides_no_word_of_a_message(session: Session) -> None:
    """Otherwise the message would reveal that the word is the key."""
    session.create("a", "openai", settings={"api_key": Secret("connection")})
    with pytest.raises(ConnectionNotFound) as raised:
        session.show("b")
    assert MASK not in str(raised.value)


def test_a_variable_and_a_user_secret_are_known_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are known as they are in a prompt, and the error without them can be pickled."""
    monkeypatch.setenv("SOME_API_KEY", "made-up-key-0003")
    session = Session()
    session.set_secret("Some:ApiKey", Secret("made-up-key-0002"))
    for key in ("made-up-key-0002", "made-up-key-0003"):
        with pytest.raises(ConnectionNotFound) as raised:
            session.use(key)
        assert key not in str(pickle.loads(pickle.dumps(raised.value)))
        with pytest.raises(InvalidConnection) as refused:
            session.create("b", "openai", settings={key: "x"})
        assert key not in str(refused.value.problems)
    session.close()


def test_where_the_keys_cannot_be_read_the_error_is_the_same(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another error would hide it."""
    session.create("a", "openai", settings={"api_key": Secret(KEYS[0])})

    def fails(*_: object) -> None:
        raise OSError("no such source")

    monkeypatch.setattr(known_secrets, "_opened", fails)
    with pytest.raises(ConnectionNotFound):
        session.show("b")


class _Text(str):
    """A subclass of str, like the texts of numpy and of many libraries."""


_Member = StrEnum("_Member", {"KEY": "sk-canary-0123456789-of-a-member"})

SHAPED = {
    "a subclass of str": _Text("sk-canary-0123456789-of-a-class"),
    "a member of an enumeration": _Member["KEY"],
    "numpy's": np.str_("sk-canary-0123456789-of-numpy"),
}


@pytest.mark.parametrize("given", SHAPED.values(), ids=SHAPED)
@pytest.mark.parametrize("verb", ["get", "ask", "show", "test", "delete", "show_profile"])
def test_a_key_that_is_a_text_of_another_class_is_not_repeated(session: Session, verb: str, given: str) -> None:
    """It has the shape of a key all the same."""
    with pytest.raises(AiconnError) as raised:
        VERBS[verb](session, given)
    assert "canary" not in f"{raised.value} {raised.value!r} {raised.value.args} {vars(raised.value)}"


@pytest.mark.parametrize("verb", ["get", "ask", "show"])
def test_a_known_key_that_is_a_text_of_another_class_is_not_repeated(session: Session, verb: str) -> None:
    """Its shape does not reveal it."""
    session.create("a", "openai", settings={"api_key": Secret(KEYS[0])})
    with pytest.raises(AiconnError) as raised:
        VERBS[verb](session, _Text(KEYS[0]))
    assert "canary" not in f"{raised.value} {raised.value!r} {vars(raised.value)}".lower()
