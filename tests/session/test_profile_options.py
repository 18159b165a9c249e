"""The options of a profile are those that its connections' providers declare."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import InvalidProfile, Session
from aiconn_nb.errors import BadOptions, NotAnOption
from aiconn_nb.model.field import Field
from aiconn_nb.providers.base import ChatRequest
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of
from aiconn_nb.providers.values.model_options import CHAT, SEED, TEMPERATURE, up_to, with_choices
from aiconn_nb.ui.shell import table
from aiconn_nb.ui.shell.completion import complete

EFFORT = Field("effort", "Effort", "how hard it tries")


class Thinker(FakeProvider):
    """A provider with its own options."""

    id = "thinker"
    name = "Thinker"
    chat_options = (*CHAT, SEED, with_choices(EFFORT, "low", "high"))


class Cool(FakeProvider):
    """A provider that accepts fewer values."""

    id = "cool"
    name = "Cool"
    chat_options = (up_to(TEMPERATURE, 1), with_choices(EFFORT, "high", "max"))


@pytest.fixture
def providers() -> tuple[Thinker, Cool]:
    """Return a provider that knows seeds and one that does not."""
    return Thinker(), Cool()


@pytest.fixture
def session(isolated: object, providers: tuple[Thinker, Cool]) -> Session:
    """Return a session with a connection of each."""
    made = Session(registry=registry_of(*providers))
    made.create("t", "thinker", settings={"api_key": "made-up-key-0123456789"})
    made.create("c", "cool", settings={"api_key": "made-up-key-9876543210"})
    return made


def sent(provider: FakeProvider) -> ChatRequest:
    """Return the last request that a fake received."""
    return next(call.asked for call in reversed(provider.calls) if isinstance(call.asked, ChatRequest))


def test_a_declared_option_is_saved_and_sent(session: Session, providers: tuple[Thinker, Cool]) -> None:
    """In Python, a text that is a number becomes a number."""
    made = session.create_profile("writer", connections="t", model="fake-chat", options={"effort": "low", "seed": "7"})
    assert dict(made.profile.options) == {"seed": 7, "effort": "low"}
    session.ask("hello", profile="writer")
    assert sent(providers[0]).options == {"seed": 7, "effort": "low"}


def test_an_unknown_option_is_told_with_the_nearest(session: Session) -> None:
    """All problems come at once, and nothing is saved."""
    with pytest.raises(InvalidProfile) as caught:
        session.create_profile("writer", connections="t", model="m", options={"efort": "low", "verbosity": "low"})
    assert set(caught.value.problems) == {"efort", "verbosity"}
    assert "effort" in caught.value.problems["efort"]
    assert "is not supported" in caught.value.problems["verbosity"]
    assert session.profile_aliases() == []


@pytest.mark.parametrize(
    ("connections", "value", "is_taken"), [("t", "max", False), ("t,c", "max", True), ("c", "low", False)]
)
def test_a_value_is_one_that_a_provider_of_the_profile_takes(
    session: Session, connections: str, value: str, is_taken: bool
) -> None:
    """Any of the providers may accept it."""
    if is_taken:
        made = session.create_profile("writer", connections=connections, model="m", options={"effort": value})
        assert dict(made.profile.options) == {"effort": value}
    else:
        with pytest.raises(InvalidProfile) as caught:
            session.create_profile("writer", connections=connections, model="m", options={"effort": value})
        assert caught.value.problems["effort"].startswith("must be one of ")


def test_a_fallback_that_does_not_know_an_option_answers_and_says_so(
    session: Session, providers: tuple[Thinker, Cool]
) -> None:
    """The option is not sent there, and the footer of the answer says so."""
    session.create_profile(
        "writer", connections="t,c", model="fake-chat", temperature=1.5, options={"effort": "low", "seed": 7}
    )
    session.disable("t")
    reply = session.ask("hello", profile="writer")
    assert reply.connection == "c"
    assert reply.notes == (
        "temperature was not sent: Cool takes a number from 0 to 1",
        "seed was not sent: Cool has no such option",
        "effort was not sent: Cool takes one of high, max",
    )
    assert (sent(providers[1]).temperature, dict(sent(providers[1]).options)) == (None, {})


def test_one_call_overrides_and_is_checked(session: Session, providers: tuple[Thinker, Cool]) -> None:
    """The check comes before anything is sent."""
    session.ask("hello", profile="t", model="fake-chat", options={"effort": "high"})
    assert sent(providers[0]).options == {"effort": "high"}
    with pytest.raises(BadOptions) as raised:
        session.ask("hello", profile="t", model="fake-chat", options={"effort": "hot"})
    assert raised.value.problems.keys() == {"effort"}
    assert "low, high" in raised.value.problems["effort"]


def test_a_comparison_takes_what_one_of_those_asked_takes(session: Session) -> None:
    """The others say that it was not sent."""
    compared = session.compare("hello", "t", "c", model="fake-chat", options={"seed": 7})
    notes = [row.reply.notes if row.reply else () for row in compared]
    assert notes == [(), ("seed was not sent: Cool has no such option",)]


def test_the_command_line_takes_them_and_unset_takes_them_away(session: Session) -> None:
    """The option --option KEY=VALUE can be repeated."""
    console: Any = SimpleNamespace(in_shell=False, has_kernel=True, can_ask=False, progress=lambda *_: None)

    def said(line: str) -> None:
        table.run(session, line.split(), console)

    said("profile new writer --connection t --model fake-chat --option effort=low --option seed=7")
    assert dict(session.profile("writer").options) == {"seed": 7, "effort": "low"}
    said("profile edit writer --option effort=high --unset seed")
    assert dict(session.profile("writer").options) == {"effort": "high"}
    with pytest.raises(NotAnOption):
        said("profile edit writer --option effort")


def test_the_tab_key_offers_options_and_their_values(session: Session) -> None:
    """The options are those of the connections on the line."""
    assert "effort=" in complete(session, "profile new x --connection t --option ")[1]
    assert complete(session, "profile new x --connection t --option effort=")[1] == ["effort=high", "effort=low"]


def test_the_widest_of_several_declarations_is_shown(session: Session) -> None:
    """The form shows it before the connections are chosen."""
    fields = {field.key: field for field in session.option_fields("chat")}
    assert (fields["temperature"].most, set(fields["effort"].choices)) == (2, {"low", "high", "max"})
    assert list(fields)[:3] == ["temperature", "max_tokens", "system"]


def test_an_option_that_is_kept_stays_with_other_connections(session: Session) -> None:
    """The option may be for a connection that comes back. An answer says that it was not sent."""
    session.create_profile("writer", connections="t", model="m", options={"seed": 7})
    session.edit_profile("writer", connections="c")
    assert dict(session.profile("writer").options) == {"seed": 7}
    session.edit_profile("writer", options={"seed": None})
    assert dict(session.profile("writer").options) == {}


def test_a_profile_shows_and_compares_them(session: Session) -> None:
    """The card has its label, and the history has its change."""
    session.create_profile("writer", connections="t", model="m", options={"effort": "low"})
    assert "Effort" in str(session.show_profile("writer"))
    session.edit_profile("writer", options={"effort": "high"})
    assert [(each.field, each.before, each.after) for each in session.diff_profile("writer")] == [
        ("effort", "low", "high")
    ]
