"""Errors about where something is not possible: in a terminal, in a notebook, in a widget that is alone."""

from __future__ import annotations

from aiconn_nb.model.hint import command

from .base import AiconnError, Lines, reason
from .commands import CommandError


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
