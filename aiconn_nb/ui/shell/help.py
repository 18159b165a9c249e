"""The answers of ``help``: the commands, or one command with its arguments and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiconn_nb.session.results import Result, Rows
from aiconn_nb.ui.render import Card, Cell, Table, View, view_of

from .command import Command, Group


@dataclass(frozen=True, repr=False, eq=False)
class Overview(Rows[Command | Group]):
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
        notes=(Cell(f"{shown.prog} help {more} tells more.", "quiet"), *_options(shown)),
    )


SHELL_OPTIONS: Final[Mapping[str, str]] = {
    "COMMAND --json": "prints the result as JSON",
    "--version": "prints the release",
}
"""The options of the terminal's program itself, which ``ui/cli.py`` reads."""


def _options(shown: Overview) -> list[Cell]:
    if shown.group or shown.prog.startswith("%"):
        return []
    return [Cell(f"{shown.prog} {option} {does}.", "quiet") for option, does in SHELL_OPTIONS.items()]


@dataclass(frozen=True, repr=False)
class Help(Result):
    """One command, with its arguments and examples."""

    command: Command
    prog: str
    quoted: bool
    """Whether references in the examples have single quotes, as a shell needs them."""

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
