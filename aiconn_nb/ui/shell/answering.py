"""What the commands on several answers do besides: bind them, draw them, ask for a new key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import CommandError
from aiconn_nb.features.app import Session
from aiconn_nb.model.hint import command
from aiconn_nb.model.reference import clean, is_reference
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.results import Result
from aiconn_nb.ui.progress import progress

from .asking import NO_LIVE, PROFILE, RAW, interrupted, prompt_of
from .command import Argument, Words
from .console import Console
from .derived import Call, interaction
from .settings import ask_settings
from .using import python_name
from .whom import is_text

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Comparison

OUTPUT = Argument("-o", "bind the answer to this name", options={"dest": "output", "metavar": "NAME"})


@interaction("compare", OUTPUT, NO_LIVE, RAW, takes_rest=True, rest_is="PROMPT", takes_cell=True)
def compare(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw the answers while they come."""
    _check_output(words, console)
    # A text in quotes among the profiles is one of them to the parser.
    prompt, left = prompt_of(session, words, words.rest, console) if words.rest or words.cell else ("", ())
    if not prompt.strip():
        raise CommandError(
            "There is nothing to ask.",
            "Write -- before the prompt: " + command('compare A B -- "Why is the sky blue?"'),
        )
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
        raise interrupted("the answers are partial", comparison, "last_comparison", console)
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
        raise CommandError(
            "There is nothing to embed.", "Write the texts behind the profile, or into the cell, one a line."
        )
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
            raise CommandError("-o: a terminal has no names to bind.", "Redirect what is printed: --json > FILE")


def _bind(words: Words, answer: Result, console: Console) -> None:
    if words.output:
        console.bind(words.output, answer)


@interaction("usage")
def usage(session: Session, words: Words, console: Console, call: Call) -> Result:
    """A terminal has none."""
    if not console.has_kernel:
        raise CommandError(
            "A terminal has no kernel that could remember what was asked.", "Each answer says below it what it cost."
        )
    return call()  # type: ignore[no-any-return]


@interaction("rotate")
def rotate(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask for the new key without echo."""
    to = _to(words.to, console)
    planned = session.rotation(words.alias, field=words.field, to=to, all=words.all)
    if planned.fields and not console.can_ask:
        keys = " and ".join(each.key for each in planned.fields)
        raise CommandError(
            f"A new {keys} is needed, and cannot be asked for here.", "Give a reference: --to $Section:Key"
        )
    asked = [each.key for each in planned.fields]
    new: dict[str, str | Secret] = ask_settings(planned.fields, asked, console, of=planned.connection.alias)

    def which_model(reason: str) -> str:
        question = f"The test cannot tell whether the new key works ({reason}). Model to ask for one token: "
        return console.ask(question) if console.can_ask else ""

    return call(new=new, to=to, which_model=which_model)  # type: ignore[no-any-return]


def _to(given: list[str] | None, console: Console) -> str | dict[str, str] | None:
    """``REFERENCE`` or ``KEY=REFERENCE ...``. Raises `CommandError` for anything else: the line is saved."""
    if not given:
        return None
    named: dict[str, str] = {}
    for word in given:
        key, equals, text = word.partition("=") if not word.startswith("$") else ("", "", word)
        reference, _ = clean(text if equals else word)
        if not is_reference(reference):
            if console.in_shell and reference.startswith(":"):
                raise CommandError(
                    "--to: the shell has taken the reference apart ($ and a name is a variable to it).",
                    "Put it in single quotes: --to '$Section:Key'",
                )
            saved = "the shell's history" if console.in_shell else "the notebook and the history"
            raise CommandError(
                f"--to takes a reference; a key is not taken from the line, which is saved in {saved}.",
                "Write --to $Section:Key, or leave --to out to be asked for the key without echo.",
            )
        named[key] = reference
    if "" in named and len(given) > 1:
        raise CommandError(
            "--to takes one reference, or KEY=REFERENCE for each of several.", f"'{command('help rotate')}' shows how."
        )
    return named.get("", named)
