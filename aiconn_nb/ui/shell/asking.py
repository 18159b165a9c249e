"""What the command that asks does besides: read the prompt, fill it in, show the answer while it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError, AnswerCut, CommandError, Interrupted, NoTargetOnLine, ProfileNotFound
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import did_you_mean, nearest
from aiconn_nb.session.results import Result

from .command import Argument, Words, as_written
from .console import Console
from .derived import Call, interaction
from .filling import fill, left_as_is
from .using import python_name
from .whom import alias_named, is_text, known_aliases

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Reply

FORMATS = ("markdown", "text", "json", "code")
RAW = Argument("--raw", "fill in nothing: {name} stays as it is", options={"action": "store_true"})
NO_LIVE = Argument("--no-live", "show the answer once it is whole", options={"action": "store_true"})
PROFILE = Argument(
    "profile",
    "the profile, or a connection with --model; the default profile where none is named",
    "target",
    {"nargs": "?"},
)


def _whom(session: Session, words: Words, console: Console) -> tuple[str | None, list[str]]:
    """The profile, and the prompt's words; ``-`` alone is a prompt for the default profile, and so is a text in quotes."""
    is_alone = words.profile is not None and not words.text and not words.rest
    if is_alone and (words.profile == "-" or is_text(session, words, console)):
        return None, [words.profile]
    # Behind the profile -- says that all else is prompt; within the prompt it is a part of it.
    return words.profile, [*words.text, *(["--"] if words.text and words.rest else []), *words.rest]


def _check(session: Session, profile: str | None, model: str | None) -> None:
    """Raise before anything is read or sent. A name that is nobody's may be the first word of a question to the default profile."""
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


def prompt_of(session: Session, words: Words, text: list[str], console: Console) -> tuple[str, tuple[str, ...]]:
    """The prompt: the words of the line, then the cell; ``-`` alone is what comes in on stdin. Filled in from the notebook.

    And the places in it that were left as they are, though there is a notebook that may have had a name for them.
    """
    if console.in_shell and not text:
        raise CommandError(
            "There is nothing to ask.", "Write the question behind the profile, or - for what is piped in."
        )
    line = console.text_in() if text == ["-"] else as_written(text)
    prompt = "\n".join(part for part in (line, words.cell or "") if part.strip())
    if words.raw:
        return prompt, ()
    names = console.names()
    left = left_as_is(prompt, names) if console.has_kernel else ()
    filled = fill(prompt, names, session.key_in)
    if left and console.can_ask:
        places = ", ".join(left)
        if not console.confirm(f"There is no {places} in the notebook. Send the prompt with it as it is?"):
            raise CommandError(
                f"There is no {places} in the notebook; nothing was sent.",
                f"Set {left[0].strip('{}')} = ... first, or add --raw.",
            )
    return filled, left


def options_of(words: Words) -> dict[str, Any]:
    """What overrides the profile for one call."""
    return {
        "model": words.model,
        "system": words.system,
        "temperature": words.temperature,
        "max_tokens": words.max_tokens,
    }


def interrupted(what: str, partial: Result, verb: str, console: Console) -> Interrupted:
    """The error of a command that was stopped, with what came of the answer, and where a kernel has it still."""
    error = Interrupted(f"Interrupted: {what}.", f"aiconn_nb.{verb}() has what came." if console.has_kernel else "")
    error.partial = partial
    return error


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
    profile, text = _whom(session, words, console)
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
        problem = interrupted("the answer is partial", reply, "last_reply", console)
    elif problem is None and words.format == "json":
        try:
            value = reply.json()
        except AiconnError as error:
            problem = _no_json(error.what, reply, words.output, console)
    elif problem is None and words.format == "code":
        console.next_cell(reply.code())
    if words.output:
        console.bind(words.output, value)
    if problem is not None:
        raise problem
    return reply


def _check_words(words: Words, console: Console) -> None:
    """Raise for what is wrong with the line, before anything is read or sent."""
    if words.format not in FORMATS:
        near = did_you_mean(words.format, FORMATS)
        raise CommandError("There is no such --format.", near or f"There are: {', '.join(FORMATS)}.")
    if words.output:
        python_name(words.output, "-o")
        if not console.has_kernel:
            raise CommandError("-o: a terminal has no names to bind.", "Redirect what is printed: > FILE")


def _no_json(problem: str, reply: Reply, name: str | None, console: Console) -> AiconnError:
    """The error of an answer that came whole and is no JSON, and where it is: nobody should have to ask, and pay, again."""
    where = f"{name}.text" if name else "aiconn_nb.last_reply()"
    came = f"; {where} has what came." if console.has_kernel else "."
    error = AiconnError(problem, f"Ask for JSON and nothing else{came}")
    error.partial = reply
    return error
