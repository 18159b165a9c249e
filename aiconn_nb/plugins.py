"""Plug-ins: installed entry points, and guarded calls into their code.

A broken plug-in affects nothing else: it may raise any `BaseException`, return the wrong type, or not return at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from aiconn_nb.model.secret import readable
from aiconn_nb.time_limit import GivenUp, within
from aiconn_nb.working_folder import search_path

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from threading import Event

PATIENCE: Final = 10.0
"""Seconds for a plug-in to load, or to return from a call that needs no network."""
_MOST: Final = 100_000
"""Bytes of a package's entry points that are read."""

T = TypeVar("T")


class PlugInFailed(Exception):
    """A plug-in failed. Its message is one displayable line."""


class PlugInSilent(PlugInFailed):
    """A plug-in did not return in time."""


_seen: dict[str, tuple[int, dict[str, list[str]]]] = {}
"""Folder -> its modification time, and its metadata folders that have entry points of ours, with their groups."""


def entry_points(group: str) -> list[EntryPoint]:
    """The entry points of a group, in the order of ``sys.path``, except for those in the working folder.

    ``importlib.metadata`` reads all installed packages, which takes longer than a whole list; usually none has any of ours.
    """
    found: list[EntryPoint] = []
    for folder in search_path():
        for metadata, groups in _ours_in(folder).items():
            if group not in groups:
                continue
            from importlib.metadata import PathDistribution
            from pathlib import Path

            try:
                found += PathDistribution(Path(metadata)).entry_points.select(group=group)
            except Exception:  # noqa: S112 - a damaged file of another package
                continue
    return found


def _ours_in(folder: str) -> dict[str, list[str]]:
    try:
        modified = os.stat(folder).st_mtime_ns
        known = _seen.get(folder)
        if known is None or known[0] != modified:
            with os.scandir(folder) as entries:
                names = [each.path for each in entries if each.name.endswith((".dist-info", ".egg-info"))]
            known = _seen[folder] = modified, {each: groups for each in names if (groups := _groups_of(each))}
        return known[1]
    except OSError:
        return {}


def _groups_of(metadata: str) -> list[str]:
    try:
        with open(os.path.join(metadata, "entry_points.txt"), "rb", buffering=0) as file:
            text = file.read(_MOST)
    except OSError:
        return []
    if b"[aiconn_nb." not in text:  # hardly any package has one
        return []
    lines = [line.strip() for line in text.splitlines()]
    return [
        line[1:-1].decode("utf-8", "replace")
        for line in lines
        if line.startswith(b"[aiconn_nb.") and line.endswith(b"]")
    ]


class Caller:
    """Calls into one plug-in. While an abandoned call has not returned, no other is made: a plug-in that hangs blocks only one
    thread, however often it is needed."""

    def __init__(self) -> None:
        self._given_up: Event | None = None

    def ask(
        self,
        call: Callable[[], T],
        seconds: float | None = None,
        failure_of: Callable[[BaseException], BaseException] | None = None,
    ) -> T:
        """Return the plug-in's result.

        Raises `PlugInFailed` (or the error that ``failure_of`` builds) for any exception of it, and `PlugInSilent` after
        ``seconds`` (`PATIENCE`) without a result. Its thread is then abandoned.
        """
        if self._given_up is not None and not self._given_up.is_set():
            raise PlugInSilent("it has not answered an earlier call yet")
        seconds = PATIENCE if seconds is None else seconds
        try:
            return within(seconds, call, failure_of or failure, name="aiconn-plug-in")
        except GivenUp as given_up:
            self._given_up = given_up.over
        raise PlugInSilent(f"it did not answer within {seconds:.0f} s")


def failure(error: BaseException) -> PlugInFailed:
    """The message of a plug-in's exception, as one displayable line."""
    return PlugInFailed(reason(error))


def ask(call: Callable[[], T], seconds: float | None = None) -> T:
    """Return a plug-in's result of a single call; see `Caller.ask`."""
    return Caller().ask(call, seconds)


def reason(error: BaseException) -> str:
    """The message of an exception, as one displayable line."""
    try:
        said = str(error)
    except BaseException:
        said = ""
    return readable(f"{type(error).__name__}: {said}" if said.strip() else type(error).__name__)


def is_installed(module: str) -> bool:
    """Whether a module can be imported. Looks without importing."""
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
