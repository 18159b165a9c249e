"""Errors about a command line: it cannot be understood, or a prompt cannot be shown or confirmed."""

from __future__ import annotations

from functools import partial

from aiconn_nb.model.hint import binding, command, option, switching
from aiconn_nb.model.nearest import meant

from .base import AiconnError, CommandError, Lines


def _switches() -> str:
    """Return the advice for ``--env`` on a command that does not take it."""
    return f"'{switching('NAME')}' switches the environment."


SHOWN = 40
"""The number of characters of a word that an error repeats: the word may be a key."""


class CommandNotRun(CommandError):
    """The command after ``run ALIAS --`` was not found or may not be run; ``status`` is a shell's exit status for that."""

    command: str
    problem: str
    status: int = 126

    says = "{command} could not be run: {problem}.", "Check the command after --."


class Interrupted(AiconnError):
    """The user stopped a command while it was asking. In Python this stays a ``KeyboardInterrupt``."""

    many: bool = False
    """Whether the command asked for several answers."""
    function: str = ""
    """The function that returns the partial answers, if a kernel holds them."""
    had_begun: bool = True
    """Whether a part of an answer had arrived."""

    def lines(self) -> Lines:
        return (
            f"Interrupted: {self._happened}.",
            f"aiconn_nb.{self.function}() has the part that arrived." if self.function else "",
        )

    @property
    def _happened(self) -> str:
        if not self.had_begun:
            return "the command was stopped before it had an answer"
        return "the answers are partial" if self.many else "the answer is partial"

    def _render_traceback_(self) -> list[str]:
        # The caller puts the name before these lines.
        return self._rendered(f"{self._happened}.")

    def shown_for(self, error: BaseException) -> None:
        """Have IPython show these lines in place of the traceback of ``error``, which stays what it is."""
        lines = [f"\x1b[31m{type(error).__name__}\x1b[39m: {self.what}", *filter(None, [self.hint])]
        error._render_traceback_ = partial(list, lines)  # type: ignore[attr-defined]  # not a closure: errors are pickled


class NoCommand(CommandError, is_reason=True):
    """No command has this name."""

    word: str
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no command '{self.word}'.", meant(self.nearest) or f"'{command('help')}' lists them."


class NoSubcommand(CommandError, is_reason=True):
    """A command group has no command of this name."""

    group: str
    known: tuple[str, ...]
    word: str
    nearest: str | None = None

    def lines(self) -> Lines:
        what = f"{self.group} has no command '{self.word[:SHOWN]}'."
        return what, meant(self.nearest) or f"It has: {', '.join(self.known)}."


class NoOption(CommandError, is_reason=True):
    """A command has no option of this name, or takes no more words. The error does not repeat such a word."""

    command: str
    option: str = ""
    """'' if the word is not an option."""
    nearest: str | None = None
    advice: str = ""
    """The command's own advice about words that it does not take."""
    before_text: bool = False
    """Whether the word may belong to the text after ``--``."""
    example: str = ""
    """An example line with a command after ``--``."""

    def lines(self) -> Lines:
        what = f"has no option {self.option}" if self.option else "has more words than it takes"
        return f"{self.command} {what}.", meant(self.nearest) or self._instead()

    def _instead(self) -> str:
        if self.option == "--env":
            return _switches()
        if self.before_text:
            return "If it belongs to the text, write -- before the text."
        if self.example:
            return f"Write -- before the command: {command(self.example)}"
        return self.advice or f"'{command(f'help {self.command}')}' shows what it takes."


class BadWords(CommandError, is_reason=True):
    """The words of a command cannot be parsed, or one is missing."""

    command: str
    problem: str
    usage: str
    option: str = ""
    """The option with a value that it does not take."""

    def lines(self) -> Lines:
        usage = f"Usage: {self.usage}"
        return f"{self.command}: {self.problem}.", f"{_switches()} {usage}" if self.option == "--env" else usage


class OpenQuote(CommandError, is_reason=True):
    """A quotation mark is not closed."""

    says = "A quotation mark is not closed.", "Close it, or leave it out."


class NoCell(CommandError, is_reason=True):
    """The command takes no cell body."""

    command: str

    says = "{command} takes no cell.", "Write it as a line (%aiconn ...), or %%aiconn alone above several lines."


class WrongType(CommandError, is_reason=True):
    """An argument of a function has the wrong type."""

    function: str
    argument: str
    wanted: str
    found: str
    owner: str = "aiconn_nb.Session"
    """What has the function."""

    says = (
        "{function}: {argument} must be {wanted}, not {found}.",
        "help({owner}.{function}) shows what it takes.",
    )


class WrongCall(CommandError, is_reason=True):
    """A function is called with an argument that it does not have, or without one that it needs."""

    function: str
    problem: str
    """What Python says of it."""
    takes: str
    """The names of its arguments."""
    unknown: str = ""
    """The argument that it does not have."""
    nearest: str | None = None
    belongs_in: str = ""
    """The argument that is a dictionary of what has other names."""
    owner: str = "aiconn_nb.Session"
    """What has the function."""

    def lines(self) -> Lines:
        dictionary = f"{self.belongs_in}={{'{self.unknown}': ...}}" if self.belongs_in else ""
        instead = meant(self.nearest) or (f"Perhaps {dictionary} is meant." if dictionary else "")
        takes = f"It takes {self.takes}; help({self.owner}.{self.function}) explains them."
        return f"{self.function}: {self.problem}.", f"{instead} {takes}".strip()


class NoCapability(CommandError, is_reason=True):
    """No capability has this name."""

    capability: str
    known: tuple[str, ...]
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no capability '{self.capability}'.", meant(
            self.nearest
        ) or f"There are: {', '.join(self.known)}."


class NotAVersion(CommandError, is_reason=True):
    """A version is not a number."""

    alias: str
    prefix: str = ""
    """``profile `` for the version of a profile."""

    def lines(self) -> Lines:
        history = command(f"{self.prefix}history", self.alias)
        return "A version is a whole number.", f"'{history}' shows them."


class NothingToChange(CommandError, is_reason=True):
    """A command that changes something was given no change."""

    command: str
    options: str
    """The options that name a change."""

    says = "{command}: nothing to change was named.", "Use {options}."


class NoProvider(CommandError, is_reason=True):
    """A new connection needs a provider."""

    providers: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            "new: no provider was named.",
            f"Add --provider with one of {', '.join(self.providers)}; '{command('providers')}' shows what each asks for.",
        )


class NoneWithProfile(CommandError, is_reason=True):
    """``profile default --none`` with a profile."""

    says = "profile default: --none takes no profile.", "It takes --capability chat or embedding."


class OneOrAll(CommandError, is_reason=True):
    """Both an environment and all environments were given."""

    def lines(self) -> Lines:
        one, every = option("--env", "environment"), option("--all", "all")
        return "A secret is for one environment or for all of them.", f"Leave {one} or {every} out."


class BadUse(CommandError, is_reason=True):
    """The words after ``use`` are wrong."""

    exports: bool = False
    """Whether ``--env`` was given with a word that is neither the connection nor the name to bind."""
    environment: str = ""
    """That word, if it is an environment."""
    none: bool = False
    """Whether ``--none`` was given with something else."""

    def lines(self) -> Lines:
        if self.none:
            return "use: --none takes nothing else: it stops using a connection.", "Leave the rest out, or --none."
        if self.exports:
            switch = switching(self.environment or "NAME")
            return (
                "use: --env takes no name: it exports the connection's variables.",
                f"'{switch}' switches the environment; then repeat the line without the name.",
            )
        return "use takes an alias, or ALIAS as NAME.", f"For example: {binding('openai-dev', 'client')}"


class NotAName(CommandError, is_reason=True):
    """The name to bind is not a valid Python name."""

    behind: str
    """The word before the name: ``as``, ``-o``."""
    is_file: bool = False
    """Whether it looks like the name of a file."""
    keyword: str = ""
    """The name, if Python reserves it."""

    def lines(self) -> Lines:
        example = "For example: client, answer, rows_2"
        if self.is_file:
            example = "In a notebook the result gets a name, such as answers; write the file from that."
        if self.keyword:
            return f"'{self.keyword}' after '{self.behind}' is a Python keyword, so it cannot be a name.", example
        return f"The name after '{self.behind}' is not a valid Python name.", example


class NothingToRun(CommandError, is_reason=True):
    """``run`` has no command."""

    alias: str

    def lines(self) -> Lines:
        example = command("run", self.alias, "--", "python", "train.py")
        return "run: no command was named.", f"For example: {example}"
