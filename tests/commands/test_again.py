"""A notebook that runs again leaves existing entries unchanged, or says what differs."""

from __future__ import annotations

import pytest

from aiconn_nb import ConnectionExists, ProfileExists, Session
from aiconn_nb.model.secret import Secret

from .test_commands import Asked, say

KEY = "made-up-key-0123456789"


def test_the_same_once_more_changes_nothing(session: Session) -> None:
    """Neither connection nor profile gets another version. What the line does not name may keep its value."""
    for line in (
        "new a --provider demo --name Demo --set latency=0.5",
        "profile new w --connection a --model demo-chat --temperature 0.2 --tag x --default",
    ):
        assert "created" in str(say(session, line))
        assert "unchanged" in str(say(session, line))
    assert (session.get("a").version, session.profile("w").version) == (1, 1)
    assert "unchanged" in str(say(session, "new a --provider demo --set latency=0.5"))


@pytest.mark.parametrize(
    ("line", "differences"),
    [
        ("new a --provider demo --name Other", ("name is 'Demo' there, and 'Other' here",)),
        (
            "new a --provider demo --name Demo --set fail_with=timeout",
            ("fail_with is not set there, and 'timeout' here",),
        ),
        ("new a --provider demo --inactive", ("active is on there, and off here",)),
    ],
)
def test_what_differs_is_said_and_changed_with_update(
    session: Session, line: str, differences: tuple[str, ...]
) -> None:
    """Nothing is changed without the option."""
    say(session, "new a --provider demo --name Demo")
    before = session.get("a")
    with pytest.raises(ConnectionExists) as raised:
        say(session, line)
    assert raised.value.differences == differences
    assert session.get("a") == before
    assert "updated" in str(say(session, f"{line} --update"))
    assert session.get("a").id == before.id
    assert "unchanged" in str(say(session, line))


def test_another_provider_is_never_an_update(session: Session) -> None:
    """The provider of a connection never changes."""
    say(session, "new a --provider demo")
    with pytest.raises(ConnectionExists):
        say(session, "new a --provider openai --set api_key=$A:B --update")
    assert session.get("a").provider == "demo"


def test_a_key_is_compared_and_not_shown(session: Session) -> None:
    """Neither the stored nor the new key is shown."""
    session.create("a", "openai", settings={"api_key": KEY})
    assert session.create("a", "openai", settings={"api_key": Secret(KEY)}).verb == "unchanged"
    with pytest.raises(ConnectionExists) as raised:
        session.create("a", "openai", settings={"api_key": "made-up-key-9876543210"})
    assert raised.value.differences == ("api_key is another secret",)
    assert "made-up-key" not in str(raised.value)
    assert session.create("a", "openai", settings={"api_key": "made-up-key-9876543210"}, update=True).verb == "updated"


def test_what_was_asked_for_is_not_asked_again(session: Session) -> None:
    """ "Restart and run all" has no user to ask, and the stored key stays."""
    say(session, "new a --provider openai", Asked(secrets=(KEY,)))
    for line in ("new a --provider openai", "new a --provider openai --prompt api_key"):
        assert "unchanged" in str(say(session, line, Asked()))


def test_a_profile_that_differs_is_said_and_changed_with_update(session: Session) -> None:
    """The error lists the connections by alias, and says whether the profile is the default."""
    say(session, "new a --provider demo")
    say(session, "new b --provider demo")
    say(session, "profile new w --connection a --model demo-chat")
    with pytest.raises(ProfileExists) as raised:
        say(session, "profile new w --connection b,a --model demo-brief --default")
    assert raised.value.differences == (
        "connections is 'a' there, and 'b, a' here",
        "model is 'demo-chat' there, and 'demo-brief' here",
        "default is off there, and on here",
    )
    say(session, "profile new w --connection b,a --model demo-brief --default --update")
    assert session.target().label == "w"


def test_what_is_set_and_not_named_is_a_difference(session: Session) -> None:
    """An update would remove the value, so the error names it."""
    say(session, "new a --provider demo --set fail_with=timeout")
    with pytest.raises(ConnectionExists) as raised:
        say(session, "new a --provider demo")
    assert raised.value.differences == ("fail_with is 'timeout' there, and not set here",)
    say(session, "new a --provider demo --update")
    assert "fail_with" not in session.get("a").settings
