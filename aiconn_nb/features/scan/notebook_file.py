"""A notebook's file: reading its texts with their places, and writing it with changed texts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aiconn_nb import files
from aiconn_nb.errors import NotebookNotChanged, NotebookNotScanned
from aiconn_nb.model.place import tilde
from aiconn_nb.model.secret import MASK


class JsonObject(dict[str, Any]):
    """A JSON object that keeps every value: for a duplicate name, other programs may read the first value."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


Notebook = JsonObject
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
WORDS_OF_THE_FORMAT: Final = frozenset(
    {
        "attachments", "cell_type", "cells", "codemirror_mode", "display_data", "display_name", "execute_result",
        "execution_count", "file_extension", "kernelspec", "language", "language_info", "markdown", "metadata", "mimetype",
        "name", "nbconvert_exporter", "nbformat", "nbformat_minor", "output_type", "outputs", "pygments_lexer", "source",
        "stream", "version",
    }
)  # fmt: skip
"""Words of the notebook format. A password may equal one of them, but the file needs them to stay a notebook."""
_PARTS: Final = {"outputs": "output", "metadata": "metadata", "attachments": "attachment", "id": "id"}
_NOT_OURS: Final = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", "site-packages"})


def read_notebook(path: Path) -> tuple[Notebook, str]:
    """Return the content of a notebook's file, and its text. Raises `AiconnError` for a file that is not a notebook."""
    problem = ""
    try:
        text = files.read(path).decode("utf-8", "surrogatepass")
        notebook = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=JsonObject)
        if isinstance(notebook, JsonObject) and isinstance(notebook.get("cells"), list):
            return notebook, text
        problem = "it is not a notebook of format 4"
    except OSError as error:
        problem = files.reason(error)
    except (ValueError, RecursionError):
        problem = "it is not a notebook"
    raise NotebookNotScanned(path=str(path), problem=problem)


def texts(notebook: Notebook) -> Iterator[tuple[str, bool, str]]:
    """Yield (place, whether a program may change it, text) for every text in a notebook, including unknown fields."""
    for name, value in notebook.pairs:
        if name == "cells" and isinstance(value, list):
            for number, cell in enumerate(value, 1):
                yield from _cell_texts(number, cell)
        elif name == "metadata" and isinstance(value, JsonObject):
            for key, each in value.pairs:
                place = "widget state" if key == "widgets" else f"metadata {key}"
                for text in (*_strings(key), *_strings(each)):
                    yield place, True, text
        else:
            for text in (*_strings(name), *_strings(value)):
                yield "another field", True, text


def _cell_texts(number: int, cell: Any) -> Iterator[tuple[str, bool, str]]:
    if not isinstance(cell, JsonObject):
        for text in _strings(cell):
            yield f"cell {number}", True, text
        return
    # The source first, because readers look there first.
    for part, value in sorted(cell.pairs, key=lambda pair: ("source", *_PARTS, pair[0]).index(pair[0])):
        if part == "source":
            for text in _strings(value):
                yield f"cell {number}, source", False, text
        else:
            for text in (*_strings(part), *_strings(value)):
                yield f"cell {number}, {_PARTS.get(part, 'another field')}", True, text


def outside_texts(text: str) -> str:
    """Return the parts of a notebook's file outside its texts: numbers. A key may consist of digits."""
    return _STRING.sub('""', text)


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value; a list of lines, as in notebooks, is one text."""
    if isinstance(value, str):
        if value not in WORDS_OF_THE_FORMAT:
            yield value
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "".join(value)
        else:
            for each in value:
                yield from _strings(each)
    elif isinstance(value, JsonObject):
        for key, each in value.pairs:
            yield from _strings(key)
            yield from _strings(each)


def cleaned(notebook: Notebook, text: str, clean: Callable[[str], str]) -> str:
    """Return the file's text with ``clean`` applied to every string except the author's text in cells.

    The rest is preserved exactly: order of keys, indentation, line ends, escapes.
    """
    pairs = _pairs(notebook, clean)
    tokens = _STRING.finditer(text)
    parts, at = [], 0
    for token, (before, after) in zip(tokens, pairs, strict=True):
        if after != before:
            parts += [text[at : token.start()], json.dumps(after, ensure_ascii=token[0].isascii())]
            at = token.end()
    return "".join([*parts, text[at:]])


def _pairs(value: Any, clean: Callable[[str], str], where: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield (before, after) for every string, including keys, in the order of the file."""
    if isinstance(value, str):
        yield value, value if value in WORDS_OF_THE_FORMAT else clean(value)
    elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        # Lines of one text, or texts of a list: a key may span several of them.
        changed = clean("".join(value))
        lines = changed.splitlines(keepends=True)
        if changed == "".join(value):
            yield from ((each, each) for each in value)
        elif len(lines) == len(value):
            yield from zip(value, lines, strict=True)
        else:
            yield from zip(value, [changed, *[""] * (len(value) - 1)], strict=True)
    elif isinstance(value, list):
        for each in value:
            yield from _pairs(each, clean, (*where, ""))
    elif isinstance(value, JsonObject):
        for key, each in value.pairs:
            yield from _pairs(key, clean)
            in_cell = where == ("cells", "")
            if in_cell and key == "id" and isinstance(each, str):
                # The mask contains characters that are invalid in an id.
                yield each, clean(each).replace(MASK, "removed")
            else:
                yield from _pairs(each, str if in_cell and key == "source" else clean, (*where, key))


def notebooks_in(folder: Path, unread: Callable[[OSError], None]) -> list[Path]:
    """Return the notebooks in a folder and its subfolders, including checkpoints.

    The folders of environments and of version control are left out. ``unread`` is called for each folder that cannot be read.
    """
    found = []
    for place, folders, names in os.walk(folder, onerror=unread):
        folders[:] = sorted(each for each in folders if each not in _NOT_OURS)
        found += [Path(place, name) for name in sorted(names) if name.endswith(".ipynb")]
    return found


def rewrite(path: Path, text: str, backups: Path) -> str:
    """Replace the notebook by the changed one.

    A copy of the old one goes to the folder ``backups``, readable only by its owner: beside the notebook it might be committed.
    Returns the name of the copy in a displayable form. For a link, the target file is changed. Raises `AiconnError` and then leaves
    the notebook unchanged.
    """
    try:
        backup = _copy(path, backups)
        files.write_document(path, text.encode("utf-8", "surrogatepass"), overwrite=True)
        return tilde(backup)
    except OSError as error:
        problem = files.reason(error)
    raise NotebookNotChanged(path=str(path), problem=problem)


def _copy(path: Path, backups: Path) -> Path:
    """Copy the file to a private folder of the user, under an unused name. Returns the path of the copy."""
    content = files.read(path)
    files.make_private_folder(backups)
    name = os.path.basename(os.path.realpath(path))
    for number in range(1000):
        copy = backups / f"{name}.bak{number or ''}"
        with suppress(FileExistsError):
            files.create(copy, content)
            return copy
    raise OSError("a thousand copies exist already")
