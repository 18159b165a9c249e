"""Built-in sources that are not files: environment variables, and keys whose values are fetched one at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, NamedTuple

from aiconn_nb.model.casing import fold
from aiconn_nb.model.secret import Secret

from .entry import Entry


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
        # If names differ only in case, use the requested spelling, else the last one, as in .NET.
        name = next((name for name in names if _path(name) == key), names[-1])
        value = environ.get(name)
        return None if value is None else Entry(_path(name), value, f"environment variable {name}")

    place = get

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`."""
        return [_path(name) for name in (os.environ if self._given is None else self._given)]

    def _names(self, environ: Mapping[str, str]) -> dict[str, list[str]]:
        # Folding all names takes about 50 microseconds; comparing them takes one. os.environ decodes each name on access,
        # so its encoded names are compared; without them it is only slower.
        names = list(getattr(environ, "_data", environ) if environ is os.environ else environ)
        if names != self._index.names:
            by_key: dict[str, list[str]] = {}
            for name in environ:
                by_key.setdefault(fold(_path(name)), []).append(name)
            self._index = _Index(names, by_key)
        return self._index.by_key


class DeferredLayer:
    """Secret values that are fetched one at a time by a known key, such as the encrypted user secrets.

    ``value`` gets a key as ``keys`` spelled it. An exception of either fails the lookup: a value that cannot be decrypted never
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
        """See `ConfigSource.place`: the entry has no value."""
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
        if not names:  # most folders and environments have none
            return None
        if names != self._index.names:
            self._index = _Index(names, {fold(name): [name] for name in names})
        found = self._index.by_key.get(fold(key))
        return found[0] if found else None


class _Index(NamedTuple):
    """Names by folded key, and the names that the index was built from. Replaced as a whole, so that threads agree."""

    names: Iterable[object]
    by_key: dict[str, list[str]]


def _path(name: str) -> str:
    return name.replace("__", ":")
