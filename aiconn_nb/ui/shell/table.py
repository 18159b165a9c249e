"""The command table, and the one way to run a line of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from aiconn_nb.errors import AiconnError, NoCell, NoCommand, NoSubcommand
from aiconn_nb.features.app import Session
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.hint import Face, face
from aiconn_nb.model.nearest import nearest
from aiconn_nb.session.noted_results import showing_notes
from aiconn_nb.session.results import Result, Rows
from aiconn_nb.ui.render import Card, Cell, Table, View, view_of

# Each of these modules registers what its commands do besides calling their verb.
from . import interactions  # noqa: F401
from .command import Argument, Command, Group, Words, split, split_prose
from .console import Console
from .derived import Commands


@dataclass(frozen=True)
class HelpLine:
    """A command and what it does."""

    name: str
    summary: str


@dataclass(frozen=True, repr=False, eq=False)
class Overview(Rows[HelpLine]):
    """All commands, or those of a group."""

    prog: str
    group: Group | None = None

    def data(self) -> Any:
        return [{"command": line.name, "does": line.summary} for line in self]


@view_of.register
def _(shown: Overview) -> View:
    group = shown.group
    more = f"{group.name} COMMAND" if group else "COMMAND"
    return Table(
        ("command", "does"),
        tuple((Cell(line.name, "code"), line.summary) for line in shown),
        title=f"{group.name}: {group.summary}" if group else "",
        notes=(Cell(f"{shown.prog} help {more} tells more.", "quiet"),),
    )


@dataclass(frozen=True, repr=False)
class Help(Result):
    """One command, with its arguments and examples."""

    command: Command
    prog: str
    quoted: bool
    """Whether references in the examples stand in single quotes, as a shell needs them."""

    def data(self) -> Any:
        return {"command": self.command.name, "does": self.command.summary, "examples": list(self.command.examples)}


@view_of.register
def _(shown: Help) -> View:
    command = shown.command
    examples = [_quoted(text) if shown.quoted else text for text in command.examples]
    return Card(
        f"{command.name}: {command.summary}",
        (
            ("usage", Cell(command.usage(shown.prog), "code")),
            *((arg.label, arg.help) for arg in command.args),
            *(("example", Cell(f"{shown.prog} {text}", "code")) for text in examples),
        ),
        (command.details,) if command.details else (),
    )


def _quoted(example: str) -> str:
    return " ".join(f"'{word}'" if "$" in word else word for word in example.split(" "))


def _help(session: Session, words: Words, console: Console) -> Result:
    prog = "aiconn" if console.in_shell else "%aiconn"
    if not words.command:
        return Overview([HelpLine(name, (GROUPS.get(name) or COMMANDS[name]).summary) for name in first_words()], prog)
    group = GROUPS.get(words.command[0])
    if group and len(words.command) == 1:
        return Overview([HelpLine(each.name, each.summary) for each in members(group)], prog, group)
    return Help(find(words.command, prog)[0], prog, console.in_shell)


COMMANDS: Final = Commands(
    Command(
        "help",
        "this list, or one command with examples",
        _help,
        (Argument("command", "a command", "command", {"nargs": "*"}),),
        ("help new", "help profile new"),
    ),
)
_SYNONYMS: Final = {
    **dict.fromkeys(("create", "add", "make"), "new"),
    **dict.fromkeys(("remove", "rm", "del"), "delete"),
    **dict.fromkeys(("ls", "connections"), "list"),
    **dict.fromkeys(("copy", "cp"), "duplicate"),
    **dict.fromkeys(("mv", "move"), "rename"),
    "restore": "undelete",
    "update": "edit",
}
"""The names of commands in other tools."""
_PLACE: Final = re.compile(r"\{[^\W\d]\w*\}")
"""What other magics fill in on a line, and ours do not."""
GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        Group("profile", "connections in order, a model and options, under one name", alone="list"),
        Group("secret", "the sealed user secrets: values for configuration keys, kept on this machine"),
    )
}


def first_words() -> list[str]:
    """The possible first words of a line, in the order of the table."""
    return list(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS))


def members(group: Group) -> list[Command]:
    """The commands of a group."""
    return [each for name, each in COMMANDS.items() if name.startswith(f"{group.name} ")]


def find(words: Sequence[str], prog: str) -> tuple[Command, Sequence[str]]:
    """The command at the start of a line, and the words after its name. Raises `CommandError`, naming the nearest."""
    first, rest = words[0], words[1:]
    group = GROUPS.get(first)
    if group is not None:
        return _of_group(group, rest, prog)
    if first not in COMMANDS:
        raise NoCommand(word=first, nearest=_meant(first, first_words()))
    return COMMANDS[first], rest


def _of_group(group: Group, words: Sequence[str], prog: str) -> tuple[Command, Sequence[str]]:
    known = [each.name.partition(" ")[2] for each in members(group)]
    if words and words[0] in known:
        return COMMANDS[f"{group.name} {words[0]}"], words[1:]
    # An option without a command before it belongs to the one that the word alone means.
    if group.alone and (not words or words[0].startswith("-")):
        return COMMANDS[f"{group.name} {group.alone}"], words
    word = words[0] if words else ""
    raise NoSubcommand(group=group.name, known=tuple(known), word=word, nearest=_meant(word, known) if word else None)


def _meant(word: str, known: Sequence[str]) -> str | None:
    """The nearest command, also for its names in other tools."""
    synonym = _SYNONYMS.get(word.lower())
    return synonym if synonym in known else nearest(word, known)


def read(line: str) -> list[str]:
    """A line's words, in the way of the command that it begins with. Raises `CommandError` for a quote that is not closed."""
    first = line.split(maxsplit=1)[:1]
    command = COMMANDS.get(first[0]) if first else None
    return split_prose(line) if command is not None and command.takes_cell else split(line)


def _in_python(command: Command, place: str) -> str:
    """How a name is given where a command fills none in."""
    name = "_".join(reversed(command.name.split(" "))).replace("new", "create")
    return f"aiconn_nb.{name}({place[1:-1]})" if hasattr(sys.modules.get("aiconn_nb"), name) else "its functions"


LONG: Final = 12
"""Letters of a word that may be a key."""


@partial(leaves_no_locals, in_debug=True)
def run(session: Session, words: Sequence[str], console: Console, cell: str | None = None) -> Result:
    """Run one command, with the cell below it if there is one. Raises only `AiconnError`."""
    shown = Face.TERMINAL if console.in_shell else Face.NOTEBOOK
    prog = shown.value
    with face(shown):
        # Before anything repeats a word. A command's own name is no key.
        _refuse_known_keys(session, words[1:] if words[0] in COMMANDS or words[0] in GROUPS else words)
        try:
            command, rest = find(words, prog)
        except AiconnError as error:
            session.mask_known_keys(error)
            raise
        if cell is not None and not command.takes_cell:
            raise NoCell(command=command.name)
        try:
            with showing_notes(_on_stderr) as shown_with:
                answer: Result = shown_with(command.run(session, command.parse(rest, prog, cell), console))
                return answer
        except AiconnError as error:
            session.mask_known_keys(error)
            place = next((word for word in rest if _PLACE.fullmatch(word) and word in error.texts()), "")
            if place and not console.in_shell:
                error.unfilled = place, _in_python(command, place)
            raise


def _on_stderr(note: str) -> None:
    sys.stderr.write(f"{note}\n")
    sys.stderr.flush()


def _refuse_known_keys(session: Session, words: Sequence[str]) -> None:
    """Raise `CommandError` for a line with a key in it that this machine knows: the line is saved. Most lines have no word that
    could be one, and cost nothing."""
    long = [word for word in words if len(word) >= LONG and not word.startswith("$") and "=$" not in word]
    known = {*session.aliases(), *session.profile_aliases()} if long else set()
    session.require_no_known_key(*(word for word in long if word.lower() not in known))
