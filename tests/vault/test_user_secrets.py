"""The sealed user secrets files."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography.fernet import Fernet
from filelock import FileLock

from aiconn_nb.errors import (
    BadSecretName,
    EnvironmentNotFound,
    OtherKey,
    SecretGone,
    SecretNotSaved,
    SecretsBusy,
    SecretsFileError,
    SecretsUnreadable,
)
from aiconn_nb.model.secret import Secret
from aiconn_nb.vault import secrets_file
from aiconn_nb.vault.seal import Vault
from aiconn_nb.vault.user_secrets import UserSecrets

from .conftest import CANARY, shown

AtOnce = Callable[[Callable[[int], None], int], None]


def test_a_fresh_machine_has_none_and_asking_makes_no_file(secrets: UserSecrets, config_home: Path) -> None:
    """Neither listing nor removing a missing secret creates a file."""
    assert secrets.keys() == []
    assert secrets.keys("Production") == []
    assert secrets.environments() == []
    assert secrets.remove("OpenAI:ApiKey") is False
    assert not config_home.exists()


def test_a_secret_is_kept_for_all_environments_or_for_one(secrets: UserSecrets, config_home: Path) -> None:
    """Each environment has its own file, and another process reads it."""
    secrets.set("OpenAI:ApiKey", Secret("all"))
    secrets.set("OpenAI:ApiKey", Secret("prod"), "Production")
    again = UserSecrets(Vault(config_home, {}))
    assert (again.value("OpenAI:ApiKey"), again.value("OpenAI:ApiKey", "Production")) == ("all", "prod")
    assert again.environments() == ["Production"]
    assert again.path() == config_home / "secrets.json"
    assert again.path("Production") == config_home / "secrets.Production.json"


def test_keys_are_kept_as_spelled_and_compared_without_regard_to_case(secrets: UserSecrets) -> None:
    """Keys compare as in the configuration: é is É, ß is not ss. Setting a key again changes its spelling."""
    secrets.set("OpenAI:ApiKey", Secret("one"))
    secrets.set("Straße", Secret("two"))
    secrets.set("É", Secret("three"))
    assert secrets.keys() == ["OpenAI:ApiKey", "Straße", "É"]
    assert [secrets.value(key) for key in ("OPENAI:apikey", "STRAßE", "é")] == ["one", "two", "three"]
    with pytest.raises(SecretGone):
        secrets.value("Strasse")
    secrets.set("openai:APIKEY", Secret("four"))
    assert secrets.keys() == ["Straße", "openai:APIKEY", "É"]
    assert secrets.value("OpenAI:ApiKey") == "four"


def test_a_secret_is_removed_in_any_case(secrets: UserSecrets) -> None:
    """Removing returns whether the secret existed."""
    secrets.set("OpenAI:ApiKey", Secret("x"))
    secrets.set("Other", Secret("y"))
    assert secrets.remove("openai:apikey") is True
    assert secrets.remove("openai:apikey") is False
    assert secrets.keys() == ["Other"]


# ---- what was there before --------------------------------------------------------------------------------------------


def test_what_was_replaced_or_removed_is_brought_back(secrets: UserSecrets, config_home: Path) -> None:
    """Another process can restore it, too. A second restore undoes the first. Keys are found in any case."""
    secrets.set("OpenAI:ApiKey", Secret("one"))
    assert secrets.restore("OpenAI:ApiKey") is None
    secrets.set("openai:apikey", Secret("two"))
    again = UserSecrets(Vault(config_home, {}))
    assert again.restore("OPENAI:APIKEY") is not None
    assert (secrets.keys(), secrets.value("openai:apikey")) == (["OPENAI:APIKEY"], "one")
    again.restore("OpenAI:ApiKey")
    assert secrets.value("OpenAI:ApiKey") == "two"
    secrets.remove("OpenAI:ApiKey")
    assert (secrets.keys(), list(secrets.former())) == ([], ["OpenAI:ApiKey"])
    secrets.restore("openai:apikey")
    assert secrets.value("OpenAI:ApiKey") == "two"


def test_each_file_has_former_values_of_its_own(secrets: UserSecrets) -> None:
    """A former value of one environment is not restored in another."""
    secrets.set("K", Secret("prod"), "Production")
    secrets.remove("K", "Production")
    assert secrets.restore("K") is None
    assert secrets.former() == {}
    assert secrets.restore("K", "Production") is not None
    assert secrets.value("K", "Production") == "prod"


def test_the_same_value_again_makes_no_former_one(secrets: UserSecrets) -> None:
    """Otherwise a restore would lead to the same value."""
    secrets.set("K", Secret("one"))
    secrets.set("K", Secret("two"))
    secrets.set("K", Secret("two"))
    secrets.restore("K")
    assert secrets.value("K") == "one"


def test_former_values_are_kept_for_thirty_days_and_ten_of_a_key(vault: Vault, config_home: Path) -> None:
    """Older values are not restored. The first change a day after one that found them due removes them from the file."""
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    secrets = UserSecrets(vault, lambda: moment)
    for number in range(12):
        secrets.set("K", Secret(f"value {number}"))
    assert len(secrets.former()["K"]) == 10
    secrets.remove("Other")
    moment += timedelta(days=30)
    assert len(secrets.former()["K"]) == 10
    moment += timedelta(seconds=1)
    assert secrets.former() == {}
    assert secrets.restore("K") is None
    assert '"former"' in (config_home / "secrets.json").read_text()
    secrets.set("Other", Secret("x"))
    moment += timedelta(hours=23)
    secrets.set("Other", Secret("x"))
    assert '"former"' in (config_home / "secrets.json").read_text()
    moment += timedelta(hours=1)
    secrets.set("Other", Secret("x"))
    assert '"former"' not in (config_home / "secrets.json").read_text()
    assert secrets.value("K") == "value 11"


def test_a_clock_that_is_far_ahead_for_one_change_forgets_nothing(vault: Vault) -> None:
    """After the clock is corrected, everything is as before. Two such changes on different days count separately."""
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    secrets = UserSecrets(vault, lambda: moment)
    secrets.set("K", Secret("one"))
    secrets.set("K", Secret("two"))
    for _ in range(2):
        moment += timedelta(days=365)
        secrets.set("Other", Secret("x"))
        moment -= timedelta(days=365)
        secrets.set("Other", Secret("y"))
    secrets.restore("K")
    assert secrets.value("K") == "one"


def test_a_clock_that_was_set_back_loses_no_former_value(vault: Vault) -> None:
    """A former value is never dated before its predecessor."""
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    secrets = UserSecrets(vault, lambda: moment)
    secrets.set("K", Secret("one"))
    secrets.set("K", Secret("two"))
    moment -= timedelta(days=400)
    secrets.set("K", Secret("three"))
    moment += timedelta(days=400)
    secrets.restore("K")
    assert secrets.value("K") == "two"


def test_several_are_set_in_one_write(secrets: UserSecrets, config_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are saved, or none: the two halves of a key belong together."""
    secrets.set("Pair:Id", Secret("old id"))
    monkeypatch.setattr(os, "replace", None)
    with pytest.raises(TypeError):
        secrets.set_all({"Pair:Id": Secret("new id"), "Pair:Secret": Secret("new secret")})
    monkeypatch.undo()
    assert (secrets.keys(), secrets.value("Pair:Id")) == (["Pair:Id"], "old id")
    with pytest.raises(SecretsFileError):
        secrets.set_all({"Pair:Id": Secret("new id"), "": Secret("x")})
    secrets.set_all({"Pair:Id": Secret("new id"), "Pair:Secret": Secret("new secret")})
    assert (secrets.value("Pair:Id"), secrets.value("Pair:Secret")) == ("new id", "new secret")


def test_what_is_forgotten_is_gone_for_good(secrets: UserSecrets, config_home: Path) -> None:
    """All former values are removed as well, even if the key has no current value."""
    secrets.set("K", Secret("one"))
    secrets.set("K", Secret("two"))
    assert secrets.remove("k", forget=True) is True
    assert secrets.restore("K") is None
    assert json.loads((config_home / "secrets.json").read_text()) == {"schema": 1, "secrets": {}}
    secrets.set("L", Secret("three"))
    secrets.remove("L")
    assert secrets.remove("L") is False
    assert secrets.remove("L", forget=True) is True
    assert secrets.former() == {}


def test_former_values_stand_sealed_in_the_file(secrets: UserSecrets, config_home: Path) -> None:
    """Former values are sealed like the current one."""
    secrets.set("K", Secret(CANARY))
    secrets.set("K", Secret("two"))
    content = (config_home / "secrets.json").read_text()
    assert '"former"' in content
    assert CANARY not in content


def test_a_value_that_cannot_be_opened_is_replaced_and_kept_too(secrets: UserSecrets, config_home: Path) -> None:
    """The unreadable value becomes a former one, because the key file may come back."""
    secrets.set("K", Secret("one"))
    key = (config_home / "master.key").read_bytes()
    (config_home / "master.key").write_bytes(Fernet.generate_key())
    again = UserSecrets(Vault(config_home, {}))
    again.set("K", Secret("two"))
    (config_home / "master.key").write_bytes(key)
    back = UserSecrets(Vault(config_home, {}))
    back.restore("K")
    assert back.value("K") == "one"


def test_the_file_is_private_has_the_keys_and_no_value(secrets: UserSecrets, config_home: Path) -> None:
    """The file has mode 0600, whatever the umask, and no draft remains."""
    former = os.umask(0)
    try:
        secrets.set("OpenAI:ApiKey", Secret(CANARY))
    finally:
        os.umask(former)
    modes = {path.name: path.stat().st_mode & 0o777 for path in config_home.iterdir()}
    modes.setdefault("secrets.json.lock", 0o600)  # some releases of filelock remove it again
    assert modes == {"master.key": 0o600, "secrets.json": 0o600, "secrets.json.lock": 0o600}
    content = (config_home / "secrets.json").read_text()
    assert "OpenAI:ApiKey" in content
    assert CANARY not in content
    (config_home / "secrets.json").chmod(0o644)
    UserSecrets(Vault(config_home, {})).keys()
    assert (config_home / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", ["", " ", " Key", "Key ", "$OpenAI:ApiKey", "a\nb", "a\0b"])
def test_a_key_that_no_reference_could_name_is_refused(secrets: UserSecrets, config_home: Path, key: str) -> None:
    """Nothing is written."""
    with pytest.raises(BadSecretName):
        secrets.set(key, Secret("x"))
    assert not config_home.exists()


@pytest.mark.parametrize("environment", ["", " ", "../x", "a/b", "a\0b", "a\nb", "a\u2028b", "A" * 201])
def test_an_environment_that_is_no_file_name_is_refused(secrets: UserSecrets, environment: str) -> None:
    """The name must not lead to another folder, and must be one that can be selected."""
    for call in (secrets.path, secrets.keys, lambda name: secrets.set("k", Secret("x"), name)):
        with pytest.raises(EnvironmentNotFound):
            call(environment)


def test_a_change_of_another_process_is_seen(secrets: UserSecrets, config_home: Path) -> None:
    """The next access sees it."""
    secrets.set("A", Secret("one"))
    other = UserSecrets(Vault(config_home, {}))
    other.set("B", Secret("two"))
    assert secrets.keys() == ["A", "B"]
    other.remove("A")
    assert secrets.keys() == ["B"]


def test_a_file_whose_identity_repeats_is_not_overwritten_from_memory(secrets: UserSecrets, config_home: Path) -> None:
    """A change reads the file again under the lock: file systems reuse inode numbers, and their timestamps are coarse."""
    secrets.set("A", Secret("one"))
    path = config_home / "secrets.json"
    before = path.stat()
    content = path.read_text().replace('"A"', '"B"')
    with open(path, "r+") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    secrets.set("C", Secret("three"))
    assert secrets.keys() == ["B", "C"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"schema": 1}',
        b'{"schema": 2, "secrets": {}}',
        b'{"schema": 1, "secrets": []}',
        b'{"schema": 1, "secrets": {"A": 1}}',
        b'{"schema": 1, "secrets": {}, "former": []}',
        b'{"schema": 1, "secrets": {}, "former": {"A": "x"}}',
        b'{"schema": 1, "secrets": {}, "former": {"A": [{"value": "x"}]}}',
        b'{"schema": 1, "secrets": {}, "former": {"A": [{"value": 1, "until": "2026-11-25T09:00:00+00:00"}]}}',
        b'{"schema": 1, "secrets": {}, "former": {"A": [{"value": "x", "until": "2026-11-25T09:00:00"}]}}',
        b'{"OpenAI": {"ApiKey": "QJZ-the-secret-value-XKW"}}',
    ],
)
def test_a_damaged_file_is_an_error_and_never_overwritten(
    secrets: UserSecrets, config_home: Path, content: bytes
) -> None:
    """No operation overwrites it, and no error shows its content, which may include a pasted key."""
    config_home.mkdir()
    (config_home / "secrets.json").write_bytes(content)
    calls: list[Callable[[], object]] = [
        secrets.keys,
        lambda: secrets.value("A"),
        lambda: secrets.set("A", Secret(CANARY)),
        lambda: secrets.remove("A"),
        lambda: secrets.restore("A"),
        secrets.former,
        lambda: list(secrets.former_values()),
    ]
    for call in calls:
        text = shown(call, SecretsUnreadable)
        assert "secrets.json" in text
        assert CANARY not in text
    assert (config_home / "secrets.json").read_bytes() == content


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused_and_left(
    secrets: UserSecrets, config_home: Path, make: Callable[[Path], None]
) -> None:
    """A pipe in the place of the file is not waited for."""
    config_home.mkdir()
    make(config_home / "secrets.json")
    for call in (secrets.keys, lambda: secrets.set("A", Secret("x"))):
        with pytest.raises(SecretsFileError):
            call()
    assert not (config_home / "secrets.json").is_file()


def test_a_value_that_cannot_be_opened_names_its_key_and_harms_no_other(
    secrets: UserSecrets, config_home: Path
) -> None:
    """The error asks for the value again, and setting it again repairs the key."""
    secrets.set("Good", Secret("fine"))
    secrets.set("Bad", Secret(CANARY))
    path = config_home / "secrets.json"
    document = json.loads(path.read_text())
    document["secrets"]["Bad"] = document["secrets"]["Bad"][:-10] + "AAAAAAAAA="
    path.write_text(json.dumps(document))
    assert "Bad" in shown(lambda: secrets.value("Bad"), OtherKey)
    assert secrets.value("Good") == "fine"
    secrets.set("Bad", Secret("again"))
    assert secrets.value("Bad") == "again"


def test_a_full_disk_keeps_the_old_file(
    secrets: UserSecrets, config_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the file and the reason, and no draft remains."""
    secrets.set("A", Secret("one"))
    before = (config_home / "secrets.json").read_bytes()

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            text = shown(lambda: secrets.set("B", Secret(CANARY)), SecretNotSaved)
        assert "No space left on device" in text
        assert CANARY not in text
        assert (config_home / "secrets.json").read_bytes() == before
        assert not (config_home / "secrets.json.tmp").exists()
    assert secrets.keys() == ["A"]


def test_a_draft_that_a_killed_kernel_left_is_replaced(secrets: UserSecrets, config_home: Path) -> None:
    """A leftover draft does not prevent the next save."""
    config_home.mkdir()
    (config_home / "secrets.json.tmp").write_text("half")
    secrets.set("A", Secret("one"))
    assert not (config_home / "secrets.json.tmp").exists()


def test_a_lock_that_is_held_is_waited_for_and_then_said(secrets: UserSecrets, vault: Vault, config_home: Path) -> None:
    """A write reports the lock after a wait. Reading needs no lock."""
    secrets.set("A", Secret("one"))
    impatient = UserSecrets(vault, wait=0.05)
    with (
        FileLock(config_home / "secrets.json.lock", thread_local=False),
        pytest.raises(SecretsBusy),
    ):
        impatient.set("B", Secret("two"))
    assert secrets.keys() == ["A"]


@pytest.mark.parametrize("code", [None, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_kernels_that_save_at_once_lose_nothing(
    secrets: UserSecrets, config_home: Path, all_at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    """Six processes save five secrets each, also on a file system without locks."""

    def flock(*_: object) -> NoReturn:
        raise OSError(code, "no locks here")

    if code is not None:
        monkeypatch.setattr(fcntl, "flock", flock)

    def save(number: int) -> None:
        mine = UserSecrets(Vault(config_home, {}))
        for turn in range(5):
            mine.set(f"Key{number}:{turn}", Secret(f"{number}/{turn}"))

    all_at_once(save, 6)
    wanted = {f"Key{number}:{turn}": f"{number}/{turn}" for number in range(6) for turn in range(5)}
    assert secrets.keys() == sorted(wanted)
    assert {key: secrets.value(key) for key in wanted} == wanted
    assert {path.name for path in config_home.iterdir()} <= {"master.key", "secrets.json", "secrets.json.lock"}


def test_reprs_show_nothing(secrets: UserSecrets) -> None:
    """A repr shows nothing, not even of a file that was read."""
    secrets.set("A", Secret(CANARY))
    secrets.value("A")
    assert CANARY not in repr(vars(secrets))
    assert "gAAAA" not in repr(vars(secrets))
    assert secrets_file.SCHEMA == 1


def rewritten(path: Path, before: bytes, after: bytes) -> None:
    """Change the file in place to content of the same length, and restore its modification time."""
    found = path.stat()
    with open(path, "r+b") as file:
        content = file.read().replace(before, after)
        file.seek(0)
        file.write(content)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_a_file_is_read_again_by_its_change_time_and_while_it_is_young(
    secrets: UserSecrets, config_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that copy a file's times cannot set its change time. Within one step of the clock even that is equal."""
    secrets.set("A", Secret("one"))
    path = config_home / "secrets.json"
    assert secrets.keys() == ["A"]
    monkeypatch.setattr("aiconn_nb.vault.user_secrets.stamp_of", lambda found: (1, 2, 3, now := time.time_ns(), now))
    rewritten(path, b'"A"', b'"B"')
    assert secrets.keys() == ["B"]
    monkeypatch.undo()
    monkeypatch.setattr("aiconn_nb.model.stamp.time.time_ns", lambda: 2 * path.stat().st_mtime_ns)
    assert secrets.keys() == ["B"]
    rewritten(path, b'"B"', b'"C"')
    assert secrets.keys() == ["C"]


def test_a_settled_file_is_read_once(secrets: UserSecrets, config_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each access would cost as much as reading the file."""
    secrets.set("A", Secret("one"))
    monkeypatch.setattr("aiconn_nb.model.stamp.time.time_ns", lambda: 0)
    assert secrets.keys() == ["A"]
    monkeypatch.setattr("aiconn_nb.vault.user_secrets.read_content", None)
    assert secrets.keys() == ["A"]
