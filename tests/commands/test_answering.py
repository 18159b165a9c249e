"""The commands that stand on several answers, as a line says them."""

from __future__ import annotations

import pytest

from aiconn_nb import CommandError, RotationFailed, Secret, Session

from .test_commands import Asked, say

OLD, NEW = "old-key-000011112222", "new-key-333344445555"


def sealed(session: Session, alias: str = "a") -> object:
    """The stored key, as it is sealed."""
    return session.get(alias).settings["api_key"]


def test_rotate_asks_for_the_new_key_without_echo(session: Session) -> None:
    """And answers what was done; the key is nowhere in it."""
    session.create("a", "demo", settings={"api_key": OLD})
    console = Asked(secrets=(NEW,))
    answer = say(session, "rotate a", console)
    assert console.questions == ["API key: "]
    assert str(answer).splitlines() == [
        "a · rotated",
        "  api_key  sealed",
        "  tested   ok: 3 models",
        "'rollback a 1' brings the former one back.",
    ]


def test_rotate_asks_for_both_halves_of_a_pair(session: Session) -> None:
    """What was typed is tested together: here the network ends it, and nothing was changed."""
    pair = {"region": "us-east-1", "access_key_id": OLD, "secret_access_key": OLD, "endpoint": "http://127.0.0.1:9"}
    session.create("aws", "amazon", settings=pair)
    console = Asked(secrets=(NEW, NEW))
    with pytest.raises(RotationFailed) as raised:
        say(session, "rotate aws", console)
    assert console.questions == ["Access key ID: ", "Secret access key: "]
    assert raised.value.rung == "reachable"
    assert session.get("aws").version == 1


def test_rotate_takes_a_reference_that_was_typed(session: Session) -> None:
    """As the prompt of new and edit does."""
    session.create("a", "demo", settings={"api_key": OLD})
    session.set_secret("Demo:New", Secret(NEW))
    say(session, "rotate a", Asked(secrets=("$Demo:New",)))
    assert sealed(session) == "$Demo:New"


def test_rotate_takes_a_reference_from_the_line(session: Session) -> None:
    """Then nobody is asked."""
    session.create("a", "demo", settings={"api_key": OLD})
    session.set_secret("Demo:New", Secret(NEW))
    say(session, "rotate a --to $Demo:New")
    assert sealed(session) == "$Demo:New"
    session.set_secret("Demo:Newer", Secret(NEW))
    say(session, "rotate a --to api_key=$Demo:Newer")
    assert sealed(session) == "$Demo:Newer"


@pytest.mark.parametrize("line", ["rotate a --to {}", "rotate a --to api_key={}"])
def test_rotate_takes_no_key_from_the_line(session: Session, line: str) -> None:
    """The line is saved; the key is not repeated."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(CommandError, match="a key is not taken from the line") as raised:
        say(session, line.format(NEW))
    assert NEW not in str(raised.value)


def test_rotate_says_how_a_shell_wants_a_reference(session: Session) -> None:
    """The shell has replaced ``$Demo`` by nothing."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(CommandError, match="Put it in single quotes"):
        say(session, "rotate a --to :New", Asked(in_shell=True))


def test_rotate_needs_somebody_to_ask(session: Session) -> None:
    """Or a reference."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(CommandError) as raised:
        say(session, "rotate a")
    assert str(raised.value) == (
        "A new api_key is needed, and nobody is here to be asked for it.\nGive a reference: --to $Section:Key"
    )
