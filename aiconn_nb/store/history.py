"""Former versions: one file of lines per entity, ``history/<id>.jsonl``, appended to under the store's lock.

A line is the step from a version back to the previous one, as a JSON merge patch (RFC 7386), or for every tenth version the
complete state. So a line is short, although sealed values are long, and an unreadable line costs ten versions at most.
Sealed values stay sealed. A line is written before the store; a line whose save never happened is skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import starmap
from pathlib import Path
from typing import Final, NamedTuple

from aiconn_nb import files

from .documents import Document

KEPT: Final = 50
"""The maximum number of versions of an entity, including the current one."""
SLACK: Final = 16
"""The number of additional lines before a file is rewritten: rewriting it at every save would be too slow."""
WHOLE_EVERY: Final = 10


class History:
    """The files of former versions in one folder. Every write happens under the store's lock; every error is an `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._draft = folder / "draft.tmp"

    def path(self, id: str) -> Path:
        """The file with the former versions of an entity."""
        return self.folder / f"{id}.jsonl"

    def append(self, id: str, steps: Sequence[tuple[Document, Document]]) -> None:
        """Save former states; each step is (former state, its successor)."""
        files.make_private_folder(self.folder)
        path = self.path(id)
        lines = b"".join(starmap(_line, steps))
        with open(path, "a+b", opener=files.no_link) as file:
            file.seek(0)
            before = file.read()
            # A crash may have cut the last line; the new text must not continue it.
            lines = lines if not before or before.endswith(b"\n") else b"\n" + lines
            is_long = before.count(b"\n") + lines.count(b"\n") >= KEPT + SLACK
            if not is_long:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        if is_long:
            self._cut(path, before + lines)
        elif not before:
            files.sync_folder(self.folder)

    def _cut(self, path: Path, content: bytes) -> None:
        """Keep only needed lines: drop the oldest, and those of saves that never happened."""
        kept: list[bytes] = []
        version = 0
        for line in reversed(content.splitlines(keepends=True)):
            step = _step(line)
            if step is not None and len(kept) < KEPT - 1 and (not kept or step.version < version):
                kept.append(line)
                version = step.version
        files.replace(path, b"".join(kept[::-1]), draft=self._draft)

    def sweep(self) -> None:
        """Remove the files that a killed writer left."""
        with suppress(OSError):
            self._draft.unlink()

    def forget(self, id: str) -> None:
        """Remove the former versions of an entity."""
        with suppress(FileNotFoundError, NotADirectoryError):
            self.path(id).unlink()

    def before(self, id: str, current: Document) -> list[Document]:
        """The readable former states of an entity, oldest first, at most ``KEPT`` less the current one."""
        found: list[Document] = []
        state = current
        for step in self._steps(id):
            if len(found) == KEPT - 1:
                break
            # A patch only applies to the next version; a complete state needs nothing.
            if step.whole and step.version < state["version"]:
                state = step.document
            elif not step.whole and step.version == state["version"] - 1:
                state = merged(state, step.document)
            else:
                continue
            found.append(state)
        return found[::-1]

    def _steps(self, id: str) -> Iterator[_Step]:
        """The readable lines, newest first."""
        content = b""
        with suppress(OSError):
            content = files.read(self.path(id))
        for line in reversed(content.splitlines()):
            step = _step(line)
            if step is not None:
                yield step


class _Step(NamedTuple):
    version: int
    whole: bool
    document: Document


def _step(line: bytes) -> _Step | None:
    """The content of a line, or None if it is unreadable."""
    with suppress(ValueError, RecursionError):
        step = json.loads(line)
        document = step.get("state", step.get("patch")) if isinstance(step, dict) else None
        if isinstance(document, dict) and type(document.get("version")) is int:
            return _Step(document["version"], "state" in step, document)
    return None


def _line(former: Document, successor: Document) -> bytes:
    whole = former["version"] % WHOLE_EVERY == 0
    step = {"state": former} if whole else {"patch": patch(successor, former)}
    return json.dumps(step, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def patch(source: Document, target: Document) -> Document:
    """The merge patch (RFC 7386) that turns ``source`` into ``target``; neither has nulls.

    >>> patch({"a": 1, "b": {"c": 1, "d": 2}}, {"a": 2, "b": {"c": 1}})
    {'a': 2, 'b': {'d': None}}
    """
    made: Document = {}
    for key, value in target.items():
        former = source.get(key)
        if isinstance(value, dict) and isinstance(former, dict):
            inner = patch(former, value)
            if inner:
                made[key] = inner
        elif type(value) is not type(former) or value != former:
            made[key] = value
    for key in source:
        if key not in target:
            made[key] = None
    return made


def merged(source: Document, change: Document) -> Document:
    """``source`` with a merge patch (RFC 7386) applied.

    >>> merged({"a": 1, "b": {"c": 1, "d": 2}}, {"a": 2, "b": {"d": None}})
    {'a': 2, 'b': {'c': 1}}
    """
    made = {key: value for key, value in source.items() if change.get(key, value) is not None}
    for key, value in change.items():
        if isinstance(value, dict):
            former = made.get(key)
            made[key] = merged(former if isinstance(former, dict) else {}, value)
        elif value is not None:
            made[key] = value
    return made
