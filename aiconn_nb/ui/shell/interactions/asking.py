"""The commands that ask also read the prompt, show the answer while it arrives, and bind it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import (
    AiconnError,
    AnswerCut,
    Interrupted,
    NoFormat,
    NoNamesHere,
    NoTarget,
    NoTargetOnLine,
    NothingToCompare,
    NothingToEmbed,
    NotInSchema,
    NotJson,
)
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.pattern import late
from aiconn_nb.model.place import from_tilde
from aiconn_nb.session.noted_results import with_notes_so_far
from aiconn_nb.session.results import Result
from aiconn_nb.ui.interrupts import interrupted as interrupted_rows
from aiconn_nb.ui.progress import progress

from ..command import Argument, Quoted, Words
from ..console import Console, python_name
from ..data_file import is_data_file, rows_of
from ..derived import Call, interaction
from ..prompt import PROFILE, RAW, alias_named, is_text, prompt_of, whom
from ..settings import pairs
from .batch import ENGINE, SCHEMA, engine_named, not_made, schema_named

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Comparison

FORMATS = ("markdown", "text", "json", "code")
NO_LIVE = Argument("--no-live", "show the answer when it is complete", options={"action": "store_true"})
OUTPUT = Argument("-o", "bind the replies to this name", options={"dest": "output", "metavar": "NAME"})


@interaction(
    "ask",
    PROFILE,
    Argument("text", "the prompt", options={"nargs": "*"}),
    Argument(
        "--format", "markdown, text, json (is parsed) or code (goes into a new cell)", "format", {"default": "markdown"}
    ),
    SCHEMA,
    Argument(
        "-o",
        "bind the answer to this name; with json or a schema, its value",
        options={"dest": "output", "metavar": "NAME"},
    ),
    NO_LIVE,
    RAW,
    takes_rest=True,
    rest_is="TEXT",
    takes_cell=True,
)
def ask(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the answer while it arrives."""
    _check_words(words, console)
    profile, text = whom(session, words, console)
    _check(session, profile, words.model)
    schema = schema_named(words.schema, console)
    prompt, left = prompt_of(session, words, text, console)
    if schema is not None:
        return _ask_in(schema, session, words, console, prompt, profile, left)
    live = console.live(words.format, not words.no_live)
    stream = session.stream(prompt, profile=profile, carry_on=words.carry_on, **options_of(words))
    problem: AiconnError | None = None
    try:
        for piece in stream:
            live.add(piece)
    except KeyboardInterrupt:
        pass
    except AnswerCut as cut:
        problem = cut
    finally:
        stream.close()
    reply = session.last_reply = with_notes_so_far(stream.reply.with_left(left))
    live.end(reply)
    value: Any = reply
    if problem is None and reply.partial:
        problem = interrupted(reply, "last_reply", console)
    elif problem is None and words.format == "json":
        try:
            value = reply.json()
        except NotJson as error:
            problem = error
            error.kept_in, error.partial = _kept_in(words.output, console), reply
    elif problem is None and words.format == "code":
        console.next_cell(reply.code())
    if words.output:
        console.bind(words.output, value)
    if problem is not None:
        raise problem
    return reply


def _ask_in(
    schema: Any,
    session: Session,
    words: Words,
    console: Console,
    prompt: str,
    profile: str | None,
    left: tuple[str, ...],
) -> Result:
    """Ask in a schema. The answer is shown once it is complete, because the first one may not match."""
    live, before = console.live("json", False), session.last_reply
    try:
        reply = session.ask(prompt, profile=profile, carry_on=words.carry_on, schema=schema, **options_of(words))
    except KeyboardInterrupt:
        if session.last_reply is before or session.last_reply is None:
            raise
        raise interrupted(session.last_reply.with_left(left), "last_reply", console) from None
    except NotInSchema as error:
        # The answer was paid for, and a terminal has no other place for it.
        error.kept_in = _kept_in(None, console)
        live.end(error.partial, fails=True)
        raise
    reply = session.last_reply = with_notes_so_far(reply.with_left(left))
    live.end(reply)
    if words.output:
        console.bind(words.output, reply.value)
    return reply


def _check(session: Session, profile: str | None, model: str | None) -> None:
    """Raise before anything is read or sent. An unknown name may be the first word of a question to the default profile."""
    try:
        session.target(profile, model)
    except NoTarget as error:
        found = vars(error)
    else:
        return
    meant, default = alias_named(session, profile or "") or "", session.default_alias() or ""
    raise NoTargetOnLine(**found, meant=meant, default=default)


def _check_words(words: Words, console: Console) -> None:
    """Raise if the line is wrong, before anything is read or sent."""
    if words.format not in FORMATS:
        raise NoFormat(known=FORMATS, nearest=nearest(words.format, FORMATS))
    _check_output(words, console, instead="> FILE")


def options_of(words: Words) -> dict[str, Any]:
    """Return the options of the line that override the profile for one call."""
    return {
        "model": words.model,
        "system": words.system,
        "temperature": words.temperature,
        "max_tokens": words.max_tokens,
        "options": pairs(words.options),
    }


def interrupted(partial: Result, function: str, console: Console, *, many: bool = False) -> Interrupted:
    """Return the error of an interrupted command, with the partial answer and the function that returns it in a kernel."""
    error = Interrupted(many=many, function=function if console.has_kernel else "")
    error.partial = partial
    return error


def _kept_in(name: str | None, console: Console) -> str:
    """Return what holds a complete answer that is not JSON, so that the user need not ask, and pay, again."""
    if not console.has_kernel:
        return ""
    return f"{name}.text" if name else "aiconn_nb.last_reply()"


@interaction("compare", OUTPUT, NO_LIVE, RAW, takes_rest=True, rest_is="PROMPT", takes_cell=True)
def compare(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw the answers while they arrive."""
    _check_output(words, console)
    # argparse counts a quoted text after the profiles as a profile.
    prompt, left = prompt_of(session, words, words.rest, console) if words.rest or words.cell else ("", ())
    if not prompt.strip():
        raise NothingToCompare
    drawing, before = console.drawing(not words.no_live), session.last_comparison

    def draw(comparison: Comparison) -> None:
        drawing.draw(comparison, sum(len(each.reply.text) for each in comparison if each.reply))

    stopped = False
    try:
        comparison = call(prompt=prompt, on_change=draw)
    except KeyboardInterrupt:
        if session.last_comparison is before or session.last_comparison is None:
            raise
        comparison, stopped = session.last_comparison, True
    comparison = session.last_comparison = replace(comparison, left=left)
    drawing.end(comparison)
    _bind(words, comparison, console)
    if stopped:
        raise interrupted(comparison, "last_comparison", console, many=True)
    return comparison  # type: ignore[no-any-return]


@interaction(
    "embed",
    PROFILE,
    Argument(
        "text",
        "the texts, each in quotes; without quotes, texts or a table and its template: a name of the notebook, in a terminal "
        "a file (.csv or .jsonl)",
        options={"nargs": "*"},
    ),
    ENGINE,
    Argument(
        "-o",
        "bind the vectors to this name, or write them to a .npy file",
        options={"dest": "output", "metavar": "NAME"},
    ),
    Argument("--yes", "replace the file of -o", options={"action": "store_true"}),
    takes_cell=True,
)
def embed(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw a bar if there is more than one batch."""
    file = words.output if (words.output or "").endswith(".npy") else None
    if file is None:
        _check_output(words, console)
    is_unnamed = is_text(session, words, console)
    profile, before = (None, [words.profile]) if is_unnamed else (words.profile, [])
    texts: Any = [*before, *map(str, words.text), *_lines(words.cell or "")]
    if not texts:
        raise NothingToEmbed
    template = None
    data = None if is_unnamed else _dataset(words.text, console)
    if data is not None:
        texts = data
        template = "\n".join(filter(None, [" ".join(map(str, words.text[1:])), words.cell])) or None
    earlier = session.last_embedding
    try:
        with progress("texts") as on_batch:
            embedded = call(
                texts=texts,
                template=template,
                profile=profile,
                output=file,
                overwrite=words.yes,
                engine=engine_named(words.engine, console),
                on_batch=on_batch,
            )
    except KeyboardInterrupt:
        so_far = session.last_embedding if session.last_embedding is not earlier else None
        raise interrupted_rows(so_far, left=not_made(words.output, console), are_vectors=True) from None
    if file is None:
        _bind(words, embedded, console)
    return embedded if isinstance(embedded, Result) else session.last_embedding  # type: ignore[return-value]


_COLUMN: Final = late(r"\{[^{}\n]+\}")


def _dataset(texts: list[str], console: Console) -> Any:
    """Return the data that the first word names: a variable of the notebook, or a file in a terminal. None if it is a text."""
    first, *others = texts or [""]
    if console.has_kernel:
        return None if isinstance(first, Quoted) else console.names().get(first)
    file = from_tilde(first)
    if not is_data_file(file):
        return None
    # A shell removes quotes. If a template follows, a missing file is a mistyped name and not a text.
    return rows_of(file) if os.path.isfile(file) or any(map(_COLUMN.search, others)) else None


def _lines(cell: str) -> list[str]:
    """Return the non-blank lines of a cell. Only a line feed ends one: pasted text may contain other line breaks."""
    return [line.removesuffix("\r") for line in cell.split("\n") if line.strip()]


def _check_output(words: Words, console: Console, instead: str = "--json > FILE") -> None:
    if words.output:
        python_name(words.output, "-o")
        if not console.has_kernel:
            raise NoNamesHere(redirected=instead)


def _bind(words: Words, answer: Any, console: Console) -> None:
    if words.output:
        console.bind(words.output, answer)
