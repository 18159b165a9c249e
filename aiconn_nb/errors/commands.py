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
            f"{self.shown_as}: {self._happened}.",
            f"aiconn_nb.{self.function}() has what came." if self.function else "",
        )

    @property
    def _happened(self) -> str:
        if not self.had_begun:
            return "the command was stopped before it had an answer"
        return "the answers are partial" if self.many else "the answer is partial"

    def _render_traceback_(self) -> list[str]:
        # Without the name in its line, which stands before it.
        return self._rendered(f"{self._happened}.")


# ---- words ------------------------------------------------------------------------------------------------------------


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


# ---- settings and keys on a line --------------------------------------------------------------------------------------


@reason
class NotASetting(CommandError):
    """A word behind ``--set`` without a ``=``."""

    known: tuple[str, ...]
    """The keys of the settings."""

    def lines(self) -> Lines:
        return "--set takes KEY=VALUE, and a word has no '='.", f"The keys are: {', '.join(self.known)}."


@reason
class ReferenceExpanded(CommandError):
    """The shell put a variable in the place of a reference."""

    where: str
    """The setting, or the option."""
    example: str
    """What to write in quotes: the option before them, and what is in them."""
    option: str

    def lines(self) -> Lines:
        return (
            f"{self.where}: the shell has taken the reference apart ($ and a name is a variable to it).",
            f"Put it in single quotes: {self.option} '{self.example}'",
        )


@reason
class KeyOnLine(CommandError):
    """A key in the place of a reference, on a line that is saved."""

    setting: str = ""
    """The setting; '' for the new key of a rotation."""
    reference: str = "$Section:Key"
    """What to write instead."""
    in_shell: bool = False

    def lines(self) -> Lines:
        saved = "the shell's history" if self.in_shell else "the notebook and the history"
        if not self.setting:
            return (
                f"--to takes a reference; a key is not taken from the line, which is saved in {saved}.",
                "Write --to $Section:Key, or leave --to out to be asked for the key without echo.",
            )
        quote, form = ("'", ".") if self.in_shell else ("", ", or use the form (%aiconn).")
        return (
            f"{self.setting} is a secret and is not taken from the line, which is saved in {saved}.",
            f"Write a reference (--set {quote}{self.setting}={self.reference}{quote}), or --prompt {self.setting}{form}",
        )


@reason
class KnownKeyGiven(CommandError):
    """A text holds a key that this machine knows."""

    whose: str
    """``the api_key of openai-dev``."""

    def lines(self) -> Lines:
        return (
            f"This holds {self.whose}; nothing was done or sent.",
            "Leave the key out. If it was saved with the notebook or a history, replace it.",
        )


@reason
class SettingsNeeded(CommandError):
    """Settings that would be asked for, where no one can be asked."""

    examples: tuple[tuple[str, str], ...]
    """Each setting with an example of its value."""
    are_references: bool = False

    def lines(self) -> Lines:
        one = len(self.examples) == 1
        give = "Give a reference" if self.are_references else "Give it" if one else "Give them"
        return (
            f"{' and '.join(key for key, _ in self.examples)} {'is' if one else 'are'} needed, "
            "and cannot be asked for here.",
            f"{give}: --set {' '.join(map('='.join, self.examples))}",
        )


@reason
class NewKeyNeeded(CommandError):
    """The new key of a rotation, where no one can be asked."""

    settings: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            f"A new {' and '.join(self.settings)} is needed, and cannot be asked for here.",
            "Give a reference: --to $Section:Key",
        )


@reason
class SecretNeeded(CommandError):
    """The value of a user secret, where no one can be asked."""

    key: str
    in_shell: bool = False

    def lines(self) -> Lines:
        pipe = f"Pipe it in, and say so with -: {command('secret set', self.key, '-')}"
        return (
            "secret set asks for the value without echo, which is not possible here.",
            pipe if self.in_shell else "Run it where input is possible; a value is never taken from the line.",
        )


@reason
class NothingAnswered(CommandError):
    """A question to the user had no answer."""

    says = "Nothing was entered, and nothing was changed.", "Run it again where you can answer."


@reason
class PipedNoText(CommandError):
    """What was piped in is no text."""

    says = "What was piped in is no text in UTF-8.", "Nothing was done. Write it as UTF-8, without NUL characters."


# ---- what was not confirmed -------------------------------------------------------------------------------------------


@reason
class DeletionNotConfirmed(CommandError):
    """What is to be deleted, where no one can be asked."""

    aliases: tuple[str, ...]

    def lines(self) -> Lines:
        were = "was" if len(self.aliases) == 1 else "were"
        return (
            f"{', '.join(self.aliases)} {were} not deleted: this cannot be confirmed here.",
            "Say --yes if it is meant.",
        )


@reason
class ImportNotConfirmed(CommandError):
    """What a bundle would change, where no one can be asked."""

    path: str

    def lines(self) -> Lines:
        return (
            f"{self.path} was not imported: this cannot be confirmed here.",
            "Look at it with --dry-run, and say --yes if it is meant.",
        )


# ---- where a command is not ------------------------------------------------------------------------------------------


@reason
class NoNamesHere(CommandError):
    """A terminal has no names that something could be bound to."""

    redirected: str = ""
    """What to write instead: ``--json > FILE``."""

    def lines(self) -> Lines:
        if not self.redirected:
            return "A terminal has no names to bind.", ""
        return "-o: a terminal has no names to bind.", f"Redirect what is printed: {self.redirected}"


@reason
class NoKernelForUse(CommandError):
    """A terminal cannot remember which connection is in use."""

    alias: str = "ALIAS"

    def lines(self) -> Lines:
        run = command("run", self.alias, "--", "COMMAND")
        return "A terminal has no kernel that could hold the connection in use.", f"Run one command with it: {run}"


@reason
class NoKernelForEnvironment(CommandError):
    """A terminal cannot remember which environment is current."""

    environment: str

    def lines(self) -> Lines:
        return (
            "A terminal has no kernel that could hold the environment.",
            f"Set it for one command: AICONN_ENVIRONMENT={self.environment} aiconn ...",
        )


@reason
class NoKernelForUsage(CommandError):
    """A terminal cannot remember what was asked."""

    says = (
        "A terminal has no kernel that could remember what was asked.",
        "Each answer says below it what it cost.",
    )


@reason
class RunInNotebook(CommandError):
    """``run`` is a command of the terminal."""

    alias: str

    def lines(self) -> Lines:
        use = command("use", self.alias, "--env")
        return "run is for the terminal.", f"In a notebook: '{use}', or with aiconn_nb.environ({self.alias!r})."


@reason
class NoInputForSecret(CommandError):
    """``secret set KEY -`` in a notebook."""

    says = "A notebook has no standard input.", "Leave - out to be asked for the value without echo."


@reason
class NoInputForPrompt(CommandError):
    """``ask -`` in a notebook."""

    says = "A notebook has no standard input.", "Write the prompt into the cell: %%aiconn ask PROFILE"


@reason
class ListAlone(CommandError):
    """A list that was opened without the form that it should open."""

    form: str
    """The class of the form."""
    alias: str = ""

    def lines(self) -> Lines:
        call = f"aiconn_nb.{self.form}({repr(self.alias) if self.alias else ''})"
        return "This list was opened without a form.", f"Run {call}."


@reason
class ProfilesAlone(CommandError):
    """A list of profiles that was opened without the connections."""

    says = "This list was opened without the connections.", "Run aiconn_nb.manager()."


@reason
class BadMessage(AiconnError):
    """The page of a widget sent what none of ours sends."""

    part: str

    def lines(self) -> Lines:
        return f"The page sent '{self.part}' as no form of ours does.", "Reload the page."


# ---- bundles ----------------------------------------------------------------------------------------------------------


@reason
class BadRename(CommandError):
    """The words behind ``--rename``."""

    says = "--rename takes OLD=NEW, each OLD once.", "For example: --rename gateway=gateway-2"


@reason
class NotInBundle(CommandError):
    """What is to be renamed is not in the bundle."""

    alias: str
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no '{self.alias[:100]}' in the bundle to be renamed.", meant(self.nearest)


@reason
class BadNewAlias(CommandError):
    """What is in the bundle cannot be renamed to this."""

    alias: str
    problem: str

    def lines(self) -> Lines:
        return f"The new alias of {self.alias} {self.problem}.", ""


@reason
class TwinsInBundle(CommandError):
    """Two of the bundle would have one alias."""

    says = "Two of the bundle would have one alias.", "Rename them to different ones."
