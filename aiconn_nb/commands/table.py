"""The command table, and the one way to run a line of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiconn_nb.display import Answer, Card, Cell, Rows, Table, View
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.secret import redact
from aiconn_nb.session.session import Session

from . import answering, asking, configuration, connections, history, profiles, scanning, sharing, using
from .command import Arg, Command, Words
from .console import Console


@dataclass(frozen=True)
class HelpLine:
    """A command and what it does."""

    name: str
    summary: str


class Overview(Rows[HelpLine]):
    """All commands."""

    def __init__(self, items: Sequence[HelpLine], prog: str) -> None:
        super().__init__(items)
        self.prog = prog

    def view(self) -> View:
        return Table(
            ("command", "does"),
            tuple((Cell(line.name, "code"), line.summary) for line in self),
            notes=(Cell(f"{self.prog} help COMMAND tells more.", "quiet"),),
        )

    def data(self) -> Any:
        return [{"command": line.name, "does": line.summary} for line in self]


@dataclass(frozen=True, repr=False)
class Help(Answer):
    """One command, with its arguments and examples."""

    command: Command
    prog: str
    quoted: bool
    """Whether references in the examples stand in single quotes, as a shell needs them."""

    def view(self) -> View:
        examples = [f"{self.prog} {self._example(text)}" for text in self.command.examples]
        return Card(
            f"{self.command.name}: {self.command.summary}",
            (
                ("usage", Cell(self.command.usage(self.prog), "code")),
                *((arg.name, arg.help) for arg in self.command.args),
                *(("example", Cell(text, "code")) for text in examples),
            ),
        )

    def _example(self, text: str) -> str:
        if not self.quoted:
            return text
        return " ".join(f"'{word}'" if "$" in word else word for word in text.split(" "))

    def data(self) -> Any:
        return {"command": self.command.name, "does": self.command.summary, "examples": list(self.command.examples)}


def _help(session: Session, words: Words, console: Console) -> Answer:
    prog = "aiconn" if console.in_shell else "%aiconn"
    if words.command is None:
        return Overview([HelpLine(each.name, each.summary) for each in COMMANDS.values()], prog)
    return Help(find(words.command, prog), prog, console.in_shell)


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        *connections.COMMANDS,
        *using.COMMANDS,
        *history.COMMANDS,
        *configuration.COMMANDS,
        *profiles.COMMANDS,
        *asking.COMMANDS,
        *answering.COMMANDS,
        *sharing.COMMANDS,
        *scanning.COMMANDS,
        Command(
            "help",
            "this list, or one command with examples",
            _help,
            (Arg("command", "a command", "command", {"nargs": "?"}),),
            ("help new",),
        ),
    )
}


def find(name: str, prog: str) -> Command:
    """The command of this name. Raises `CommandError`, naming the nearest."""
    if name not in COMMANDS:
        raise CommandError(
            f"There is no command '{redact(name)}'.", did_you_mean(name, COMMANDS) or f"'{prog} help' lists them."
        )
    return COMMANDS[name]


def run(session: Session, words: Sequence[str], console: Console) -> Answer:
    """Run one command. Raises `AiconnError` only."""
    prog = "aiconn" if console.in_shell else "%aiconn"
    command = find(words[0], prog)
    return command.run(session, command.parse(words[1:], prog), console)
