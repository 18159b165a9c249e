"""What the command over a dataset does besides: find the data, show how far it is, bind or write the table."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aiconn_nb.errors import Interrupted, NoDataFile, NothingToMap, NotInNotebook, TableNotWritten
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result
from aiconn_nb.ui.progress import progress_line

from ..command import Argument, Words
from ..console import Console, python_name
from ..derived import Call, interaction
from ..prompt import PROFILE
from ..settings import pairs

_KINDS: Final = (".csv", ".jsonl")
_NO_TEXT: Final = "is not UTF-8: save it as that"


@interaction(
    "map",
    PROFILE,
    Argument("data", "the table: a name of the notebook, in a terminal a file", options={"nargs": "?"}),
    Argument("template", "the prompt", options={"nargs": "*"}),
    Argument(
        "--schema", "a name of the notebook: fields, a JSON Schema, a pydantic model", options={"metavar": "NAME"}
    ),
    Argument("-o", "bind the table with the answers to this name", options={"dest": "output", "metavar": "NAME"}),
    Argument("--yes", "replace the file of -o", options={"action": "store_true"}),
    Argument("--no-journal", "keep no answers on this machine", options={"action": "store_true"}),
    Argument("--forget", "delete the answers that were kept, of all tables", options={"action": "store_true"}),
    takes_rest=True,
    rest_is="TEMPLATE",
    takes_cell=True,
)
def map_rows(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask about each row, and show how far it is."""
    if words.forget:
        return session.forget_maps()
    if not words.profile or not words.data:
        raise NothingToMap(missing="data" if words.profile else "profile")
    template = _template(words)
    data, schema = _data(words.data, console), _schema(words.schema, console)
    _check_output(words, console)
    try:
        with progress_line() as draw:
            table = call(
                data=data,
                template=template,
                profile=words.profile,
                schema=schema,
                journal=not words.no_journal,
                options=pairs(words.options),
                on_progress=lambda progress: draw(progress.line),
            )
    except KeyboardInterrupt:
        stopped = Interrupted()
        stopped.many, stopped.had_begun = True, session.last_map is not None and session.last_map.progress.answered > 0
        stopped.partial = session.last_map
        raise stopped from None
    if words.output and console.has_kernel:
        console.bind(words.output, table)
    from aiconn_nb.features.batch import json_lines, write_file

    assert session.last_map is not None
    if console.has_kernel:
        return session.last_map
    if not words.output:
        return replace(session.last_map, lines=json_lines(table))
    try:
        write_file(table, Path(words.output), overwrite=words.yes)
    except TableNotWritten as error:
        error.partial = replace(session.last_map, lines=json_lines(table))
        raise
    return session.last_map


def _template(words: Words) -> str:
    line = " ".join([*map(str, words.template), *map(str, words.rest)])
    template = "\n".join(part for part in (line, words.cell or "") if part.strip())
    if not template:
        raise NothingToMap(missing="prompt")
    return template


def _data(name: str, console: Console) -> Any:
    if not console.has_kernel:
        return _rows(Path(name))
    return _named(name, console)


def _named(name: str, console: Console) -> Any:
    names = console.names()
    if name not in names:
        raise NotInNotebook(name=name, names=tuple(names))
    return names[name]


def _schema(name: str | None, console: Console) -> Any:
    if name is None:
        return None
    if console.has_kernel:
        return _named(name, console)
    try:
        return json.loads(Path(name).read_text())
    except (OSError, ValueError):
        raise NoDataFile(name=name, kinds=(".json",), problem="cannot be read as JSON") from None


def _check_output(words: Words, console: Console) -> None:
    """Raise where the answers could not be kept: before they are paid for."""
    name = words.output
    if name is None:
        return
    if console.has_kernel:
        python_name(name, "-o")
        return
    if Path(name).suffix not in _KINDS:
        raise NoDataFile(name=name, kinds=_KINDS)
    from aiconn_nb.features.batch import check_file

    check_file(Path(name), data=Path(words.data), overwrite=words.yes)


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, read while they are asked."""
    if file.suffix not in _KINDS:
        raise NoDataFile(name=str(file), kinds=_KINDS)
    if not file.is_file():
        raise NoDataFile(name=str(file), kinds=_KINDS, problem="is not there")
    if not os.access(file, os.R_OK):
        raise NoDataFile(name=str(file), kinds=_KINDS, problem="cannot be read")
    return _csv_rows(file) if file.suffix == ".csv" else _json_rows(file)


def _csv_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        try:
            for row in reader:
                if None in row:
                    problem = "has more fields than the first line"
                    raise NoDataFile(name=f"{file}, line {reader.line_num},", kinds=_KINDS, problem=problem)
                yield row
        except UnicodeDecodeError:
            raise NoDataFile(name=str(file), kinds=_KINDS, problem=_NO_TEXT) from None
        except csv.Error as error:
            name = f"{file}, line {reader.line_num},"
            raise NoDataFile(name=name, kinds=_KINDS, problem=f"cannot be read as CSV: {error}") from None


def _json_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8-sig") as opened:
        lines = enumerate(opened, start=1)
        while True:
            try:
                number, line = next(lines, (0, ""))
            except UnicodeDecodeError:
                raise NoDataFile(name=str(file), kinds=_KINDS, problem=_NO_TEXT) from None
            if not number:
                return
            if line.strip():
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    raise NoDataFile(name=f"{file}, line {number},", kinds=_KINDS, problem="is no JSON") from None
                yield row
