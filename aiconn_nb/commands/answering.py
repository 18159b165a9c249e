"""Commands on several answers and what they cost: compare, embed, usage, failover, rotate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.hint import command
from aiconn_nb.model.reference import clean, is_reference
from aiconn_nb.model.secret import Secret
from aiconn_nb.progress import progress
from aiconn_nb.session.session import Session

from .asking import MODEL, NO_LIVE, OPTIONS, RAW, interrupted, options_of, prompt_of
from .command import Arg, Command, Words
from .connections import ALIAS
from .console import Console
from .settings import ask_settings
from .using import python_name
from .whom import is_text

if TYPE_CHECKING:
    from aiconn_nb.session.asking.comparing import Comparison

OUTPUT = Arg("-o", "bind the answer to this name", options={"dest": "output", "metavar": "NAME"})


def _compare(session: Session, words: Words, console: Console) -> Answer:
    _check_output(words, console)
    # A text in quotes among the profiles is one of them to the parser.
    prompt, left = prompt_of(words, words.rest, console) if words.rest or words.cell else ("", ())
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
        comparison = session.compare(prompt, *words.profile, on_change=draw, **options_of(words))
    except KeyboardInterrupt:
        if session.last_comparison is before or session.last_comparison is None:
            raise
        comparison, stopped = session.last_comparison, True
    comparison.left = left
    drawing.end(comparison)
    _bind(words, comparison, console)
    if stopped:
        raise interrupted("the answers are partial", comparison, "last_comparison", console)
    return comparison


def _embed(session: Session, words: Words, console: Console) -> Answer:
    _check_output(words, console)
    is_unnamed = is_text(session, words, console)
    profile, before = (None, [words.profile]) if is_unnamed else (words.profile, [])
    texts = [*before, *map(str, words.text), *(line for line in (words.cell or "").splitlines() if line.strip())]
    if not texts:
        raise CommandError(
            "There is nothing to embed.", "Write the texts behind the profile, or into the cell, one a line."
        )
    with progress("texts") as on_batch:
        embedded = session.embed(
            texts, profile=profile, model=words.model, dimensions=words.dimensions, on_batch=on_batch
        )
    _bind(words, embedded, console)
    return embedded


def _check_output(words: Words, console: Console) -> None:
    if words.output:
        python_name(words.output, "-o")
        if not console.has_kernel:
            raise CommandError("-o: a terminal has no names to bind.", "Redirect what is printed: --json > FILE")


def _bind(words: Words, answer: Answer, console: Console) -> None:
    if words.output:
        console.bind(words.output, answer)


def _usage(session: Session, words: Words, console: Console) -> Answer:
    if not console.has_kernel:
        raise CommandError(
            "A terminal has no kernel that could remember what was asked.", "Each answer says below it what it cost."
        )
    return session.usage()


def _failover(session: Session, words: Words, console: Console) -> Answer:
    return session.failover(words.profile, model=words.model, live=words.live)


def _rotate(session: Session, words: Words, console: Console) -> Answer:
    to = _to(words.to, console)
    planned = session.rotation(words.alias, field=words.field, to=to, all=words.all)
    if planned.fields and not console.can_ask:
        keys = " and ".join(each.key for each in planned.fields)
        raise CommandError(
            f"A new {keys} is needed, and nobody is here to be asked for it.", "Give a reference: --to $Section:Key"
        )
    asked = [each.key for each in planned.fields]
    new: dict[str, str | Secret] = ask_settings(planned.fields, asked, console, of=planned.connection.alias)

    def which_model(reason: str) -> str:
        question = f"The test cannot tell whether the new key works ({reason}). Model to ask for one token: "
        return console.ask(question) if console.can_ask else ""

    return session.rotate(
        words.alias, new, to=to, field=words.field, model=words.model, which_model=which_model, all=words.all
    )


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


COMMANDS: tuple[Command, ...] = (
    Command(
        "compare",
        "ask several profiles the same at once, side by side; the prompt is the cell, or stands behind --",
        _compare,
        (
            Arg("profile", "the profiles, or connections with --model", "target", {"nargs": "+"}),
            *OPTIONS,
            OUTPUT,
            NO_LIVE,
            RAW,
        ),
        ('compare writer claude-writer -- "Why is the sky blue?"',),
        takes_rest=True,
        rest_is="PROMPT",
        takes_cell=True,
    ),
    Command(
        "embed",
        "texts as vectors, in their order; in a cell each line is a text",
        _embed,
        (
            Arg(
                "profile",
                "the profile, or a connection with --model; the default profile where none is named",
                "target",
                {"nargs": "?"},
            ),
            Arg("text", "the texts, each in quotes", options={"nargs": "*"}),
            MODEL,
            Arg("--dimensions", "numbers per vector, for this call", options={"metavar": "N"}),
            OUTPUT,
        ),
        ('embed vectors "a cat" "a dog" -o pets', 'embed "a cat" "a dog"'),
        takes_cell=True,
    ),
    Command(
        "usage", "what was asked in this kernel: calls answered and failed, tokens and time", _usage, (), ("usage",)
    ),
    Command(
        "failover",
        "rehearse it: who would answer now, and who once each is switched off in turn",
        _failover,
        (
            Arg("profile", "the profile; the default profile where none is named", "target", {"nargs": "?"}),
            MODEL,
            Arg(
                "--live",
                "ask each for one token, or one vector, instead of believing",
                options={"action": "store_true"},
            ),
        ),
        ("failover writer", "failover writer --live"),
    ),
    Command(
        "rotate",
        "replace a key: the new one is asked for without echo, tested, and only then takes the old one's place",
        _rotate,
        (
            ALIAS,
            Arg("--field", "which key, where there are several", "key", {"metavar": "KEY"}),
            Arg(
                "--to",
                "a reference instead of a key; KEY=REFERENCE for several that belong together",
                "reference",
                {"nargs": "+", "action": "extend", "metavar": "REFERENCE"},
            ),
            Arg("--model", "also ask this model for one token", "model"),
            Arg("--all", "keep a new user secret for all environments", options={"action": "store_true"}),
        ),
        ("rotate openai-dev", "rotate openai-dev --to $OpenAI:NewKey"),
    ),
)
