"""Where the master key lives, and what happens to one that is missing, malformed or open to others."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from aiconn_nb.errors import MasterKeyError, MasterKeyMalformed, NoKeyToUnseal, UnsealError
from aiconn_nb.model.secret import Secret
from aiconn_nb.vault import key as key_module
from aiconn_nb.vault.seal import Vault

from .conftest import CANARY, shown

KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="


def test_sealing_makes_a_key_file_for_its_owner_alone(vault: Vault, config_home: Path) -> None:
    """The file has mode 0600 and its folder 0700, whatever the umask. The folder has no other file."""
    former = os.umask(0)
    try:
        vault.seal(Secret("x"))
    finally:
        os.umask(former)
    assert config_home.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in config_home.iterdir()} == {"master.key": 0o600}
    Fernet((config_home / "master.key").read_bytes().strip())


def test_the_key_file_is_kept_and_shared(vault: Vault, config_home: Path) -> None:
    """One vault opens what another has sealed, and the file stays the same."""
    sealed = vault.seal(Secret("x"))
    before = (config_home / "master.key").read_bytes()
    assert Vault(config_home, {}).open(sealed).reveal() == "x"
    Vault(config_home, {}).seal(Secret("y"))
    assert (config_home / "master.key").read_bytes() == before


def test_opening_never_makes_a_key(vault: Vault, config_home: Path) -> None:
    """Without a key, opening fails, and the error asks for the value again."""
    sealed = Vault(config_home, {"AICONN_MASTER_KEY": KEY}).seal(Secret("x"))
    with pytest.raises(NoKeyToUnseal):
        vault.open(sealed)
    assert not config_home.exists()


@pytest.mark.parametrize("written", [f" {KEY}\n", f'"{KEY}"', f"'{KEY}' "])
def test_the_variable_wins_over_the_file_and_is_read_each_time(config_home: Path, written: str) -> None:
    """A blank variable counts as unset. White space and quotes around the key, as a container's env file leaves them, do not
    matter. No file is created."""
    environ = {"AICONN_MASTER_KEY": written}
    vault = Vault(config_home, environ)
    sealed = vault.seal(Secret("x"))
    assert not config_home.exists()
    assert Fernet(KEY).decrypt(sealed.token.removeprefix("aiconn:1:")) == b"x"
    environ["AICONN_MASTER_KEY"] = "  "
    with pytest.raises(UnsealError):
        vault.open(sealed)
    vault.seal(Secret("y"))
    environ["AICONN_MASTER_KEY"] = KEY
    assert vault.open(sealed).reveal() == "x"


@pytest.mark.parametrize("bad", ["x", KEY[:-1], KEY[:-4], KEY + "AAAA", "é" * 44, KEY.replace("_", "!"), CANARY])
def test_a_malformed_key_says_how_to_make_one_and_is_not_shown(config_home: Path, bad: str) -> None:
    """The error shows neither the key nor another variable: a nearly correct key reveals the key."""
    vault = Vault(config_home, {"AICONN_MASTER_KEY": bad, "OTHER": CANARY})
    for call in (lambda: vault.seal(Secret(CANARY)), lambda: vault.open(sealed_with(KEY))):
        text = shown(call, MasterKeyMalformed)
        assert CANARY not in text
        assert len(bad) < 5 or bad not in text
    config_home.mkdir()
    (config_home / "master.key").write_text(bad)
    text = shown(lambda: Vault(config_home, {"OTHER": CANARY}).seal(Secret(CANARY)), MasterKeyMalformed)
    assert "master.key" in text
    assert CANARY not in text
    assert len(bad) < 5 or bad not in text
    assert (config_home / "master.key").read_text() == bad


def sealed_with(key: str) -> Any:
    """Return a value that is sealed with this vault."""
    return Vault(Path("/nowhere"), {"AICONN_MASTER_KEY": key}).seal(Secret("x"))


def test_a_key_file_that_is_open_to_others_is_closed(vault: Vault, config_home: Path) -> None:
    """The file becomes private when it is read, its folder when something is written."""
    vault.seal(Secret("x"))
    (config_home / "master.key").chmod(0o644)
    vault.seal(Secret("x"))
    assert (config_home / "master.key").stat().st_mode & 0o777 == 0o600
    (config_home / "master.key").unlink()
    config_home.chmod(0o755)
    vault.seal(Secret("x"))
    assert config_home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_everybody_shares_is_not_closed(tmp_path: Path) -> None:
    """A sticky folder such as /tmp stays open, but the files in it are private."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    Vault(shared, {}).seal(Secret("x"))
    assert shared.stat().st_mode & 0o7777 == 0o1777
    assert (shared / "master.key").stat().st_mode & 0o777 == 0o600


def test_kernels_that_make_a_key_at_once_go_on_with_the_same(
    config_home: Path, all_at_once: Callable[[Callable[[int], None], int], None]
) -> None:
    """Eight processes seal a value at the same time. Every process can open every value, and no draft remains."""

    def seal(number: int) -> None:
        (config_home.parent / f"sealed-{number}").write_text(Vault(config_home, {}).seal(Secret(str(number))).token)

    all_at_once(seal, 8)
    vault = Vault(config_home, {})
    from aiconn_nb.model.secret import Sealed

    for number in range(8):
        assert vault.open(Sealed((config_home.parent / f"sealed-{number}").read_text())).reveal() == str(number)
    assert [path.name for path in config_home.iterdir()] == ["master.key"]


def test_without_hard_links_a_key_is_made_all_the_same(
    vault: Vault, config_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network and FUSE file systems have no hard links."""

    def link(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    assert vault.open(vault.seal(Secret("x"))).reveal() == "x"
    assert [path.name for path in config_home.iterdir()] == ["master.key"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_in_the_keys_place_is_refused(
    vault: Vault, config_home: Path, make: Callable[[Path], None]
) -> None:
    """A folder or a pipe in the place of the key file is neither waited for nor replaced."""
    config_home.mkdir()
    make(config_home / "master.key")
    with pytest.raises(MasterKeyError):
        vault.seal(Secret("x"))
    with pytest.raises(MasterKeyError):
        vault.open(sealed_with(KEY))


def test_a_key_that_cannot_be_kept_is_an_error_and_leaves_nothing(
    config_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk or in a read-only folder, nothing is sealed: the key would be lost at once."""

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    text = shown(lambda: Vault(config_home, {"OTHER": CANARY}).seal(Secret(CANARY)), MasterKeyError)
    assert "No space left on device" in text
    assert CANARY not in text
    assert list(config_home.iterdir()) == []
    config_home.rmdir()
    config_home.write_text("a file")
    with pytest.raises(MasterKeyError):
        Vault(config_home, {}).seal(Secret("x"))


def test_reprs_show_no_variable_and_no_key(config_home: Path) -> None:
    """The repr of a vault names only its folder."""
    environ: Mapping[str, str] = {"AICONN_MASTER_KEY": KEY}
    assert repr(Vault(config_home, environ)) == f"<Vault {str(config_home)!r}>"
    assert KEY not in repr(key_module.named_key(environ))


def test_a_missing_key_is_told_without_the_name_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message shows a path below the home folder with ``~``, because a saved notebook contains it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / "keys"
    sealed = Vault(home, {"AICONN_MASTER_KEY": KEY}).seal(Secret("x"))
    with pytest.raises(UnsealError) as opening:
        Vault(home, {}).open(sealed)
    with pytest.raises(MasterKeyError) as sealing:
        Vault(home, {}, lambda: True).seal(Secret("x"))
    for told in (str(opening.value), str(sealing.value)):
        assert os.path.join("~", "keys", "master.key") in told
        assert str(tmp_path) not in told
