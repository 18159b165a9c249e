"""A key that cannot be valid is questioned at every door, and a name that lost its ``$`` is neither sealed nor a known key."""

from __future__ import annotations

from dataclasses import replace
from inspect import currentframe
from traceback import walk_tb
from typing import Any

import pytest

from aiconn_nb import InvalidConnection, Secret, Session
from aiconn_nb.errors import FailureKind, Implausible, MaskAsSecret, ProviderFailed, SealedAsSecret
from aiconn_nb.features.requirements import Lack
from aiconn_nb.model.plausible import implausible, odd_characters, unusable
from aiconn_nb.providers.failures.transport import transport_failure
from aiconn_nb.providers.testing import leaks
from aiconn_nb.ui.widgets.connection_form import ConnectionForm
from aiconn_nb.ui.widgets.form_checks import keep_secret
from tests.commands.test_commands import Asked, say

GOOD = "sk-proj-Abcdefgh12345678Abcdefgh"
QUESTIONED = {
    f"Bearer {GOOD}": "has the word before it that a request puts there, such as Bearer",
    f"Authorization: Bearer {GOOD}": "has the word before it that a request puts there, such as Bearer",
    f"OPENAI_API_KEY={GOOD}": "has a name before it, as in NAME=value",
    f"export OPENAI_API_KEY={GOOD}": "has a name before it, as in NAME=value",
    f'"api_key": "{GOOD}': "has a quotation mark at one end",
    f"api_key: {GOOD}": "has a name before it, as in NAME=value",
    "https://platform.openai.com/api-keys": "is an address, not a key",
    "sk-proj-Abcd efgh12345678": "has white space in it",
    "sk-proj-Abcd\u00a0efgh12345678": "has a no-break space in it",
    "sk-proj-Abcd”efgh12345678": "has typographic quotes in it",
    "sk–proj-Abcdefgh12345678": "has a typographic dash in it",
    "sk-ant-api03-abcdefgh12345678": "looks like a key of anthropic",
    f'"{GOOD}': "has a quotation mark at one end",
}
"""Each is kept, with a warning."""
REFUSED = [f'"{GOOD}"', f"'{GOOD}'", f"“{GOOD}”", f"`{GOOD}`", f"{GOOD[:12]}\n{GOOD[12:]}", f"{GOOD}\0x"]
MASKS = ["sk-proj-••••••••", "sk-...abcd", "sk-…abcd", "sk-proj-****WXYZ", "••••••••"]
SERVICE_ACCOUNT = '{\n  "type": "service_account",\n  "private_key": "-----BEGIN PRIVATE KEY-----"\n}\n'


@pytest.mark.parametrize(("value", "problem"), QUESTIONED.items())
def test_an_odd_key_is_kept_with_a_warning_and_is_not_ready(session: Session, value: str, problem: str) -> None:
    """A save, a test, `require` and a user secret warn, each with the command that replaces the key. No warning repeats it."""
    shown = session.create("a", "openai", settings={"api_key": Secret(value)})
    (need,) = session.require("a").unmet
    failed = session.test("a")[0].failed
    assert failed is not None
    assert (failed.name, failed.detail) == ("plausible", f"api_key {problem}.")
    assert (need.lack, need.remedy) == (Lack.IMPLAUSIBLE, "%aiconn edit a --prompt api_key")
    assert problem in need.words
    (warning,) = (each for each in shown.warnings if each.startswith("api_key "))
    assert warning == f"api_key {problem}. '%aiconn edit a --prompt api_key' asks for it again."
    done = session.set_secret("OpenAI:ApiKey", Secret(value))
    assert done.warnings == (f"the value {problem}; '%aiconn secret set OpenAI:ApiKey' replaces it",)


@pytest.mark.parametrize("value", REFUSED)
def test_a_key_that_can_never_be_sent_is_refused(session: Session, value: str) -> None:
    """A sensitive field refuses it. A user secret may be any text, so there is only a warning."""
    with pytest.raises(InvalidConnection) as raised:
        session.create("a", "openai", settings={"api_key": value})
    assert list(raised.value.problems) == ["api_key"]
    with pytest.raises(InvalidConnection):
        session.create("a", "openai", settings={"api_key": Secret(value)})
    assert session.set_secret("OpenAI:ApiKey", value).warnings != ()


@pytest.mark.parametrize("value", MASKS)
def test_the_masked_display_of_a_key_is_refused(session: Session, value: str) -> None:
    """It is never the key, so every way to set a key refuses it."""
    with pytest.raises(InvalidConnection):
        session.create("a", "openai", settings={"api_key": value})
    with pytest.raises(MaskAsSecret):
        session.set_secret("OpenAI:ApiKey", value)
    with pytest.raises(MaskAsSecret):
        keep_secret(session, {"reference": "$OpenAI:ApiKey", "value": value})


def test_a_sealed_value_is_refused(session: Session) -> None:
    """It is never the key, so every way to set a key refuses it, as a field of a connection does."""
    session.create("b", "openai", settings={"api_key": Secret("made-up-literal-0000")})
    sealed = session.get("b").settings["api_key"].token  # type: ignore[union-attr]
    with pytest.raises(SealedAsSecret):
        session.set_secret("OpenAI:ApiKey", sealed)
    with pytest.raises(SealedAsSecret):
        keep_secret(session, {"reference": "$OpenAI:ApiKey", "value": sealed})


def test_a_user_secret_that_is_odd_is_replaced_there(session: Session) -> None:
    """The advice names the secret and its environments."""
    session.create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.set_secret("OpenAI:ApiKey", Secret(f"Bearer {GOOD}"))
    assert [each.remedy for each in session.require("a").unmet] == ["%aiconn secret set OpenAI:ApiKey"]
    session.remove_secret("OpenAI:ApiKey")
    session.set_secret("OpenAI:ApiKey", Secret(f"Bearer {GOOD}"), all=True)
    assert [each.remedy for each in session.require("a").unmet] == ["%aiconn secret set OpenAI:ApiKey --all"]
    assert session.edit("a", settings={"organization": "org-1"}).warnings == (
        "api_key has the word before it that a request puts there, such as Bearer. "
        "'%aiconn secret set OpenAI:ApiKey --all' asks for it again.",
    )


@pytest.mark.parametrize("verb", ["edit", "test"])
def test_an_interrupt_while_a_header_is_judged_shows_it_nowhere(
    session: Session, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """The values of headers are judged in the clear. Debug mode keeps the locals of our frames, but not those."""
    session.set_secret("Headers:Team", "canary-of-a-header")
    session.create("a", "ollama", settings={"headers": "X-Team: $Headers:Team"})
    monkeypatch.setenv("AICONN_DEBUG", "1")

    def interrupted(*given: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("aiconn_nb.features.environments.implausible_values.implausible", interrupted)
    with pytest.raises(KeyboardInterrupt) as raised:
        session.edit("a", name="Another name") if verb == "edit" else session.test("a")
    kept = [
        value for frame, _ in walk_tb(raised.tb) if frame is not currentframe() for value in frame.f_locals.values()
    ]
    assert "canary-of-a-header" not in repr(kept)


def test_a_variable_that_is_odd_is_explained(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """This package cannot replace it."""
    monkeypatch.setenv("OPENAI_API_KEY", f'"{GOOD}"')
    session.create("a", "openai", settings={"api_key": "$OPENAI_API_KEY"})
    assert [each.remedy for each in session.require("a").unmet] == ["%aiconn explain a"]


def test_a_good_key_is_not_questioned(session: Session) -> None:
    """A key file, which has lines and quotes, is not questioned either."""
    assert session.create("a", "openai", settings={"api_key": Secret(GOOD)}).warnings == ()
    assert session.set_secret("OpenAI:ApiKey", Secret(GOOD)).warnings == ()
    assert [each.lack for each in session.require("a")] == [Lack.NOT_CHECKED]
    assert unusable(Secret(SERVICE_ACCOUNT)) == ""
    assert implausible(Secret(SERVICE_ACCOUNT)) == ""
    assert session.set_secret("Team:Url", Secret("https://gateway.example/v1")).warnings == ()


@pytest.mark.parametrize(
    "value", ["abc==", "a=b", "user:pass word"[:9], "AbC/+dE==", "sv=2022-11-02&sig=abc%3D", "key"]
)
def test_signs_that_keys_have_are_not_questioned(value: str) -> None:
    """Base64 ends with =, and a signature contains one."""
    assert implausible(Secret(value)) == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a“b", "typographic quotes"),
        ("a\u202fb", "a no-break space"),
        ("a\nb", "a line break"),
        ("a\u200bb", "invisible characters"),
        ("ab", ""),
    ],
)
def test_the_kind_of_odd_characters_is_told(text: str, kind: str) -> None:
    """The text is never shown."""
    assert odd_characters(text) == kind


@pytest.mark.parametrize(
    ("text", "words"), [("a“b", ": typographic quotes"), ("a\u00a0b", ": a no-break space"), ("aéb", "")]
)
def test_a_key_that_cannot_be_sent_is_told_with_the_kind_of_its_characters(text: str, words: str) -> None:
    """The HTTP library's error contains the key. The failure does not."""
    failure = transport_failure(UnicodeEncodeError("ascii", text, 1, 2, "ordinal not in range(128)"))
    assert failure is not None
    assert failure.words == f"the key has characters that cannot be sent{words}"


@pytest.mark.parametrize("provider", ["openai", "openai-compatible", "mistral", "anthropic", "google"])
@pytest.mark.parametrize(("key", "kind"), [(f"{GOOD}\n", "a line break"), (f" {GOOD}", "white space around it")])
def test_a_key_that_no_header_can_hold_reaches_no_sdk(
    session: Session, monkeypatch: pytest.MonkeyPatch, provider: str, key: str, kind: str
) -> None:
    """The HTTP library refuses such a header with an error that repeats it, and a notebook saves what it shows."""
    monkeypatch.setenv("Team__Key", key)
    session.create("a", provider, settings={"api_key": "$Team:Key", "endpoint": "http://127.0.0.1:9/v1"})
    for call in (session.client, session.async_client, session.models):
        with pytest.raises(ProviderFailed) as raised:
            call("a")
        assert raised.value.kind is FailureKind.AUTHENTICATION
        assert raised.value.words == f"the key has characters that cannot be sent: {kind}"
        assert leaks(raised.value, [Secret(GOOD)]) == []


@pytest.mark.parametrize("provider", ["amazon", "anthropic-bedrock"])
@pytest.mark.parametrize("keys", [("api_key",), ("access_key_id", "secret_access_key", "session_token")])
def test_no_credential_of_aws_that_no_header_can_hold_reaches_an_sdk(
    session: Session, monkeypatch: pytest.MonkeyPatch, provider: str, keys: tuple[str, ...]
) -> None:
    """A signature has the key's ID, and the session token is a header of its own."""
    monkeypatch.setenv("Team__Key", f"{GOOD}\n")
    session.create("a", provider, settings={"region": "us-east-1", **dict.fromkeys(keys, "$Team:Key")})
    with pytest.raises(ProviderFailed) as raised:
        session.client("a")
    assert raised.value.words == "the key has characters that cannot be sent: a line break"
    assert leaks(raised.value, [Secret(GOOD)]) == []


# ---- a name that lost its $ -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ("OpenAI:ApiKey", "$OpenAI:ApiKey"),
        ("Team:Token", "$Team:Token"),
        ("OPENAI_API_KEY", "$OPENAI_API_KEY"),
        ("team_a:x_y", "$Team_A:X_Y"),
        ("%OPENAI_API_KEY%", "$OPENAI_API_KEY"),
        ('os.environ["OPENAI_API_KEY"]', "$OPENAI_API_KEY"),
        ("OpenAI__ApiKey", "$OpenAI:ApiKey"),
    ],
)
def test_the_name_of_a_key_is_not_taken_as_a_key(session: Session, value: str, reference: str) -> None:
    """The error names the reference, at a prompt and in Python, as text or as a secret."""
    session.set_secret("Team_A:X_Y", Secret("made-up-value"))
    for given in (value, Secret(value)):
        with pytest.raises(InvalidConnection) as raised:
            session.create("a", "openai", settings={"api_key": given})
        assert f"write {reference}" in raised.value.problems["api_key"]
    with pytest.raises(InvalidConnection) as raised:
        say(session, "new a --provider openai --prompt api_key", Asked(secrets=(value,)))
    assert f"write {reference}" in raised.value.problems["api_key"]
    assert session.aliases() == []


def test_a_form_names_the_reference_that_is_meant(session: Session) -> None:
    """The problem of its field has the reference."""
    form = ConnectionForm(session=session)
    told: list[Any] = []
    form.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    content = {"provider": "openai", "name": "a", "fields": {"api_key": "OpenAI:ApiKey"}}
    form._dispatch({"intent": "save", **content})
    assert "write $OpenAI:ApiKey" in str(told)
    assert session.aliases() == []


@pytest.mark.parametrize("dummy", ["ollama", "EMPTY", "lm-studio", "not-needed", "279a2e9d-83b3:fx"])
def test_a_dummy_key_is_taken(session: Session, dummy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is accepted even if a variable has the same name."""
    monkeypatch.setenv("OLLAMA", "x")
    session.create("a", "openai", settings={"api_key": dummy})
    assert session.aliases() == ["a"]


def test_a_name_that_was_sealed_earlier_is_no_known_key(session: Session) -> None:
    """It may be used as a name, and messages show it."""
    session.create("class", "openai", settings={"api_key": Secret("made-up-key-0001")})
    with session._context.store.change() as change:
        sealed = session._context.vault.seal(Secret("OpenAI:ApiKey"))
        change.put(replace(change.connection("class"), settings={"api_key": sealed}))
    session.require_no_known_key("OpenAI:ApiKey")
    say(session, "secret set OpenAI:ApiKey", Asked(secrets=(GOOD,)))
    assert [row.key for row in session.secrets()] == ["OpenAI:ApiKey"]
    error = Implausible(setting="$OpenAI:ApiKey", problem="is odd")
    session.mask_known_keys(error)
    assert error.setting == "$OpenAI:ApiKey"


def test_a_user_secret_that_is_a_name_is_questioned(session: Session) -> None:
    """Its value is never resolved again."""
    (warning,) = session.set_secret("Team:ApiKey", "OpenAI:ApiKey").warnings
    assert "$OpenAI:ApiKey" in warning
