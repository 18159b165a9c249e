"""What the command over a dataset does besides: find the data, show how far it is, bind or write the table."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aiconn_nb.errors import Interrupted, NoDataFile, NothingToMap, NotInNotebook
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result
from aiconn_nb.ui.progress import progress_line

from ..command import Argument, Words
from ..console import Console, python_name
from ..derived import Call, interaction
from ..prompt import PROFILE
from ..settings import pairs

_KINDS: Final = (".csv", ".jsonl")


@interaction(
    "map",
    PROFILE,
    Argument("data", "the table: a name of the notebook, in a terminal a file", options={"nargs": "?"}),
    Argument("template", "the prompt", options={"nargs": "*"}),
    Argument(
        "--schema", "a name of the notebook: fields, a JSON Schema, a pydantic model", options={"metavar": "NAME"}
    ),
    Argument("-o", "bind the table with the answers to this name", options={"dest": "output", "metavar": "NAME"}),
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
    _check_output(words.output, console)
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
    assert session.last_map is not None
    if console.has_kernel:
        return session.last_map
    if words.output:
        _write(table, words.output)
        return session.last_map
    return replace(session.last_map, lines="\n".join(json.dumps(row, ensure_ascii=False) for row in table))


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


def _check_output(name: str | None, console: Console) -> None:
    if name and console.has_kernel:
        python_name(name, "-o")
    elif name and Path(name).suffix not in _KINDS:
        raise NoDataFile(name=name, kinds=_KINDS)


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, read while they are asked."""
    if file.suffix not in _KINDS:
        raise NoDataFile(name=str(file), kinds=_KINDS)
    if not file.is_file():
        raise NoDataFile(name=str(file), kinds=_KINDS, problem="is not there")
    return _csv_rows(file) if file.suffix == ".csv" else _json_rows(file)


def _csv_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened)


def _json_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as opened:
        for number, line in enumerate(opened, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError:
                    raise NoDataFile(name=f"{file}, line {number},", kinds=_KINDS, problem="is no JSON") from None


def _write(table: Sequence[Mapping[str, Any]], name: str) -> None:
    with Path(name).open("w", encoding="utf-8", newline="") as opened:
        if name.endswith(".csv"):
            writer = csv.DictWriter(opened, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
        else:
            opened.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in table)
