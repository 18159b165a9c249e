"""What the commands that ask do besides: read the prompt, show the answer while it comes, bind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import (
    AiconnError,
    AnswerCut,
    Interrupted,
    NoFormat,
    NoNamesHere,
    NoTargetOnLine,
    NothingToCompare,
    NothingToEmbed,
    NotJson,
    ProfileNotFound,
)
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.session.results import Result
from aiconn_nb.ui.progress import progress

from ..command import Argument, Words
from ..console import Console, python_name
from ..derived import Call, interaction
from ..prompt import PROFILE, RAW, alias_named, is_text, known_aliases, prompt_of, whom
from ..settings import pairs

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Comparison

FORMATS = ("markdown", "text", "json", "code")
NO_LIVE = Argument("--no-live", "show the answer once it is whole", options={"action": "store_true"})
OUTPUT = Argument("-o", "bind the answer to this name", options={"dest": "output", "metavar": "NAME"})


@interaction(
    "ask",
    PROFILE,
    Argument("text", "the prompt", options={"nargs": "*"}),
    Argument(
        "--format", "markdown, text, json (is parsed) or code (goes into a new cell)", "format", {"default": "markdown"}
    ),
    Argument(
        "-o", "bind the answer (with json what it says) to this name", options={"dest": "output", "metavar": "NAME"}
    ),
    NO_LIVE,
    RAW,
    takes_rest=True,
    rest_is="TEXT",
    takes_cell=True,
)
def ask(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the answer while it comes."""
    _check_words(words, console)
    profile, text = whom(session, words, console)
    _check(session, profile, words.model)
    prompt, left = prompt_of(session, words, text, console)
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
    reply = session.last_reply = stream.reply.with_left(left)
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


def _check(session: Session, profile: str | None, model: str | None) -> None:
    """Raise before anything is read or sent. An unknown name may be the first word of a question to the default profile."""
    try:
        session.target(profile, model)
    except ProfileNotFound:
        if profile is None:
            raise
        raise NoTargetOnLine(
            alias=profile,
            meant=alias_named(session, profile) or "",
            nearest=nearest(profile, known_aliases(session)),
            default=session.default_alias() or "",
        ) from None


def _check_words(words: Words, console: Console) -> None:
    """Raise for what is wrong with the line, before anything is read or sent."""
    if words.format not in FORMATS:
        raise NoFormat(known=FORMATS, nearest=nearest(words.format, FORMATS))
    if words.output:
        python_name(words.output, "-o")
        if not console.has_kernel:
            raise NoNamesHere(redirected="> FILE")


def options_of(words: Words) -> dict[str, Any]:
    """What overrides the profile for one call."""
    return {
        "model": words.model,
        "system": words.system,
        "temperature": words.temperature,
        "max_tokens": words.max_tokens,
        "options": pairs(words.options),
    }


def interrupted(partial: Result, function: str, console: Console, *, many: bool = False) -> Interrupted:
    """The error of a command that was stopped, with what came of the answer, and where a kernel has it still."""
    error = Interrupted(many=many, function=function if console.has_kernel else "")
    error.partial = partial
    return error


def _kept_in(name: str | None, console: Console) -> str:
    """What has an answer that came whole and is no JSON: no one should have to ask, and pay, again."""
    if not console.has_kernel:
        return ""
    return f"{name}.text" if name else "aiconn_nb.last_reply()"


@interaction("compare", OUTPUT, NO_LIVE, RAW, takes_rest=True, rest_is="PROMPT", takes_cell=True)
def compare(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw the answers while they come."""
    _check_output(words, console)
    # A text in quotes among the profiles is one of them to the parser.
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
    "embed", PROFILE, Argument("text", "the texts, each in quotes", options={"nargs": "*"}), OUTPUT, takes_cell=True
)
def embed(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw a bar beyond one batch."""
    _check_output(words, console)
    is_unnamed = is_text(session, words, console)
    profile, before = (None, [words.profile]) if is_unnamed else (words.profile, [])
    texts = [*before, *map(str, words.text), *_lines(words.cell or "")]
    if not texts:
        raise NothingToEmbed
    with progress("texts") as on_batch:
        embedded = call(texts=texts, profile=profile, on_batch=on_batch)
    _bind(words, embedded, console)
    return embedded  # type: ignore[no-any-return]


def _lines(cell: str) -> list[str]:
    """The lines of a cell with something in them. Only a line feed ends one: what is pasted may have others in it."""
    return [line.removesuffix("\r") for line in cell.split("\n") if line.strip()]


def _check_output(words: Words, console: Console) -> None:
    if words.output:
        python_name(words.output, "-o")
        if not console.has_kernel:
            raise NoNamesHere(redirected="--json > FILE")


def _bind(words: Words, answer: Result, console: Console) -> None:
    if words.output:
        console.bind(words.output, answer)
