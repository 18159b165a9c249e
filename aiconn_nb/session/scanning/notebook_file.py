"""A notebook's file: its texts, each with its place, and how it is put back with some of them changed."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aiconn_nb.model.errors import AiconnError
from aiconn_nb.model.place import tilde

Notebook = dict[str, Any]
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NOT_OURS: Final = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", "site-packages"})


def read_notebook(path: Path) -> tuple[Notebook, str]:
    """The content of a notebook's file, and its text. Raises `AiconnError` for what is none."""
    problem = ""
    try:
        # Without waiting: a pipe in the file's place must not hang.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            text = file.read().decode("utf-8", "surrogatepass") if is_file else "null"
        notebook = json.loads(text.removeprefix("\ufeff"))
        if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
            return notebook, text
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


def cleaned(notebook: Notebook, text: str, clean: Callable[[str], str]) -> str:
    """The file's text with every string changed by ``clean`` but what the author wrote in cells. All else stays to the letter:
    the order of keys, indentation, line ends, escapes."""
    pairs = list(_pairs(notebook, clean))
    tokens = list(_STRING.finditer(text))
    if [json.loads(each[0]) for each in tokens] != [before for before, _ in pairs]:
        # A name stands twice in it, of which Python keeps the last.
        return json.dumps(_replaced(notebook, iter(pairs)), indent=1, ensure_ascii=False) + "\n"
    parts, at = [], 0
    for token, (before, after) in zip(tokens, pairs, strict=True):
        if after != before:
            parts += [text[at : token.start()], json.dumps(after, ensure_ascii=token[0].isascii())]
            at = token.end()
    return "".join([*parts, text[at:]])


def _pairs(value: Any, clean: Callable[[str], str], where: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(before, after) of every string, keys too, in the order of the file."""
    if isinstance(value, str):
        yield value, clean(value)
    elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        # Lines of one text, or texts of a list: a key may be spread over several.
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
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key, clean(key)
            is_source = key == "source" and where == ("cells", "")
            yield from _pairs(each, _same if is_source else clean, (*where, key))


def _replaced(value: Any, pairs: Iterator[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        return next(pairs)[1]
    if isinstance(value, list):
        return [_replaced(each, pairs) for each in value]
    if isinstance(value, dict):
        return {next(pairs)[1]: _replaced(each, pairs) for each in value.values()}
    return value


def _same(text: str) -> str:
    return text


def notebooks_in(folder: Path) -> list[Path]:
    """The notebooks in a folder and below it, checkpoints too; not those of environments and version control."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in _NOT_OURS)
        found += [Path(place, name) for name in sorted(names) if name.endswith(".ipynb")]
    return found


def rewrite(path: Path, text: str, backups: Path) -> str:
    """Put the changed notebook in the place of the old one, of which a copy is kept in the folder ``backups``, readable by its
    owner alone: beside the notebook it would be committed with it.

    Answers the name of that copy, as it may be shown. A link is followed, so that the file that it leads to is the one that is
    changed. Raises `AiconnError`; the notebook is then as it was.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.aiconn-tmp")
    problem = ""
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        backup = _copy(target, backups)
        with suppress(FileNotFoundError):
            draft.unlink()
        _write_new(draft, text.encode("utf-8", "surrogatepass"))
        draft.chmod(mode)
        os.replace(draft, target)
        return tilde(backup)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    with suppress(OSError):
        draft.unlink()
    raise AiconnError(f"{path} was not changed: {problem}.", "Make room or give write access, then try again.")


def _copy(target: Path, backups: Path) -> Path:
    """A copy in a folder of the user's own, under a name that nothing has."""
    content = target.read_bytes()
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1000):
        copy = backups / f"{target.name}.bak{number or ''}"
        with suppress(FileExistsError):
            _write_new(copy, content)
            return copy
    raise OSError("there are a thousand copies already")


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, be it as a link that leads elsewhere."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
