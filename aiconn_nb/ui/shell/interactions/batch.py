"""The map command also finds the data, shows its progress, and binds or writes the table."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any, Final

from aiconn_nb.errors import NoDataFile, NothingToMap, NotInNotebook, TableNotWritten
from aiconn_nb.features.app import Session
from aiconn_nb.model.place import from_tilde
from aiconn_nb.session.results import Result
from aiconn_nb.ui.interrupts import interrupted
from aiconn_nb.ui.progress import progress_line

from ..command import Argument, Words
from ..console import Console, python_name
from ..data_file import is_data_file, rows_of, unreadable
from ..derived import Call, interaction
from ..prompt import PROFILE, known_aliases
from ..settings import pairs

_SCHEMA_FILE: Final = 'In a terminal, --schema takes a file with fields, {"label": ["good", "bad"]}, or a JSON Schema.'
ENGINE: Final = Argument(
    "--engine", "a name of the notebook: the client of a Dask cluster", options={"metavar": "NAME"}
)
SCHEMA: Final = Argument(
    "--schema",
    "a name of the notebook: fields, a JSON Schema, a pydantic model; in a terminal a .json file",
    options={"metavar": "NAME"},
)


@interaction(
    "map",
    PROFILE,
    Argument("data", "the table: a name of the notebook, in a terminal a file", options={"nargs": "?"}),
    Argument("template", "the prompt", options={"nargs": "*"}),
    SCHEMA,
    ENGINE,
    Argument(
        "-o",
        "bind the table with the answers to this name; in a terminal write this file",
        options={"dest": "output", "metavar": "NAME"},
    ),
    Argument("--yes", "replace the file of -o", options={"action": "store_true"}),
    Argument("--no-journal", "keep no answers on this machine", options={"action": "store_true"}),
    Argument("--forget", "delete the answers that were kept, of all tables", options={"action": "store_true"}),
    takes_rest=True,
    rest_is="TEMPLATE",
    takes_cell=True,
)
def map_rows(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask about each row, and show the progress."""
    if words.forget:
        return session.forget_maps()
    if words.profile and _is_data(words.profile, session, console):
        _leave_profile_out(words, session)
    if not words.profile or not words.data:
        raise NothingToMap(missing="data" if words.profile else "profile")
    template = _template(words)
    _check_output(words, console)
    data, schema = _data(words, console), schema_named(words.schema, console)
    before = session.last_map
    try:
        with progress_line() as draw:
            table = call(
                data=data,
                template=template,
                profile=words.profile,
                schema=schema,
                engine=engine_named(words.engine, console),
                journal=not words.no_journal,
                options=pairs(words.options),
                on_progress=lambda progress: draw(progress.within),
            )
    except KeyboardInterrupt:
        mapped = session.last_map if session.last_map is not before else None
        raise interrupted(mapped, left=not_made(words.output, console)) from None
    if words.output and console.has_kernel:
        console.bind(words.output, table)
    from aiconn_nb.features.batch import json_lines, write_file

    assert session.last_map is not None
    if console.has_kernel:
        return session.last_map
    if not words.output:
        return replace(session.last_map, lines=json_lines(table))
    try:
        write_file(table, from_tilde(words.output), overwrite=words.yes)
    except TableNotWritten as error:
        error.journal = session.last_map.journal
        if not error.journal:  # the answers were paid for
            error.partial = replace(session.last_map, lines=json_lines(table))
        raise
    return session.last_map


def not_made(output: str | None, console: Console) -> str:
    """Return what an interrupted line did not make; '' if it names no output."""
    if not output:
        return ""
    is_name = console.has_kernel and not output.endswith(".npy")
    return f"The name {output} was not bound" if is_name else f"The file {output} was not written"


def _is_data(word: str, session: Session, console: Console) -> bool:
    """Whether the word in place of the profile names data."""
    if word in known_aliases(session):
        return False
    if console.has_kernel:
        return word in console.names()
    file = from_tilde(word)
    return is_data_file(file) and os.path.isfile(file)


def _leave_profile_out(words: Words, session: Session) -> None:
    """Read a line that begins with the data: it is for the default profile."""
    words.profile, words.data, template = session.default_alias(), words.profile, words.data
    words.template = [*([] if template is None else [template]), *words.template]


def _template(words: Words) -> str:
    line = " ".join([*map(str, words.template), *map(str, words.rest)])
    template = "\n".join(part for part in (line, words.cell or "") if part.strip())
    if not template:
        raise NothingToMap(missing="prompt")
    return template


def _data(words: Words, console: Console) -> Any:
    if not console.has_kernel:
        return rows_of(from_tilde(words.data), is_sample=words.limit is not None)
    return _named(words.data, console)


def _named(name: str, console: Console, **wanted: str) -> Any:
    names = console.names()
    if name not in names:
        raise NotInNotebook(name=name, names=tuple(names), **wanted)
    return names[name]


def schema_named(name: str | None, console: Console) -> Any:
    """Return the schema with this name, in a terminal in this file; None without a name."""
    if name is None:
        return None
    if console.has_kernel:
        return _named(name, console, wanted="a variable with the fields, a JSON Schema, or a pydantic model")
    problem = "is not JSON"
    try:
        return json.loads(from_tilde(name).read_bytes())
    except OSError as error:
        problem = unreadable(error)
    except (ValueError, RecursionError):
        pass
    raise NoDataFile(name=name, kinds=(".json",), problem=problem, advice=_SCHEMA_FILE)


def engine_named(name: str | None, console: Console) -> Any:
    """Return the client of a Dask cluster; None without a name."""
    return None if name is None else _named(name, console, wanted="the client of a Dask cluster")


def _check_output(words: Words, console: Console) -> None:
    """Raise if the answers could not be saved, before they are paid for."""
    name = words.output
    if name is None:
        return
    if console.has_kernel:
        python_name(name, "-o")
        return
    from aiconn_nb.features.batch import OUTPUTS, check_file

    if from_tilde(name).suffix.lower() not in OUTPUTS:
        raise NoDataFile(name=name, kinds=tuple(OUTPUTS), is_output=True)
    check_file(from_tilde(name), data=from_tilde(words.data), overwrite=words.yes)
