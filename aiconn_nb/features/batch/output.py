"""A file for the rows with their answers: checked before anything is sent, and written all or nothing."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from aiconn_nb import files
from aiconn_nb.errors import TableNotWritten


def check_file(file: Path, *, data: Path, overwrite: bool) -> None:
    """Raise `TableNotWritten` where the answers to the rows of ``data`` could not be kept: before they are paid for."""
    try:
        problem = _problem(file, data)
    except OSError as error:
        problem = files.reason(error)
    except ValueError:
        problem = "its name cannot be one of a file"
    if problem:
        raise TableNotWritten(path=str(file), problem=problem)
    if os.path.lexists(file) and not overwrite:
        raise TableNotWritten(path=str(file))


def write_file(table: Sequence[Mapping[str, Any]], file: Path, *, overwrite: bool) -> None:
    """Write the rows as CSV or JSON lines, as the name says. Raises `TableNotWritten`; a file that was there is left then."""
    text = _csv(table) if file.suffix == ".csv" else json_lines(table) + "\n"
    # A lone surrogate, which UTF-8 does not have, is written as JSON writes it.
    content = text.encode("utf-8", "backslashreplace")
    try:
        files.write_document(file, content, overwrite=overwrite)
    except FileExistsError:
        raise TableNotWritten(path=str(file), is_answered=True) from None
    except OSError as error:
        raise TableNotWritten(path=str(file), problem=files.reason(error), is_answered=True) from None


def json_lines(table: Sequence[Mapping[str, Any]]) -> str:
    """One line of JSON for each row."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in table)


def _problem(file: Path, data: Path) -> str:
    """Why the answers cannot be written there, whatever is permitted; '' where they can."""
    if file.is_dir():
        return "it is a folder"
    if not file.parent.is_dir():
        return "its folder does not exist"
    if not os.access(file.parent, os.W_OK):
        return "its folder cannot be written to"
    if file.exists() and data.exists() and file.samefile(data):
        return "it is the file that is read"
    return ""


def _csv(table: Sequence[Mapping[str, Any]]) -> str:
    """With the fields of all rows, in the order in which they come."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(field for row in table for field in row)))
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()
