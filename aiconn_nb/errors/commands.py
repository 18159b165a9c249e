"""Errors about a command line: what cannot be understood, asked or confirmed."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines, fields, reason

SHOWN = 40
"""Characters of a word that are repeated: it may be a key."""


class CommandError(AiconnError):
    """A command line, or a call, that cannot be understood: an unknown command or option, a missing argument."""


@fields
class CommandNotRun(CommandError):
    """The command behind ``run ALIAS --`` is not there, or may not be run; ``status`` is what a shell says then."""

    command: str
    problem: str
    status: int = 126

    def lines(self) -> Lines:
        return f"{self.command} could not be run: {self.problem}.", "Check the command behind --."


@fields
class Interrupted(AiconnError):
    """The user stopped a command while it was asking. In Python it is a ``KeyboardInterrupt``, as always."""

    many: bool = False
    """Whether several answers were asked for."""
    function: str = ""
    """The function that has what came of them, where there is a kernel that has it."""
    had_begun: bool = True
    """Whether anything of an answer had come."""

    def lines(self) -> Lines:
        return (
            f"Interrupted: {self._happened}.",
            f"aiconn_nb.{self.function}() has what came." if self.function else "",
        )

    @property
    def _happened(self) -> str:
        if not self.had_begun:
            return "the command was stopped before it had an answer"
        return "the answers are partial" if self.many else "the answer is partial"

    def _render_traceback_(self) -> list[str]:
        # Without the name in its line, which precedes it.
        return self._rendered(f"{self._happened}.")


@reason
class NoCommand(CommandError):
    """There is no command of this name."""

    word: str
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no command '{self.word}'.", meant(self.nearest) or f"'{command('help')}' lists them."


@reason
class NoSubcommand(CommandError):
    """A group of commands has none of this name, or none was named."""

    group: str
    known: tuple[str, ...]
    word: str = ""
    nearest: str | None = None

    def lines(self) -> Lines:
        what = f"{self.group} has no command '{self.word[:SHOWN]}'." if self.word else f"{self.group} needs a command."
        return what, meant(self.nearest) or f"It has: {', '.join(self.known)}."


@reason
class NoOption(CommandError):
    """A command has no option of this name, or takes no further word; such a word is not repeated."""

    command: str
    option: str = ""
    """'' for a word that is no option."""
    nearest: str | None = None
    advice: str = ""
    """What the command says of words that it does not take."""
    before_text: bool = False
    """Whether it may belong to the text behind ``--``."""
    example: str = ""
    """A line with a command behind ``--``."""

    def lines(self) -> Lines:
        what = f"has no option {self.option}" if self.option else "has more words than it takes"
        return f"{self.command} {what}.", meant(self.nearest) or self._instead()

    def _instead(self) -> str:
        if self.before_text:
            return "If it belongs to the text, write -- before the text."
        if self.example:
            return f"Write -- before the command: {command(self.example)}"
        return self.advice or f"'{command(f'help {self.command}')}' shows what it takes."


@reason
class BadWords(CommandError):
    """The words of a command cannot be read, or one is missing."""

    command: str
    problem: str
    usage: str

    def lines(self) -> Lines:
        return f"{self.command}: {self.problem}.", f"Usage: {self.usage}"


@reason
class OpenQuote(CommandError):
    """A quotation mark is not closed."""

    says = "A quotation mark is not closed.", "Close it, or leave it out."


@reason
class NoCell(CommandError):
    """The command takes no cell below it."""

    command: str

    def lines(self) -> Lines:
        return (
            f"{self.command} takes no cell.",
            "Write it as a line (%aiconn ...), or %%aiconn alone above several lines.",
        )


@reason
class WrongType(CommandError):
    """An argument of a function is not of its type."""

    function: str
    argument: str
    wanted: str
    found: str

    def lines(self) -> Lines:
        return (
            f"{self.function}: {self.argument} must be {self.wanted}, and is {self.found}.",
            f"help(aiconn_nb.{self.function}) shows what it takes.",
        )


@reason
class NoCapability(CommandError):
    """There is no capability of this name."""

    capability: str
    known: tuple[str, ...]
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no capability '{self.capability}'.", meant(
            self.nearest
        ) or f"There are: {', '.join(self.known)}."


@reason
class NotAVersion(CommandError):
    """A version is a number."""

    alias: str
    prefix: str = ""
    """``profile `` for one of a profile."""

    def lines(self) -> Lines:
        history = command(f"{self.prefix}history", self.alias)
        return "A version is a whole number.", f"'{history}' shows them."


@reason
class NothingToChange(CommandError):
    """A command that changes something was told of no change."""

    command: str
    options: str
    """Those that name a change."""

    def lines(self) -> Lines:
        return f"{self.command}: nothing to change was named.", f"Use {self.options}."


@reason
class NoProvider(CommandError):
    """A new connection needs a provider."""

    providers: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            "new: no provider was named.",
            f"Say --provider with one of {', '.join(self.providers)}; '{command('providers')}' shows what each asks for.",
        )


@reason
class NoneWithProfile(CommandError):
    """``profile default --none`` with a profile."""

    says = "profile default: --none takes no profile.", "It takes --capability chat or embedding."


@reason
class OneOrAll(CommandError):
    """Both an environment and all of them."""

    says = "A secret is for one environment or for all of them.", "Leave --env or --all out."


@reason
class BadUse(CommandError):
    """The words behind ``use``."""

    def lines(self) -> Lines:
        return "use takes an alias, or ALIAS as NAME.", f"For example: {command('use openai-dev as client')}"


@reason
class NotAName(CommandError):
    """What something is to be bound to cannot be a name in Python."""

    behind: str
    """The word before it: ``as``, ``-o``."""

    def lines(self) -> Lines:
        return f"The name behind '{self.behind}' cannot be a Python name.", "For example: client, answer, rows_2"


@reason
class NothingToRun(CommandError):
    """``run`` without a command."""

    alias: str

    def lines(self) -> Lines:
        example = command("run", self.alias, "--", "python", "train.py")
        return "run: no command was named.", f"For example: {example}"
