"""Sealing and opening."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.errors import OtherKey, UnsealError
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.vault.seal import Vault

from .conftest import CANARY, shown

KEYED = Vault(Path("/nowhere"), {"AICONN_MASTER_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="})
OTHER = Vault(Path("/nowhere"), {"AICONN_MASTER_KEY": "NGaE8CRDwNHCJ8nFXeKbXTeVGZwA8aTJsB5gI0mCwUY="})


@given(st.text(st.characters(), max_size=50))
def test_what_is_sealed_is_opened_again(value: str) -> None:
    """Any text can be sealed: an empty one, blanks, lone surrogates and control characters."""
    assert KEYED.open(KEYED.seal(Secret(value))).reveal() == value


def test_sealed_text_tells_nothing_and_is_never_the_same_twice() -> None:
    """Sealed text begins with the prefix of this package, and its repr does not show the token."""
    one, two = KEYED.seal(Secret(CANARY)), KEYED.seal(Secret(CANARY))
    assert one.token.startswith("aiconn:1:gAAAAA")
    assert one != two
    assert CANARY not in one.token
    assert repr(one) == "Sealed()"


def test_another_key_does_not_open_it_and_says_to_give_it_again() -> None:
    """The error names what was sealed and shows no value."""
    sealed = KEYED.seal(Secret(CANARY))
    text = shown(lambda: OTHER.open(sealed, "The field api_key of openai-dev"), OtherKey)
    assert "The field api_key of openai-dev" in text
    assert CANARY not in text
    assert sealed.token not in text


def test_any_changed_character_makes_it_unreadable_not_wrong() -> None:
    """A change of any character, a token without the prefix, and any other text make the value unreadable."""
    token = KEYED.seal(Secret("value")).token
    for at in range(len(token)):
        # The last character but the padding holds bits that base64 does not use, so it is changed by more than those.
        other = "A" if token[at] not in "ABCDEFGHIJKLMNOP" else "z"
        with pytest.raises(UnsealError):
            KEYED.open(Sealed(token[:at] + other + token[at + 1 :]))
        with pytest.raises(UnsealError):
            KEYED.open(Sealed(token[:at]))
    for wrong in ("", "x", token.removeprefix("aiconn:1:"), token.replace(":1:", ":2:"), "aiconn:1:é"):
        with pytest.raises(UnsealError):
            KEYED.open(Sealed(wrong))


def test_sealed_text_is_recognised_when_pasted() -> None:
    """Sealed text of this package is recognized, even with blanks around it or cut short, and so is a bare Fernet token. A
    provider's key is not mistaken for one."""
    token = KEYED.seal(Secret("value")).token
    assert all(Vault.looks_sealed(each) for each in (token, f" {token}\n", token[:20], token.removeprefix("aiconn:1:")))
    for key in ("", "sk-proj-abcdef", "AKIAIOSFODNN7EXAMPLE", "gAAAAA-short", "aiconn", "$OpenAI:ApiKey"):
        assert not Vault.looks_sealed(key)


def test_importing_the_vault_does_not_import_cryptography() -> None:
    """The import takes milliseconds, and most commands need no key."""
    code = "import aiconn_nb.vault.seal, aiconn_nb.vault.user_secrets, sys; print([m for m in sys.modules if m in"
    code += " ('cryptography', 'filelock', 'tinydb')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
