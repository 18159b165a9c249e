"""Files are live: read again when, and only when, they changed."""

from __future__ import annotations

import builtins
import os
import time
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.config import Configuration
from aiconn_nb.errors import ConfigurationFileError, ReferenceNotFound

from .conftest import Folder


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the clock a minute ahead, so that every file is older than two seconds."""
    monkeypatch.setattr(
        "aiconn_nb.model.stamp.time.time_ns", lambda: time.clock_gettime_ns(time.CLOCK_REALTIME) + 60 * 10**9
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, settled: None) -> list[str]:
    """Return the names of the files that were opened, in order."""
    names: list[str] = []
    original = builtins.open

    def counting(file: Any, *args: Any, **more: Any) -> Any:
        if str(file).endswith(".json"):
            names.append(Path(file).name)
        return original(file, *args, **more)

    monkeypatch.setattr(builtins, "open", counting)
    return names


def test_nothing_is_read_before_the_first_lookup_and_then_once(folder: Folder, opened: list[str]) -> None:
    """Repeated lookups of any key only check the files."""
    folder.write("", '{"A": "x"}')
    folder.write("Development", '{"B": "y"}')
    configuration = folder.load()
    assert opened == []
    for key in "ABAB":
        configuration.lookup(key)
    configuration.keys()
    assert opened == ["appsettings.Development.json", "appsettings.json"]


def test_a_change_is_seen_at_the_next_lookup(folder: Folder, opened: list[str]) -> None:
    """A lookup sees each change at once."""
    folder.write("", '{"A": "1"}')
    folder.write("Development", "{}")
    configuration = folder.load()
    for i in range(10):
        folder.write("", f'{{"A": "{"x" * i}"}}')
        assert configuration.lookup("A").value == "x" * i
    assert opened.count("appsettings.json") == 10
    assert opened.count("appsettings.Development.json") == 1


def test_a_young_file_is_read_again_though_its_stamp_stays(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second write within one step of the file system's clock leaves size and times as they are. Two seconds later a file
    is trusted, and not read at every lookup."""
    path = folder.write("", '{"A": "1"}')
    configuration = folder.load()
    stamps = path.stat()
    monkeypatch.setattr(
        "aiconn_nb.config.layers.os.stat", lambda name: stamps if str(name) == str(path) else os.lstat(name)
    )
    now = stamps.st_ctime_ns
    monkeypatch.setattr("aiconn_nb.model.stamp.time.time_ns", lambda: now)
    assert configuration.lookup("A").value == "1"
    path.write_text('{"A": "2"}')
    assert configuration.lookup("A").value == "2"
    now += 3 * 10**9
    path.write_text('{"A": "3"}')
    assert configuration.lookup("A").value == "3"
    path.write_text('{"A": "4"}')
    assert configuration.lookup("A").value == "3"


def test_a_change_in_place_with_the_old_times_is_seen(folder: Folder, settled: None) -> None:
    """Tools that copy a file's times cannot set its change time."""
    path = folder.write("", '{"A": "1"}')
    configuration = folder.load()
    for value in "123":
        path.write_text(f'{{"A": "{value}"}}')
        os.utime(path, (1_700_000_000, 1_700_000_000))
        assert configuration.lookup("A").value == value


def test_a_file_of_more_than_a_megabyte_is_refused_unread(folder: Folder) -> None:
    """A sparse file larger than the memory is refused, too. A file of one megabyte is read."""
    path = folder.write("", '{"A": "x"}'.ljust(1_000_000))
    configuration = folder.load()
    assert configuration.lookup("A").value == "x"
    folder.write("", '{"A": "x"}'.ljust(1_000_001))
    with pytest.raises(ConfigurationFileError):
        configuration.lookup("A")
    os.truncate(path, 8 << 30)
    with pytest.raises(ConfigurationFileError):
        configuration.lookup("A")


def test_size_time_and_inode_each_tell_a_change(folder: Folder) -> None:
    """A replaced file of the same size and time is seen, and so is another time or another size alone."""
    path = folder.write("", '{"A": "1"}')
    configuration = folder.load()
    assert configuration.lookup("A").value == "1"
    before = path.stat()
    replacement = folder.path / "new"
    replacement.write_text('{"A": "2"}')
    os.utime(replacement, ns=(before.st_atime_ns, before.st_mtime_ns))
    replacement.replace(path)
    assert configuration.lookup("A").value == "2"
    path.write_text('{"A": "3"}')
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert configuration.lookup("A").value == "3"
    path.write_text('{"A": "four"}')
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert configuration.lookup("A").value == "four"


def test_files_may_come_and_go(folder: Folder) -> None:
    """A missing file is an empty layer at any time."""
    configuration = folder.load(environ={})
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("A")
    path = folder.write("Development", '{"A": "x"}')
    assert configuration.lookup("A").value == "x"
    path.unlink()
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("A")


def test_a_file_that_breaks_keeps_failing_until_it_is_mended(folder: Folder, opened: list[str]) -> None:
    """Loudly, for every key (.NET silently empties that layer, so another account's key could take over); and it is
    read once, not at every try."""
    folder.write("", '{"A": "other account"}')
    folder.write("Development", '{"A": "own"}')
    configuration = folder.load(environ={"V": "v"})
    assert configuration.lookup("A").value == "own"
    folder.write("Development", '{"A": "own"')
    opened.clear()
    errors = []
    for key in ("A", "V", "A"):
        with pytest.raises(ConfigurationFileError) as raised:
            configuration.lookup(key)
        errors.append(raised.value)
    assert opened == ["appsettings.Development.json"]
    assert len({id(error) for error in errors}) == 3  # each lookup raises an error of its own
    folder.write("Development", '{"A": "mended"}')
    assert configuration.lookup("A").value == "mended"


def test_a_file_that_changes_while_it_is_read_is_read_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that empties a file before writing it causes no error."""
    path = folder.write("", "")
    original = builtins.open

    def writes_meanwhile(file: Any, *args: Any, **more: Any) -> Any:
        monkeypatch.setattr(builtins, "open", original)
        handle = original(file, *args, **more)
        assert handle.read() == b""
        path.write_text('{"A": "whole"}')
        handle.seek(0, os.SEEK_END)
        return handle

    monkeypatch.setattr(builtins, "open", writes_meanwhile)
    assert folder.load().lookup("A").value == "whole"


def test_a_file_that_goes_while_it_is_read_is_missing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is removed between the check and the read."""
    path = folder.write("", '{"A": "x"}')
    original = builtins.open

    def goes(file: Any, *args: Any, **more: Any) -> Any:
        path.unlink(missing_ok=True)
        return original(file, *args, **more)

    monkeypatch.setattr(builtins, "open", goes)
    with pytest.raises(ReferenceNotFound):
        folder.load().lookup("A")


def test_a_file_that_cannot_be_read_fails(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the system's reason. A restored permission, which changes no identity, is seen at once."""
    folder.write("", '{"A": "x"}')
    original = builtins.open

    def refused(*args: Any, **more: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", refused)
    configuration = folder.load()
    with pytest.raises(ConfigurationFileError) as raised:
        configuration.lookup("A")
    assert "Permission denied" in raised.value.problem
    monkeypatch.setattr(builtins, "open", original)
    assert configuration.lookup("A").value == "x"


def test_two_configurations_do_not_disturb_each_other(folder: Folder) -> None:
    """Each environment is a separate object with its own layers."""
    folder.write("", '{"A": "base"}')
    folder.write("Production", '{"A": "prod"}')
    development = Configuration.load(folder.path, "Development", environ={})
    production = Configuration.load(folder.path, "Production", environ={})
    assert (development.lookup("A").value, production.lookup("A").value) == ("base", "prod")
