"""A notebook's file: its texts, each with its place, and how it is put back with some of them changed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiconn_nb.model.errors import AiconnError

Notebook = dict[str, Any]


def read_notebook(path: Path) -> Notebook:
    """The content of a notebook's file. Raises `AiconnError` for what is none."""
    problem = ""
    try:
        # Without waiting: a pipe in the file's place must not hang.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            notebook = json.loads(file.read()) if is_file else None
        if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
            return notebook
        problem = "it is no notebook of format 4" if is_file else "it is no file"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (ValueError, RecursionError):
        problem = "it is no notebook"
    raise AiconnError(f"{path} was not scanned: {problem}.", "Nothing was changed.")


def texts(notebook: Notebook) -> Iterator[tuple[str, bool, str]]:
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


def cleaned(notebook: Notebook, clean: Callable[[str], str]) -> Notebook:
    """The notebook with every text changed by ``clean`` but what the author wrote in cells."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, list):
            if value and all(isinstance(each, str) for each in value):
                # Lines of one text, or texts of a list: only where there is something to change are they joined.
                text = "".join(value)
                changed = clean(text)
                return value if changed == text else changed.splitlines(keepends=True)
            return [walk(each) for each in value]
        if isinstance(value, dict):
            return {clean(key): walk(each) for key, each in value.items()}
        return value

    cells = [
        {key: value if key == "source" else walk(value) for key, value in cell.items()}
        if isinstance(cell, dict)
        else cell
        for cell in notebook["cells"]
    ]
    return {**{key: walk(value) for key, value in notebook.items() if key != "cells"}, "cells": cells}


def rewrite(path: Path, notebook: Notebook) -> str:
    """Put the changed notebook in the place of the old one, which stays beside it, readable by its owner alone.

    Answers the name of that copy. A link is followed, so that the file that it leads to is the one that is changed. Raises
    `AiconnError`; the notebook is then as it was.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.aiconn-tmp")
    problem = ""
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        backup = _copy(target)
        with suppress(FileNotFoundError):
            draft.unlink()
        _write_new(draft, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))
        draft.chmod(mode)
        os.replace(draft, target)
        return str(path.with_name(backup.name) if target.parent == path.parent else backup)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    with suppress(OSError):
        draft.unlink()
    raise AiconnError(f"{path} was not changed: {problem}.", "Make room or give write access, then try again.")


def _copy(target: Path) -> Path:
    """A copy beside it, under a name that nobody has."""
    content = target.read_bytes()
    for number in range(1000):
        copy = target.with_name(f"{target.name}.bak{number or ''}")
        with suppress(FileExistsError):
            _write_new(copy, content)
            return copy
    raise OSError("there are a thousand copies beside it")


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, be it as a link that leads elsewhere."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
