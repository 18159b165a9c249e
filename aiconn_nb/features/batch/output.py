"""An output file for the rows with their answers: checked before anything is sent, and written all or nothing."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from aiconn_nb import files
from aiconn_nb.errors import TableNotWritten


def check_file(file: Path, *, data: Path | None = None, overwrite: bool) -> None:
    """Raise `TableNotWritten` if the answers to the rows of ``data`` could not be saved, before they cost money."""
    try:
        problem = _problem(file, data)
    except OSError as error:
        problem = files.reason(error)
    except ValueError:
        problem = "its name is not a valid file name"
    if problem:
        raise TableNotWritten(path=str(file), problem=problem)
    if os.path.lexists(file) and not overwrite:
        raise TableNotWritten(path=str(file))


def write_file(table: Sequence[Mapping[str, Any]], file: Path, *, overwrite: bool) -> None:
    """Write the rows as the file's suffix says. Raises `TableNotWritten` and then leaves an existing file unchanged."""
    text = OUTPUTS[file.suffix.lower()](table)
    # UTF-8 cannot encode a lone surrogate, so it is escaped as in JSON.
    content = text.encode("utf-8", "backslashreplace")
    try:
        files.write_document(file, content, overwrite=overwrite)
    except FileExistsError:
        raise TableNotWritten(path=str(file), is_answered=True) from None
    except OSError as error:
        raise TableNotWritten(path=str(file), problem=files.reason(error), is_answered=True) from None


def json_lines(table: Sequence[Mapping[str, Any]]) -> str:
    """Return one line of JSON for each row, each with its end."""
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in table)


def _json_array(table: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(table), ensure_ascii=False, indent=1) + "\n"


def _problem(file: Path, data: Path | None) -> str:
    """Why the answers cannot be written there, even with ``overwrite``; '' if they can."""
    if file.is_dir():
        return "it is a folder"
    if not file.parent.is_dir():
        return "its folder does not exist"
    if not os.access(file.parent, os.W_OK):
        return "its folder cannot be written to"
    if data is not None and file.exists() and data.exists() and file.samefile(data):
        return "it is the file that is read"
    return ""


def _csv(table: Sequence[Mapping[str, Any]]) -> str:
    """CSV with the fields of all rows, in order of first appearance."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(field for row in table for field in row)))
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


OUTPUTS: Final[Mapping[str, Callable[[Sequence[Mapping[str, Any]]], str]]] = {
    ".csv": _csv,
    ".jsonl": json_lines,
    ".json": _json_array,
}
"""Suffix -> the text of such a file."""
