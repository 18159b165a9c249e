"""What a newcomer writes at first, and is told then."""

from __future__ import annotations

import pytest

from aiconn_nb import AiconnError, Session

from .test_commands import say


@pytest.fixture
def session(session: Session) -> Session:
    """A connection, and a profile of it that is nobody's default."""
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    return session


def told(session: Session, line: str) -> str:
    """The one or two lines that a command fails with."""
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    return str(raised.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "new openai-dev --provider demo",
            "There is a connection 'openai-dev' already.\n"
            "Choose another alias; 'edit openai-dev' changes the one that is there.",
        ),
        (
            "profile new writer --connection openai-dev --model m",
            "There is a profile 'writer' already.\n"
            "Choose another alias; 'profile edit writer' changes the one that is there.",
        ),
    ],
)
def test_who_takes_an_alias_twice_is_told_how_to_change_what_has_it(session: Session, line: str, message: str) -> None:
    """Often that was meant."""
    assert told(session, line) == message


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("", "There is a connection 'openai-dev' already.\n'rename openai-dev NEW' makes room for it."),
        ("profile ", "There is a profile 'writer' already.\n'profile rename writer NEW' makes room for it."),
    ],
)
def test_who_brings_one_back_under_a_taken_alias_is_told_to_make_room(
    session: Session, group: str, message: str
) -> None:
    """It comes back under its own, so there is none to choose."""
    say(session, "profile delete writer --yes")
    say(session, "delete openai-dev --yes")
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    assert told(session, f"{group}undelete {'writer' if group else 'openai-dev'}") == message


@pytest.mark.parametrize(
    "command",
    [
        "show",
        "edit --name X",
        "rename new",
        "duplicate new",
        "delete --yes",
        "enable",
        "disable",
        "use",
        "test",
        "models",
        "explain",
        "history",
        "diff",
        "trust",
        "export",
        "rotate",
    ],
)
def test_a_profile_where_a_connection_is_wanted_is_pointed_to(session: Session, command: str) -> None:
    """By every command: the alias is right, and it is of the other kind."""
    name, _, rest = command.partition(" ")
    assert told(session, f"{name} WRITER {rest}") == (
        "There is no connection 'WRITER'.\nThere is a profile of that name: 'profile show writer' shows it."
    )


@pytest.mark.parametrize(
    "command",
    [
        "show",
        "edit --name X",
        "rename new",
        "duplicate new",
        "delete --yes",
        "default",
        "history",
        "diff",
        "rollback 1",
    ],
)
def test_a_connection_where_a_profile_is_wanted_is_pointed_to(session: Session, command: str) -> None:
    """The other way round."""
    name, _, rest = command.partition(" ")
    assert told(session, f"profile {name} openai-dev {rest}") == (
        "There is no profile 'openai-dev'.\nThere is a connection of that name: 'show openai-dev' shows it."
    )
