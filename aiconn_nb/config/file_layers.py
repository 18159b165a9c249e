"""The files of a project as sources: ``appsettings*.json`` and ``.env``.

Every call checks them (`os.stat`) and reads them again if they changed.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from aiconn_nb import errors
from aiconn_nb.files import at_once
from aiconn_nb.model.casing import fold
from aiconn_nb.model.stamp import Stamp, is_settled, stamp_of

from . import json_file
from .entry import Entry
from .json_file import Problem

_LARGEST = 1_000_000
"""The maximum size of a settings file in bytes. A larger file is refused before it is read."""


class FileLayer(ABC):
    """A file of the project. A missing one is empty; a broken one fails every call until it is repaired.

    It is read again when its identity (device, inode, size, times) changed, and as long as it is younger than two seconds: a
    second change within one step of the file system's clock does not change the identity.
    """

    is_secret: ClassVar[bool] = False
    is_project_file: ClassVar[bool] = True
    is_writable: ClassVar[bool] = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(path)
        self.name = os.path.basename(self.path)
        self._state = _State(None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path!r})"

    @abstractmethod
    def parse(self, data: bytes) -> dict[str, Entry] | Problem:
        """The entries of the file by folded key, or why it cannot be read. Never raises: its frame holds the file's bytes."""

    @property
    def exists(self) -> bool:
        """Whether the file's name exists, readable or not."""
        return _identity(self.path) is not None

    def get(self, key: str) -> Entry | None:
        """See `ConfigSource.get`. Raises `ConfigurationFileError`."""
        entries = self._entries()
        return entries.get(fold(key)) if entries else None

    def place(self, key: str) -> Entry | None:
        """See `ConfigSource.place`. Raises `ConfigurationFileError`."""
        return self.get(key)

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`. Raises `ConfigurationFileError`."""
        return [entry.key for entry in self._entries().values()]

    def _entries(self) -> Mapping[str, Entry]:
        state = self._state
        identity = _identity(self.path)
        if identity != state.identity or not state.is_settled:
            state = self._state = self._read(state)
        if state.problem is not None:
            raise _broken(self.path, state.problem)
        return state.entries

    def _read(self, known: _State) -> _State:
        """The file's current content. If it changed during the read, or is incomplete, the read is repeated a few times."""
        for _ in range(5):
            state = self._read_once(known)
            if isinstance(state.identity, Problem) or state.identity == _identity(self.path):
                break
        return state

    def _read_once(self, known: _State) -> _State:
        """Never raises: this frame holds the file's bytes."""
        identity = _identity(self.path)
        if identity is None or isinstance(identity, Problem):
            return _State(identity, problem=identity)
        settled = is_settled(identity)
        try:
            with open(self.path, "rb", opener=at_once) as file:
                # One byte more than allowed proves that it is too large.
                data = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return _State(None)
        except OSError as error:
            # Not cached under its identity: restoring a permission does not change it.
            problem = Problem(f"it cannot be read ({error.strerror}).")
            return _State(problem, problem=problem)
        if len(data) > _LARGEST:
            return _State(identity, problem=Problem("it is larger than 1 MB."), is_settled=settled)
        digest = hash(data)  # keyed, and of this process; the bytes themselves may hold a key
        if digest == known.digest:
            return _State(identity, known.entries, known.problem, digest, settled)
        found = self.parse(data)
        if isinstance(found, Problem):
            return _State(identity, problem=found, digest=digest, is_settled=settled)
        return _State(identity, found, digest=digest, is_settled=settled)


class JsonFileLayer(FileLayer):
    """A JSON file, in the dialect of .NET's configuration."""

    def parse(self, data: bytes) -> dict[str, Entry] | Problem:
        return json_file.parse(data, self.path)


class DotenvLayer(FileLayer):
    """A ``.env`` file: every ``__`` in a name is a ``:``, values are verbatim, and all of them are secret.

    It is a file of the project, so the rules of trust apply to its values.
    """

    is_secret: ClassVar[bool] = True

    def parse(self, data: bytes) -> dict[str, Entry] | Problem:
        from . import dotenv_file  # its parser is a package, and most folders do not need it

        return dotenv_file.parse(data, self.path)

    def place(self, key: str) -> Entry | None:
        """See `ConfigSource.place`: the entry has no value."""
        entry = self.get(key)
        return None if entry is None else replace(entry, value=None)


class _State(NamedTuple):
    """The content of a file at the last read. Replaced as a whole, so that threads agree."""

    identity: Stamp | Problem | None
    """None if there is no file; the reason if the state is unknown."""
    entries: Mapping[str, Entry] = MappingProxyType({})
    problem: Problem | None = None
    digest: int | None = None
    is_settled: bool = True
    """Whether a later change is sure to change the identity."""


def _identity(path: str) -> Stamp | Problem | None:
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return Problem("it is a link that leads nowhere.") if os.path.islink(path) else None
    except OSError as error:
        return Problem(f"it cannot be looked at ({error.strerror}).")
    if not stat.S_ISREG(found.st_mode):
        return Problem("it is not a file, but a folder." if stat.S_ISDIR(found.st_mode) else "it is not a file.")
    return stamp_of(found)


def _broken(path: str, problem: Problem) -> errors.ConfigurationFileError:
    return errors.ConfigurationFileError(path=path, problem=problem.why, line=problem.line, column=problem.column)
