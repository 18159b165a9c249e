"""The file of rows that a terminal command reads: CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, TextIO

from aiconn_nb.errors import NoDataFile

_LONGEST_FIELD: Final = 2**31 - 1
"""The maximum length of a field. The module's own limit, 131,072 characters, is shorter than many a document."""

Row = Mapping[str, Any]


class Rows:
    """The rows of a file with their number. They are read one by one, when their turn comes."""

    def __init__(self, rows: Callable[[], Iterator[Row]], count: int) -> None:
        self._rows = rows
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return self._rows()


def is_data_file(file: Path) -> bool:
    """Whether a file's suffix is that of a file of rows, in any case."""
    return file.suffix.lower() in KINDS


def rows_of(file: Path, *, is_sample: bool = False) -> Iterable[Row]:
    """Return the rows of a file. They are counted first, so that a file that is no table is an error before anything is sent.

    With ``is_sample``, only some rows are read: a fault after them is no error, and their number is then unknown. Raises
    `NoDataFile`.
    """
    if not is_data_file(file):
        raise NoDataFile(name=str(file), kinds=KINDS)
    if not os.path.isfile(file):  # unlike Path.is_file, this raises no OSError
        raise NoDataFile(name=str(file), kinds=KINDS, problem="is not there")
    records, row = _FORMATS[file.suffix.lower()]

    def read() -> Iterator[Row]:
        return map(row, records(file))

    try:
        return Rows(read, sum(1 for _ in records(file)))
    except NoDataFile:
        if is_sample:
            return read()
        raise


@contextmanager
def _opened(file: Path, newline: str | None = None) -> Iterator[TextIO]:
    """Open a file of rows. Raises `NoDataFile` in the block if it cannot be read as text."""
    try:
        with file.open(encoding="utf-8-sig", newline=newline) as opened:
            yield opened
    except UnicodeDecodeError:
        raise NoDataFile(name=str(file), kinds=KINDS, problem="is not UTF-8: save it as that") from None
    except OSError as error:
        raise NoDataFile(name=str(file), kinds=KINDS, problem=unreadable(error)) from None


def unreadable(error: OSError) -> str:
    """Return the problem of a file that the system does not read."""
    return f"cannot be read: {error.strerror or type(error).__name__}"


_Record = tuple[list[str], list[str]]


def _csv_records(file: Path) -> Iterator[_Record]:
    """Yield the first record, which names the columns, with each of the others."""
    csv.field_size_limit(_LONGEST_FIELD)
    with _opened(file, newline="") as opened:
        reader = csv.reader(opened)
        try:
            columns = next(reader, [])
            _require_single(columns, file)
            for fields in reader:
                if len(fields) > len(columns):
                    raise _faulty(file, reader.line_num, "has more fields than the first line")
                if fields:  # a blank line has none
                    yield columns, fields
        except csv.Error as error:
            raise _faulty(file, reader.line_num, f"cannot be read as CSV: {error}") from None


def _csv_row(record: _Record) -> Row:
    # An empty field counts as missing, as in pandas: CSV does not distinguish them, and an empty prompt is no question.
    return {column: field or None for column, field in zip_longest(*record)}


def _require_single(columns: list[str], file: Path) -> None:
    twice = next((each for place, each in enumerate(columns) if each in columns[:place]), None)
    if twice is not None:
        problem = f"has two columns named '{twice}'" if twice else "has two columns without a name"
        raise NoDataFile(name=str(file), kinds=KINDS, problem=problem, advice="Rename one of them in the first line.")


def _json_lines(file: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield the lines that are not blank, with their number."""
    with _opened(file) as opened:
        for number, line in enumerate(opened, start=1):
            if line.strip():
                yield file, number, line


def _json_row(line: tuple[Path, int, str]) -> Row:
    file, number, text = line
    try:
        row: Row = json.loads(text)
    except (ValueError, RecursionError):
        raise _faulty(file, number, "is not JSON") from None
    return row


def _faulty(file: Path, line: int, problem: str) -> NoDataFile:
    return NoDataFile(name=f"{file}, line {line},", kinds=KINDS, problem=problem)


_FORMATS: Final[Mapping[str, tuple[Callable[[Path], Iterator[Any]], Callable[[Any], Row]]]] = {
    ".csv": (_csv_records, _csv_row),
    ".jsonl": (_json_lines, _json_row),
}
"""Suffix -> what yields the records of such a file, and what makes a row of one. The records are counted before the first row."""
KINDS: Final = tuple(_FORMATS)
"""The file suffixes."""
