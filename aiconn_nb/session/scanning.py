"""Keys that lie in notebooks: found in cells, outputs, metadata and widget state, and removed where a program may.

Two kinds are looked for: values that this machine knows (the user secrets, sealed settings, what sensitive references resolve to),
compared without being let out, and the well-known shapes of keys.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiconn_nb.display import Cell, Rows, Table, View
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import AiconnError
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret, seeker, shapes_in, without

from .columns import Columns

SHORTEST = 8
"""Characters of the shortest known value that is looked for: a shorter one would be found in every text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A key in a notebook: where it is, and what it is; never the key."""

    notebook: str
    place: str
    """``cell 3, output``, ``widget state`` ..."""
    what: str
    fixable: bool
    """Whether it can be taken out without changing what the author wrote."""
    fixed: bool = False


class Scan(Rows[Finding]):
    """What was found in notebooks."""

    def __init__(self, items: Sequence[Finding], scanned: int, backups: Sequence[str] = ()) -> None:
        super().__init__(items)
        self.scanned = scanned
        self.backups = tuple(backups)

    @property
    def ok(self) -> bool:
        return all(finding.fixed for finding in self)

    def view(self) -> View:
        rows = tuple(
            (
                finding.notebook,
                finding.place,
                finding.what,
                Cell("removed", "good")
                if finding.fixed
                else Cell("--fix removes it" if finding.fixable else "only you can mend it", "bad"),
            )
            for finding in self
        )
        notes = [
            Cell(f"The former notebook, with the key in it, is {backup}: delete it.", "warn") for backup in self.backups
        ]
        if len(self):
            notes.append(Cell("A key that was in a notebook may have been seen: replace it at the provider.", "warn"))
        count = "1 notebook" if self.scanned == 1 else f"{self.scanned} notebooks"
        return Table(("notebook", "place", "what", ""), rows, empty=f"No key was found in {count}.", notes=tuple(notes))

    def data(self) -> Any:
        return [
            {
                "notebook": each.notebook,
                "place": each.place,
                "what": each.what,
                "fixable": each.fixable,
                "fixed": each.fixed,
            }
            for each in self
        ]


Known = list[tuple[str, Secret]]


def scan(columns: Columns, paths: Sequence[str], *, fix: bool) -> Scan:
    """Look through notebooks; with ``fix`` take keys out of outputs, metadata and widget state, leaving a backup.

    Raises `AiconnError` for what is no notebook or cannot be written.
    """
    known = _known(columns)
    found: list[Finding] = []
    backups = []
    for path in map(Path, paths):
        notebook = _read(path)
        findings = [
            Finding(str(path), place, what, fixable, fix and fixable)
            for place, fixable, text in _texts(notebook)
            for what in _found(text, known)
        ]
        if any(finding.fixed for finding in findings):
            backups.append(_rewrite(path, _cleaned(notebook, [secret for _, secret in known])))
        found += list(dict.fromkeys(findings))
    return Scan(found, len(paths), backups)


def _known(columns: Columns) -> Known:
    """The values that this machine knows, each with the words for it. What cannot be opened is not known."""
    found: Known = []

    def add(words: str, value: Callable[[], Secret]) -> None:
        try:
            secret = value()
        except (AiconnError, KeyError):
            return
        if secret.satisfies(lambda text: len(text.strip()) >= SHORTEST):
            found.append((words, secret))

    for place in (None, *columns.secrets.environments()):
        for key in columns.secrets.keys(place):
            add(f"the user secret {key}", lambda key=key, place=place: Secret(columns.secrets.value(key, place)))  # type: ignore[misc]
    for connection in columns.store.read().connections:
        for words, value in _values_of(columns, connection):
            add(words, value)
    return found


def _values_of(columns: Columns, connection: Connection) -> Iterator[tuple[str, Callable[[], Secret]]]:
    for field in columns.fields_of(connection):
        setting = connection.settings.get(field.key)
        if isinstance(setting, Sealed):
            yield f"the {field.key} of {connection.alias}", lambda setting=setting: columns.vault.open(setting)  # type: ignore[misc]
        elif field.sensitive and isinstance(setting, str) and is_reference(setting):
            for environment in columns.environments():
                yield (
                    f"the value of {setting}",
                    lambda key=setting[1:], name=environment: Secret(
                        columns.configuration(name).lookup(key).value or ""
                    ),  # type: ignore[misc]
                )


def _read(path: Path) -> dict[str, Any]:
    problem = ""
    try:
        notebook = json.loads(path.read_bytes())
        if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
            return notebook
        problem = "it is no notebook of format 4"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        problem = "it is no notebook"
    raise AiconnError(f"{path} was not scanned: {problem}.", "Nothing was changed.")


def _texts(notebook: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """(place, whether a program may change it, text) for everything in a notebook."""
    for number, cell in enumerate(notebook["cells"], 1):
        if not isinstance(cell, dict):
            continue
        yield f"cell {number}, source", False, _joined(cell.get("source", ""))
        for part in ("outputs", "metadata", "attachments"):
            for text in _strings(cell.get(part)):
                yield f"cell {number}, {part.removesuffix('s')}", True, text
    metadata = notebook.get("metadata", {})
    for key, value in metadata.items() if isinstance(metadata, dict) else ():
        for text in _strings(value):
            yield "widget state" if key == "widgets" else f"metadata {key}", True, text


def _joined(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value; a list of lines, as notebooks keep them, is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "".join(value)
        else:
            for each in value:
                yield from _strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _strings(each)


def _found(text: str, known: Known) -> Iterator[str]:
    """What of it is a key: the known values first, the shapes where no known value explains them."""
    rest = text
    for words, secret in known:
        if seeker(secret)(text):
            yield words
            rest = without(rest, [secret])
    for owner in shapes_in(rest):
        yield f"it looks like a key of {owner}"


def _cleaned(notebook: dict[str, Any], secrets: Sequence[Secret]) -> dict[str, Any]:
    """The notebook without keys in what a program may change."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return without(value, secrets)
        if isinstance(value, list):
            if value and all(isinstance(each, str) for each in value):
                # Lines of one text, or texts of a list: only where there is a key in them are they joined.
                text = "".join(value)
                cleaned = without(text, secrets)
                return value if cleaned == text else cleaned.splitlines(keepends=True)
            return [clean(each) for each in value]
        if isinstance(value, dict):
            return {without(key, secrets): clean(each) for key, each in value.items()}
        return value

    cells = [
        {key: value if key == "source" else clean(value) for key, value in cell.items()}
        if isinstance(cell, dict)
        else cell
        for cell in notebook["cells"]
    ]
    return {**{key: clean(value) for key, value in notebook.items() if key != "cells"}, "cells": cells}


def _rewrite(path: Path, notebook: dict[str, Any]) -> str:
    """Put the cleaned notebook in the place of the old one, which stays beside it, readable by its owner alone."""
    backup = next(each for n in range(1000) if not (each := path.with_name(f"{path.name}.bak{n or ''}")).exists())
    draft = path.with_name(f".{path.name}.tmp")
    problem = ""
    try:
        mode = path.stat().st_mode & 0o777
        for target, content, rights in (
            (backup, path.read_bytes(), 0o600),
            (draft, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(), mode),
        ):
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, rights), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        os.replace(draft, path)
        return str(backup)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    draft.unlink(missing_ok=True)
    raise AiconnError(f"{path} was not changed: {problem}.", "Make room or give write access, then try again.")
