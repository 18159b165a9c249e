"""One flat, case-insensitive map from path to text per source. Layers know nothing of each other.

A layer answers for its source as it is now: files are looked at (`os.stat`) on every call and read again when they changed.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiconn_nb.model.casing import fold
from aiconn_nb.model.errors import ConfigurationFileError

from .entry import Entry
from .json_file import Problem, parse

_TICK = 10_000_000
"""Nanoseconds within which two writes may carry the same modification time (the kernel's clock at 100 Hz)."""


class Layer(Protocol):
    """A source of values. Keys compare by `aiconn_nb.model.casing.fold`."""

    @property
    def name(self) -> str:
        """How it is called among the places that were searched: ``appsettings.json``."""

    def get(self, key: str) -> Entry | None:
        """What stands at a key, in whatever case it is given; None where this layer does not contain it.

        Raises an `AiconnError` where the source, or this one value, cannot be read.
        """

    def place(self, key: str) -> Entry | None:
        """As `get`, for a value that a higher layer hides: nothing is opened for it, so its value may be missing."""

    def keys(self) -> Iterable[str]:
        """Every key, as it is spelled here."""


class JsonFileLayer:
    """A JSON file. A missing one is empty; a broken one fails every call until it is mended.

    It is read again only when its size, modification time or inode changed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(path)
        self.name = os.path.basename(self.path)
        self._state = _State(None)

    def __repr__(self) -> str:
        return f"JsonFileLayer({self.path!r})"

    @property
    def exists(self) -> bool:
        """Whether there is something under the file's name, readable or not."""
        return _identity(self.path) is not None

    def get(self, key: str) -> Entry | None:
        """See `Layer.get`. Raises `ConfigurationFileError`."""
        return self._entries().get(fold(key))

    place = get

    def keys(self) -> Iterable[str]:
        """See `Layer.keys`. Raises `ConfigurationFileError`."""
        return [entry.key for entry in self._entries().values()]

    def _entries(self) -> dict[str, Entry]:
        state = self._state
        identity = _identity(self.path)
        if identity != state.identity:
            state = self._state = _read(self.path)
        if state.problem is not None:
            raise _broken(self.path, state.problem)
        return state.entries


class EnvironmentLayer:
    """The variables of a process, live: every ``__`` in a name is a ``:``, values are verbatim. Default: `os.environ`."""

    name = "environment variables"

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._given = environ
        self._index: _Index = _Index((), {})

    def __repr__(self) -> str:
        return "EnvironmentLayer()"

    def get(self, key: str) -> Entry | None:
        """See `Layer.get`."""
        environ = os.environ if self._given is None else self._given
        names = self._names(environ).get(fold(key))
        if names is None:
            return None
        # Where names differ in case only, the one that is spelled as asked, else the last, as .NET lets the last win.
        name = next((name for name in names if _path(name) == key), names[-1])
        value = environ.get(name)
        return None if value is None else Entry(_path(name), value, f"environment variable {name}")

    place = get

    def keys(self) -> Iterable[str]:
        """See `Layer.keys`."""
        return [_path(name) for name in (os.environ if self._given is None else self._given)]

    def _names(self, environ: Mapping[str, str]) -> dict[str, list[str]]:
        # Folding every name takes some 50 microseconds; whether the names are still the same is known in one. os.environ
        # decodes each name on the way out, so its undecoded ones are compared; without them it is only slower.
        names = list(getattr(environ, "_data", environ) if environ is os.environ else environ)
        if names != self._index.names:
            by_key: dict[str, list[str]] = {}
            for name in environ:
                by_key.setdefault(fold(_path(name)), []).append(name)
            self._index = _Index(names, by_key)
        return self._index.by_key


class DeferredLayer:
    """Keys that are known and values that are fetched one at a time, such as the sealed user secrets.

    ``value`` gets a key as ``keys`` spelled it. What either raises fails the lookup: a value that cannot be opened never
    falls through to a lower layer.
    """

    def __init__(
        self, name: str, source: str, keys: Callable[[], Iterable[str]], value: Callable[[str], str | None]
    ) -> None:
        self.name = name
        self._source = source
        self._keys = keys
        self._value = value
        self._index: _Index = _Index((), {})

    def __repr__(self) -> str:
        return f"DeferredLayer({self.name!r})"

    def get(self, key: str) -> Entry | None:
        """See `Layer.get`."""
        spelled = self._spelled(key)
        return None if spelled is None else Entry(spelled, self._value(spelled), self._source)

    def place(self, key: str) -> Entry | None:
        """See `Layer.place`: the entry is without its value."""
        spelled = self._spelled(key)
        return None if spelled is None else Entry(spelled, None, self._source)

    def keys(self) -> Iterable[str]:
        """See `Layer.keys`."""
        return list(self._keys())

    def _spelled(self, key: str) -> str | None:
        names = list(self._keys())
        if names != self._index.names:
            self._index = _Index(names, {fold(name): [name] for name in names})
        found = self._index.by_key.get(fold(key))
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Index:
    """Names by folded key, and the names it was made from. Replaced as one, so that threads agree."""

    names: Iterable[object]
    by_key: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _State:
    """What a file said when it was last read. Replaced as one, so that threads agree."""

    identity: tuple[int, int, int] | Problem | None
    """Size, modification time in nanoseconds, inode; None where there is no file; why it cannot be told."""
    entries: dict[str, Entry] = field(default_factory=dict)
    problem: Problem | None = None


def _path(name: str) -> str:
    return name.replace("__", ":")


def _identity(path: str) -> tuple[int, int, int] | Problem | None:
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Problem(f"it cannot be looked at ({error.strerror}).")
    if not stat.S_ISREG(found.st_mode):
        return Problem("it is not a file.")
    return found.st_size, found.st_mtime_ns, found.st_ino


def _read(path: str) -> _State:
    """What a file says now. Changed while it was read, or not yet written to its end: once more, a few times."""
    for _ in range(5):
        state = _read_once(path)
        if isinstance(state.identity, Problem) or state.identity == _identity(path):
            break
    return state


def _read_once(path: str) -> _State:
    """Never raises: this frame holds the file's bytes."""
    identity = _identity(path)
    if identity is None or isinstance(identity, Problem):
        return _State(identity, problem=identity)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return _State(None)
    except OSError as error:
        # Not kept under its identity, which a permission that is given back would leave as it is.
        problem = Problem(f"it cannot be read ({error.strerror}).")
        return _State(problem, problem=problem)
    _wait_out_tick(identity[1])
    found = parse(data, path)
    return _State(identity, problem=found) if isinstance(found, Problem) else _State(identity, found)


def _wait_out_tick(modified: int) -> None:
    """Let the file system's clock tick on after a file that was written this very moment.

    A second write within the same tick would leave size, modification time and inode as they are, and stay unseen for good.
    At most 10 ms, and only for a file that changed less than 10 ms ago.
    """
    rest = modified + _TICK - time.time_ns()
    if 0 < rest <= _TICK:
        time.sleep(rest / 1e9)


def _broken(path: str, problem: Problem) -> ConfigurationFileError:
    place = f", line {problem.line}, column {problem.column}" if problem.line else ""
    return ConfigurationFileError(
        f"{shown(path)}{place}: {problem.why}",
        "Mend the file; until then every reference fails, also those that other places answer.",
        path=path,
        line=problem.line,
        column=problem.column,
    )


def shown(path: str) -> str:
    """A path as a message shows it: relative to the working folder where that is shorter, and in words where it is that folder."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):
        return path
    if relative == os.curdir:
        return "this folder"
    return relative if len(relative) < len(path) else path
