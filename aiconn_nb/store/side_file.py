"""A small JSON file beside the store's.

It is a separate file, so an older release, which does not know it, still reads the store. Its content is a convenience: an
unreadable file counts as empty, and a file that cannot be written does not fail a save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from aiconn_nb import files

T = TypeVar("T")

_LARGEST: Final = 1_000_000


class SideFile(Generic[T]):
    """A mapping in a file. Written under the store's lock."""

    def __init__(self, path: Path, parse: Callable[[Any], dict[str, T]]) -> None:
        """``parse`` converts the JSON to the mapping. If it raises, the file counts as empty."""
        self._path = path
        self._parse = parse

    def read(self) -> dict[str, T]:
        """The content of the file."""
        try:
            return self._parse(json.loads(files.read(self._path, most=_LARGEST)))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def write(self, content: Mapping[str, Any]) -> bool:
        """Replace the content of the file. Returns whether that worked."""
        try:
            if content:
                files.make_private_folder(self._path.parent)
                files.replace(self._path, json.dumps(content).encode())
            else:
                self._path.unlink(missing_ok=True)
        except OSError:
            return False
        return True
