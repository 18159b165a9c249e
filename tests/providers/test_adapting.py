"""What is remembered of a server's refusals, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiconn_nb.providers.calls.adapting import Adapting, Asked, Change, left_out, limit_in, schema_in_words, told_schema
from aiconn_nb.providers.calls.either_client import result
from aiconn_nb.providers.failures.told import Told


class Client:
    """A client for which changes are remembered."""


class Refused(Exception):
    """The error about a parameter that this server does not accept."""


def asked_with(client: Client, asked: Asked, changes: list[Change]) -> tuple[list[Asked], tuple[str, ...]]:
    """Return the requests to a server that accepts neither ``temperature`` nor a ``limit`` over 10, and the notes."""
    sent: list[Asked] = []

    async def send(body: Asked) -> None:
        sent.append(dict(body))
        if "temperature" in body or body.get("limit", 0) > 10:
            raise Refused

    def said_by(error: Exception) -> Told:
        return Told("temperature is refused" if "temperature" in sent[-1] else "limit 10 is the most")

    asking = Adapting(asked, changes, said_by, client=client, about=("chat", "m"))
    return sent, result(asking.answer(send)).notes


def test_a_call_without_the_parameter_forgets_nothing() -> None:
    """The next call with the parameter omits it at once."""
    client, changes = Client(), [left_out("temperature")]
    asked_with(client, {"temperature": 1}, changes)
    asked_with(client, {}, changes)
    assert asked_with(client, {"temperature": 1}, changes)[0] == [{}]


def test_what_was_refused_says_nothing_of_another_value() -> None:
    """It is sent: a temperature or a limit may have been too high. The refused one is left out at once."""
    client, changes = Client(), [left_out("limit")]
    assert asked_with(client, {"limit": 20}, changes)[0] == [{"limit": 20}, {}]
    assert asked_with(client, {"limit": 5}, changes) == ([{"limit": 5}], ())
    assert asked_with(client, {"limit": 20}, changes)[0] == [{}]


def test_the_parameter_that_a_refusal_names_is_changed_before_one_that_its_words_fit() -> None:
    """Words on a schema in a refusal of a limit cost all answers their format."""
    changes = [told_schema("format", lambda value: value, "format"), left_out("limit")]
    sent: list[Asked] = []

    async def send(body: Asked) -> None:
        sent.append(dict(body))
        if "limit" in body:
            raise Refused

    def said_by(error: Exception) -> Told:
        return Told("limit: does not match the schema", params=frozenset({"body", "limit"}))

    asked = {"format": {}, "limit": 20, "messages": [{"role": "user", "content": "hello"}]}
    assert result(Adapting(asked, changes, said_by).answer(send)).notes == ("without limit, which the server refuses",)
    assert [sorted(each) for each in sent] == [["format", "limit", "messages"], ["format", "messages"]]


def test_a_change_may_be_for_every_value() -> None:
    """A server that takes no system prompt takes no other one either."""
    client, changes = Client(), [replace(left_out("temperature"), any_value=True)]
    asked_with(client, {"temperature": 1}, changes)
    assert asked_with(client, {"temperature": 2}, changes)[0] == [{}]


def test_a_limit_that_was_too_high_says_nothing_of_another() -> None:
    """A lower limit is sent unchanged, without a note."""

    def lower(asked: Asked, said: Told) -> str:
        asked["limit"] = 10
        return "limit 10"

    client, changes = Client(), [Change("limit", lower, is_remembered=False)]
    assert asked_with(client, {"limit": 20}, changes) == ([{"limit": 20}, {"limit": 10}], ("limit 10",))
    assert asked_with(client, {"limit": 5}, changes) == ([{"limit": 5}], ())


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("max_tokens: 8192 > 4096, which is the maximum for claude-3", 4096),
        ("The maximum tokens you requested exceeds the limit of 4,096.", 4096),
        ("max_tokens must be at most 8192", None),
        (f"max_tokens is {'9' * 5000}", None),
        ("max_tokens is too large", None),
    ],
)
def test_the_limit_in_a_message_is_the_greatest_number_below_the_refused_one(words: str, limit: int | None) -> None:
    """Some messages group the digits, and a server may send any number of them."""
    assert limit_in(Told(words), 8192) == limit


def test_a_schema_in_words_has_its_own_letters() -> None:
    """Escapes cost more tokens, and more bytes than a budget reserves for the schema. Half a letter is replaced."""
    words = schema_in_words({"enum": ["да", "\ud800"]})
    assert '"да"' in words
    assert words.encode()
