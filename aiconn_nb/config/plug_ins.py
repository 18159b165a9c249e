"""Configuration sources of other packages: the entry-point group ``aiconn_nb.config_sources``.

Calls to them are guarded. A plug-in that does not load is left out, with a note. If a plug-in fails later, only the lookups of its
own keys fail: the value of such a key never comes from a lower source, which may be another account's. A plug-in that has never
listed its keys may hold any key, so every lookup that reaches it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, Final, TypeVar

from aiconn_nb import errors
from aiconn_nb.model.casing import fold
from aiconn_nb.model.secret import Secret
from aiconn_nb.plugins import Caller, PlugInFailed, ask, entry_points, failure

from .entry import Entry
from .source import ConfigSource

T = TypeVar("T")

GROUP: Final = "aiconn_nb.config_sources"
_FRESH: Final = 1.0
"""Seconds for which a plug-in's keys are cached: a list asks for them with every reference."""
_AGAIN: Final = 30.0
"""Seconds before a failed plug-in is asked again."""
_FLAGS: Final = ("is_secret", "is_project_file", "is_writable")


def installed_sources(environment: str) -> list[ConfigSource]:
    """The sources of other packages for an environment, by name. Those that do not load are empty and have a note."""
    return [_loaded(each, environment) for each in sorted(entry_points(GROUP), key=lambda each: each.name)]


def _loaded(entry_point: Any, environment: str) -> ConfigSource:
    try:
        made = ask(lambda: entry_point.load()(environment))
        if problem := ask(lambda: shape_problem(made)):
            raise PlugInFailed(problem)
        return PluggedIn(made)
    except PlugInFailed as failed:
        return BrokenSource(entry_point.name, str(failed))


def shape_problem(source: object) -> str:
    """Why an object is not a configuration source, or ''."""
    name = getattr(source, "name", None)
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        return "it has no name"
    for flag in _FLAGS:
        if not isinstance(getattr(source, flag, None), bool):
            return f"its {flag} is neither True nor False"
    for method in ("get", "place", "keys", *(["put"] if getattr(source, "is_writable", False) else [])):
        if not callable(getattr(source, method, None)):
            return f"it has no method {method}"
    return ""


class BrokenSource:
    """A plug-in that did not load: it is empty."""

    is_secret = False
    is_project_file = False
    is_writable = False

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.note = f"The configuration source {name} is left out: {why}."

    def get(self, key: str) -> Entry | None:
        """See `ConfigSource.get`."""
        return None

    place = get

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`."""
        return ()


class PluggedIn:
    """A source of another package, called with a time limit. Its results are checked."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.name: str = source.name
        self.is_secret: bool = source.is_secret
        self.is_project_file: bool = source.is_project_file
        self.is_writable: bool = source.is_writable
        self._why = ""
        """Why it cannot list its keys; '' if it can."""
        self._caller = Caller()
        self._known: dict[str, str] | None = None
        """Its keys by their folded form; None until it has listed them once."""
        self._until = 0.0

    def __repr__(self) -> str:
        return f"PluggedIn({self.name!r})"

    @property
    def note(self) -> str:
        """A note that it cannot be asked, and why; '' if it can."""
        return f"The configuration source {self.name} cannot be asked: {self._why}." if self._why else ""

    def get(self, key: str) -> Entry | None:
        """See `ConfigSource.get`. Raises `UnusableValue` if the plug-in fails."""
        known = self._keys()
        if known is None:
            raise self._failed(key, self._why)
        spelled = known.get(fold(key))
        if spelled is None:
            return None
        entry = self._asked(key, lambda: self._source.get(spelled))
        if not isinstance(entry, Entry) or not isinstance(entry.value, str | None) or not isinstance(entry.source, str):
            raise self._failed(key, "it does not answer an Entry for one of its keys")
        return entry

    def place(self, key: str) -> Entry | None:
        """See `ConfigSource.place`."""
        spelled = (self._keys() or {}).get(fold(key))
        return None if spelled is None else Entry(spelled, None, self.name)

    def keys(self) -> Iterable[str]:
        """See `ConfigSource.keys`."""
        return list((self._keys() or {}).values())

    def put(self, key: str, value: Secret) -> None:
        """See `WritableSource.put`."""
        self._asked(key, lambda: self._source.put(key, value))

    def _keys(self) -> dict[str, str] | None:
        if monotonic() < self._until:
            return self._known
        try:
            keys = self._caller.ask(lambda: list(self._source.keys()))
            if not all(isinstance(key, str) for key in keys):
                raise PlugInFailed("its keys are not texts")
            self._known, self._why = {fold(key): key for key in keys}, ""
            self._until = monotonic() + _FRESH
        except PlugInFailed as failed:
            # Its former keys stay known: their values must not come from a lower source meanwhile.
            self._why = str(failed)
            self._until = monotonic() + _AGAIN
        return self._known

    def _asked(self, key: str, call: Callable[[], T]) -> T:
        try:
            return self._caller.ask(call, failure_of=_passed_on)
        except PlugInFailed as failed:
            problem = str(failed)
        raise self._failed(key, problem)

    def _failed(self, key: str, why: str) -> errors.UnusableValue:
        return errors.SourceFailed(key=key, source=self.name, problem=why)


def _passed_on(error: BaseException) -> BaseException:
    """The error to raise: a plug-in may raise one of ours, which is passed on; any other is wrapped."""
    return error.with_traceback(None) if isinstance(error, errors.AiconnError) else failure(error)
