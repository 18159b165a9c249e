"""A question sends the exchange that it carries on, and replaces letters that cannot be encoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiconn_nb import Session
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import ChatRequest, Delta, Finish
from aiconn_nb.providers.testing import FakeProvider, registry_of

SAID = "Hello from the fake."


class Mute(FakeProvider):
    """A provider that answers the first question and is silent on the others."""

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        if not asked(self):
            yield from super().chat(client, request)
        else:
            self._called("chat", request)
            yield Delta(" \n")
            yield Finish()


def session_with(provider: FakeProvider) -> Session:
    """Return a session with one profile ``writer`` on this provider."""
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": Secret("made-up-key")})
    made.create_profile("writer", connections=["fake-dev"], model="fake-chat")
    return made


def asked(provider: FakeProvider) -> list[list[str]]:
    """Return the messages of each question."""
    requests = [call.asked for call in provider.calls if isinstance(call.asked, ChatRequest)]
    return [[message.content for message in each.messages] for each in requests]


def test_an_exchange_belongs_to_the_profile_and_not_to_its_name(isolated: Path) -> None:
    """A renamed profile continues its exchange, and another one that took over the name knows nothing of it."""
    provider = FakeProvider()
    session = session_with(provider)
    session.ask("One", profile="writer")
    session.rename_profile("writer", "author")
    session.create_profile("writer", connections=["fake-dev"], model="fake-chat")
    session.ask("Two", profile="author", carry_on=True)
    session.ask("Three", profile="writer", carry_on=True)
    assert asked(provider) == [["One"], ["One", SAID, "Two"], ["Three"]]
    assert "author" in session.reset("author").what
    session.ask("Four", profile="author", carry_on=True)
    assert asked(provider)[-1] == ["Four"]


def test_a_connection_is_not_taken_for_the_profile_of_its_name(isolated: Path) -> None:
    """If both have the same name, a reset forgets the exchanges of both."""
    provider = FakeProvider()
    session = session_with(provider)
    session.ask("One", profile="fake-dev", model="fake-chat")
    session.create_profile("fake-dev", connections=["fake-dev"], model="fake-chat")
    session.ask("Two", profile="fake-dev", carry_on=True)
    session.reset("fake-dev")
    session.delete_profile("fake-dev")
    session.ask("Three", profile="fake-dev", model="fake-chat", carry_on=True)
    assert asked(provider) == [["One"], ["Two"], ["Three"]]


def test_an_answer_without_a_word_is_not_carried_on(isolated: Path) -> None:
    """Providers refuse an empty message, and would refuse every later question."""
    provider = Mute()
    session = session_with(provider)
    session.ask("One", profile="writer")
    session.ask("Two", profile="writer", carry_on=True)
    session.ask("Three", profile="writer", carry_on=True)
    assert asked(provider) == [["One"], ["One", SAID, "Two"], ["One", SAID, "Three"]]


def test_half_a_letter_is_replaced_before_it_is_sent(isolated: Path) -> None:
    """An SDK cannot encode half a letter, and the error would look like a fault of the key. The two halves of one letter are
    joined."""
    provider = FakeProvider()
    session = session_with(provider)
    session.create_profile("vectors", connections=["fake-dev"], model="fake-embedding", capability="embedding")
    session.ask("a\ud800b \ud83d\ude00", profile="writer", system="\udfff")
    session.embed(["a\ud800b", "plain"], profile="vectors")
    (request,) = [call.asked for call in provider.calls if isinstance(call.asked, ChatRequest)]
    assert (request.messages[0].content, request.system) == (
        "a\N{REPLACEMENT CHARACTER}b \U0001f600",
        "\N{REPLACEMENT CHARACTER}",
    )
    assert any("a\N{REPLACEMENT CHARACTER}b" in str(call.asked) for call in provider.calls)
