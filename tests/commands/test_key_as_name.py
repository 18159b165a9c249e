"""A key in the place of a name is refused before any question, and an entry stored under such a name can be removed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiconn_nb import AiconnError, InvalidReference, Secret, Session
from aiconn_nb.errors import BadSecretName, KeyAsReference, KeyAsSecretName, SecretNameInSyntax, ValueInSecretName
from aiconn_nb.model.key_name import shown_name

from .test_commands import Asked, say

KEY = "sk-proj-Abcdefghijklmnopqrstuvwxyz0123456789WXYZ"


def store(session: Session, name: str, value: str = "made-up-value", environment: str | None = None) -> None:
    """Store a user secret as an earlier release did, with a name that is refused now."""
    secrets = session._context.secrets
    with secrets._changing(secrets.path(environment)) as content:
        content.values[name] = session._context.vault.seal(Secret(value))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (KEY, KeyAsSecretName),
        (f"${KEY}", KeyAsSecretName),
        (f"OpenAI:{KEY}", KeyAsSecretName),
        (f"OpenAI:ApiKey={KEY}", ValueInSecretName),
        ("OpenAI:ApiKey=hunter2", ValueInSecretName),
        (f"{KEY}=x", KeyAsSecretName),
        ("${OPENAI_API_KEY}", SecretNameInSyntax),
        ("%OPENAI_API_KEY%", SecretNameInSyntax),
        ("$env:OPENAI_API_KEY", SecretNameInSyntax),
        (":a", BadSecretName),
        ("A:", BadSecretName),
        ("A::B", BadSecretName),
    ],
)
def test_a_text_that_is_no_name_is_refused_before_a_value_is_asked_for(
    session: Session, name: str, kind: type[AiconnError]
) -> None:
    """This holds on a line and in Python. The error repeats neither a key nor a value."""
    console = Asked(secrets=("made-up-value",))
    with pytest.raises(kind) as raised:
        say(session, f"secret set '{name}'", console)
    assert console.questions == []
    with pytest.raises(kind):
        session.set_secret(name, "made-up-value")
    told = f"{raised.value} {vars(raised.value)}"
    assert KEY not in told
    assert "hunter2" not in told
    assert list(session.secrets()) == []


@pytest.mark.parametrize("name", ["OpenAI:ApiKey", "$OpenAI:ApiKey", "HF_TOKEN", "Sk:Project", "a b", "Team-1:Key.x"])
def test_an_ordinary_name_is_taken(session: Session, name: str) -> None:
    """The name may start with ``$`` or not."""
    say(session, f"secret set '{name}'", Asked(secrets=("made-up-value",)))
    assert [row.key for row in session.secrets()] == [name.removeprefix("$")]


def test_an_earlier_name_without_a_key_still_gets_a_new_value(session: Session) -> None:
    """A reference may use the name."""
    store(session, "A:", environment="Development")
    session.set_secret("A:", "another-value")
    assert session._context.secrets.value("A:", "Development") == "another-value"


@pytest.mark.parametrize("action", ["remove", "restore"])
def test_a_key_in_the_place_of_a_name_is_refused_by_the_others(session: Session, action: str) -> None:
    """There is no secret with that name."""
    with pytest.raises(KeyAsReference) as raised:
        say(session, f"secret {action} {KEY}")
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("by", ["name", "shown name"])
def test_what_was_stored_with_a_key_as_its_name_is_removed(session: Session, by: str) -> None:
    """It is removed by its name, although that is a known key, or by the name that the list shows."""
    store(session, KEY, KEY)
    name = KEY if by == "name" else next(row.key for row in session.secrets())
    done = say(session, f"secret remove {name} --all")
    back = say(session, f"secret restore {name} --all")
    gone = say(session, f"secret remove {name} --all --forget")
    assert list(session.secrets()) == []
    assert KEY not in f"{done} {done.warnings} {back} {gone}"
    assert done.warnings != ()


def test_a_list_shows_no_key_in_a_name(session: Session) -> None:
    """The list shows two such names differently and says how to remove them."""
    store(session, f"OpenAI:{KEY}")
    store(session, f"OpenAI:{KEY}2")
    store(session, "OpenAI:ApiKey=hunter2")
    found: Any = say(session, "secret list")
    assert [row.key for row in found] == ["OpenAI:ApiKey=••••••••", "OpenAI:••••••••", "OpenAI:••••••••-2"]
    told = f"{found} {json.dumps(found.data())} {found!r} {session.known_keys()}"
    assert KEY not in told
    assert "hunter2" not in told
    assert "secret remove OpenAI:••••••••-2 --all --forget" in str(found)
    session.remove_secret("OpenAI:••••••••-2", all=True, forget=True)
    assert [row.key for row in session.secrets()] == ["OpenAI:ApiKey=••••••••", "OpenAI:••••••••"]


def test_references_with_a_key_are_invalid_references() -> None:
    """One documented class covers all of these errors."""
    assert issubclass(KeyAsReference, InvalidReference)
    assert shown_name(f"${KEY}") == "$••••••••"
