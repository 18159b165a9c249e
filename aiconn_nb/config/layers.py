"""Our own sources: JSON files, environment variables, and keys whose values are fetched one at a time.

They know nothing of each other. Files are looked at (`os.stat`) on every call and read again when they changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from aiconn_nb.errors import ConfigurationFileError
from aiconn_nb.files import at_once
from aiconn_nb.model.casing import fold
from aiconn_nb.model.secret import Secret
from aiconn_nb.model.stamp import Stamp, is_settled, stamp_of

from .entry import Entry
from .json_file import Problem, parse

_LARGEST = 1_000_000
"""Bytes of a settings file. More is refused before it is read."""


class JsonFileLayer:
    """A JSON file. A missing one is empty; a broken one fails every call until it is mended.

    It is read again when its identity (device, inode, size, times) changed, and as long as it is younger than two seconds: a
    second change within one step of the file system's clock leaves the identity as it is.
    """

    is_secret: ClassVar[bool] = False
    is_project_file: ClassVar[bool] = True
    is_writable: ClassVar[bool] = False

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
        """See `ConfigSource.get`. Raises `ConfigurationFileError`."""
        return self._entries().get(fold(key))

    place = get

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`. Raises `ConfigurationFileError`."""
        return [entry.key for entry in self._entries().values()]

    def _entries(self) -> dict[str, Entry]:
        state = self._state
        identity = _identity(self.path)
        if identity != state.identity or not state.is_settled:
            state = self._state = _read(self.path, state)
        if state.problem is not None:
            raise _broken(self.path, state.problem)
        return state.entries


class EnvironmentLayer:
    """The variables of a process, live: every ``__`` in a name is a ``:``, values are verbatim. Default: `os.environ`."""

    name: ClassVar[str] = "environment variables"
    is_secret: ClassVar[bool] = False
    is_project_file: ClassVar[bool] = False
    is_writable: ClassVar[bool] = False

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._given = environ
        self._index: _Index = _Index((), {})

    def __repr__(self) -> str:
        return "EnvironmentLayer()"

    def get(self, key: str) -> Entry | None:
        """See `ConfigSource.get`."""
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
        """See `ConfigSource.keys`."""
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
    """Secret values that are fetched one at a time by a known key, such as the encrypted user secrets.

    ``value`` gets a key as ``keys`` spelled it. What either raises fails the lookup: a value that cannot be decrypted never
    falls through to a lower source.
    """

    is_secret: ClassVar[bool] = True
    is_project_file: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        source: str,
        keys: Callable[[], Iterable[str]],
        value: Callable[[str], str | None],
        put: Callable[[str, Secret], None] | None = None,
    ) -> None:
        self.name = name
        self.is_writable = put is not None
        self._source = source
        self._keys = keys
        self._value = value
        self._put = put
        self._index: _Index = _Index((), {})

    def __repr__(self) -> str:
        return f"DeferredLayer({self.name!r})"

    def get(self, key: str) -> Entry | None:
        """See `ConfigSource.get`."""
        spelled = self._spelled(key)
        return None if spelled is None else Entry(spelled, self._value(spelled), self._source)

    def place(self, key: str) -> Entry | None:
        """See `ConfigSource.place`: the entry is without its value."""
        spelled = self._spelled(key)
        return None if spelled is None else Entry(spelled, None, self._source)

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`."""
        return list(self._keys())

    def put(self, key: str, value: Secret) -> None:
        """See `WritableSource.put`."""
        if self._put is None:
            raise TypeError(f"{self.name} cannot be written.")
        self._put(key, value)

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

    identity: Stamp | Problem | None
    """None where there is no file; why it cannot be told."""
    entries: dict[str, Entry] = field(default_factory=dict)
    problem: Problem | None = None
    digest: int | None = None
    is_settled: bool = True
    """Whether a later change is sure to show in the identity."""


def _path(name: str) -> str:
    return name.replace("__", ":")


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


def _read(path: str, known: _State) -> _State:
    """What a file says now. Changed while it was read, or not yet written to its end: once more, a few times."""
    for _ in range(5):
        state = _read_once(path, known)
        if isinstance(state.identity, Problem) or state.identity == _identity(path):
            break
    return state


def _read_once(path: str, known: _State) -> _State:
    """Never raises: this frame holds the file's bytes."""
    identity = _identity(path)
    if identity is None or isinstance(identity, Problem):
        return _State(identity, problem=identity)
    settled = is_settled(identity)
    try:
        with open(path, "rb", opener=at_once) as file:
            # One byte more than is allowed says as much as all of them.
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return _State(None)
    except OSError as error:
        # Not kept under its identity, which a permission that is given back would leave as it is.
        problem = Problem(f"it cannot be read ({error.strerror}).")
        return _State(problem, problem=problem)
    if len(data) > _LARGEST:
        return _State(identity, problem=Problem("it is larger than 1 MB."), is_settled=settled)
    digest = hash(data)  # keyed, and of this process; the bytes themselves may hold a key
    if digest == known.digest:
        return _State(identity, known.entries, known.problem, digest, settled)
    found = parse(data, path)
    if isinstance(found, Problem):
        return _State(identity, problem=found, digest=digest, is_settled=settled)
    return _State(identity, found, digest=digest, is_settled=settled)


def _broken(path: str, problem: Problem) -> ConfigurationFileError:
    return ConfigurationFileError(path=path, problem=problem.why, line=problem.line, column=problem.column)
