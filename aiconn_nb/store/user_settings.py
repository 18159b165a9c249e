"""The user's settings for all notebooks: ``settings.json`` beside the store.

Currently they contain only the folders whose ``.env`` file is read. An unreadable file counts as empty, so that nothing is
switched on by accident; it is not overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiconn_nb import errors, files
from aiconn_nb.model.stamp import Stamp, is_settled, stamp_of

_DOTENV: Final = "dotenv_folders"
_LARGEST: Final = 1_000_000


class UserSettings:
    """The settings of one user, in the store's folder. Several processes may share them."""

    def __init__(self, home: Path) -> None:
        self._path = home / "settings.json"
        self._known: tuple[Stamp | None, frozenset[str]] = (None, frozenset())

    def reads_dotenv_of(self, folder: str) -> bool:
        """Whether the ``.env`` file of a folder is a configuration source."""
        folders = self.dotenv_folders()
        return bool(folders) and os.path.realpath(folder) in folders

    def read_dotenv_of(self, folder: str, on: bool) -> bool:
        """Switch it on or off for a folder. Returns whether that is a change. Raises `StoreError` if it cannot be saved."""
        place = os.path.realpath(folder)
        problem = ""
        try:
            files.make_private_folder(self._path.parent)
            with files.Lock(self._path).held(self._busy, self._unwritable):
                if unusable := self.problem:
                    raise unusable
                content = self._content()
                before = _folders(content)
                after = before | {place} if on else before - {place}
                if after != before:
                    files.replace(self._path, json.dumps({**content, _DOTENV: sorted(after)}, indent=2).encode())
                    self._known = (None, frozenset())
                return after != before
        except OSError as error:
            problem = files.reason(error)
        raise self._unwritable(problem)

    @property
    def problem(self) -> errors.SettingsUnusable | None:
        """Why the file counts as empty; None if it does not."""
        try:
            _folders(self._content())
        except OSError as error:
            why = files.reason(error)
        except ValueError:
            why = "it is not what this package wrote"
        else:
            return None
        return errors.SettingsUnusable(path=str(self._path), problem=why)

    @staticmethod
    def _busy(lock: str) -> errors.StoreBusy:
        return errors.StoreBusy(seconds=files.WAIT, lock=lock)

    def _unwritable(self, problem: str) -> errors.StoreUnwritable:
        return errors.StoreUnwritable(folder=str(self._path.parent), problem=f"{self._path.name}: {problem}")

    def dotenv_folders(self) -> frozenset[str]:
        """The folders whose ``.env`` file is switched on. It costs one stat of a usually missing file."""
        try:
            stamp = stamp_of(os.stat(self._path))
        except OSError:
            return frozenset()
        if self._known[0] == stamp:
            return self._known[1]
        try:
            found = _folders(self._content())
        except (OSError, ValueError):
            found = frozenset()
        if is_settled(stamp):
            self._known = stamp, found
        return found

    def _content(self) -> Mapping[str, Any]:
        """Raises `OSError` or `ValueError`."""
        try:
            content = json.loads(files.read(self._path, most=_LARGEST))
        except FileNotFoundError:
            return {}
        except RecursionError:
            content = None
        if not isinstance(content, dict):
            raise ValueError
        return content


def _folders(content: Mapping[str, Any]) -> frozenset[str]:
    named = content.get(_DOTENV, [])
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise ValueError
    return frozenset(named)
