"""Plug-ins: the entry points that are installed, and calls into code that may do anything.

A broken plug-in affects nothing else: it may raise any `BaseException`, answer the wrong type, or not return at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from aiconn_nb.model.secret import readable
from aiconn_nb.time_limit import GivenUp, within
from aiconn_nb.working_folder import search_path

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from threading import Event

PATIENCE: Final = 10.0
"""Seconds that a plug-in has to load, or to answer a question that needs no network."""
_GROUPS: Final = re.compile(rb"^\[(aiconn_nb\.[a-z_]+)\]", re.MULTILINE)

T = TypeVar("T")


class PlugInFailed(Exception):
    """A plug-in did not do what it promises. Its message is one line that may be shown."""


class PlugInSilent(PlugInFailed):
    """A plug-in did not answer in time."""


_seen: dict[str, tuple[int, dict[str, list[str]]]] = {}
"""Folder -> its modification time, and the metadata folders in it that have entry points of ours, with their groups."""


def entry_points(group: str) -> list[EntryPoint]:
    """The entry points of a group, in the order of ``sys.path``; none of the working folder.

    ``importlib.metadata`` reads all that is installed, which takes longer than a whole list; most often none is ours.
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
        with open(os.path.join(metadata, "entry_points.txt"), "rb") as file:
            return [found.decode() for found in _GROUPS.findall(file.read(1_000_000))]
    except OSError:
        return []


class Caller:
    """Calls into one plug-in. While a call that was given up has not returned, no other is made: a plug-in that hangs keeps one
    thread, however often it is needed."""

    def __init__(self) -> None:
        self._given_up: Event | None = None

    def ask(
        self,
        call: Callable[[], T],
        seconds: float | None = None,
        failure_of: Callable[[BaseException], BaseException] | None = None,
    ) -> T:
        """What the plug-in answers.

        Raises `PlugInFailed` (or the error that ``failure_of`` makes) for any exception of it, and `PlugInSilent` after ``seconds``
        (`PATIENCE`) without an answer. Its thread is then left behind.
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
    """What an exception of a plug-in says, on one line that may be shown."""
    return PlugInFailed(reason(error))


def ask(call: Callable[[], T], seconds: float | None = None) -> T:
    """What a plug-in answers to a single call; see `Caller.ask`."""
    return Caller().ask(call, seconds)


def reason(error: BaseException) -> str:
    """What an exception says, on one line that may be shown."""
    try:
        said = str(error)
    except BaseException:
        said = ""
    return readable(f"{type(error).__name__}: {said}" if said.strip() else type(error).__name__)
