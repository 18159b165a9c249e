"""Errors about an operation that is impossible here: in a terminal, in a notebook, in a widget without its manager."""

from __future__ import annotations

from aiconn_nb.model.hint import command

from .base import AiconnError, CommandError, Lines


class NoNamesHere(CommandError, is_reason=True):
    """A terminal has no names to bind a value to."""

    redirected: str = ""
    """What to type instead: ``--json > FILE``."""

    def lines(self) -> Lines:
        if not self.redirected:
            return "A terminal has no names to bind.", ""
        return "-o: a terminal has no names to bind.", f"Redirect what is printed: {self.redirected}"


class NoKernelForUse(CommandError, is_reason=True):
    """A terminal cannot remember which connection is in use."""

    alias: str = "ALIAS"

    def lines(self) -> Lines:
        run = command("run", self.alias, "--", "COMMAND")
        return "A terminal has no kernel that could hold the connection in use.", f"Run one command with it: {run}"


class NoKernelForEnvironment(CommandError, is_reason=True):
    """A terminal cannot remember which environment is current."""

    environment: str

    says = (
        "A terminal has no kernel that could hold the environment.",
        "Set it for one command: AICONN_ENVIRONMENT={environment} aiconn ...",
    )


class NoThreadsForMap(CommandError, is_reason=True):
    """Python in a browser has no threads, which `map` needs to ask about many rows at once."""

    says = (
        "map needs threads, which Python in a browser does not have.",
        "Ask about each row in a loop: aiconn_nb.ask(...).",
    )


class NoAsyncioLoop(CommandError, is_reason=True):
    """An asynchronous form was awaited in the loop of another framework, such as trio."""

    says = (
        "The asynchronous forms need an event loop of asyncio, and none is running here.",
        "In trio, call the other form in a thread: await trio.to_thread.run_sync(lambda: aiconn_nb.ask(...)).",
    )


class NoLoopInBackground(AiconnError, is_reason=True):
    """The event loop for requests does not start: a library such as gevent has replaced Python's threads."""

    says = (
        "The background event loop did not start: a library such as gevent has replaced Python's threads.",
        "Restart the kernel, and use that library in another process.",
    )


class RunInNotebook(CommandError, is_reason=True):
    """``run`` is only for the terminal."""

    alias: str

    def lines(self) -> Lines:
        use = command("use", self.alias, "--env")
        return "run is for the terminal.", f"In a notebook: '{use}', or with aiconn_nb.environ({self.alias!r})."


class NoInputForSecret(CommandError, is_reason=True):
    """``secret set KEY -`` was run in a notebook."""

    says = "A notebook has no standard input.", "Leave - out to be asked for the value without echo."


class NoInputForPrompt(CommandError, is_reason=True):
    """``ask -`` was run in a notebook."""

    says = "A notebook has no standard input.", "Write the prompt into the cell: %%aiconn ask PROFILE"


class ListAlone(CommandError, is_reason=True):
    """A list was opened without the form that it opens."""

    form: str
    """The class of the form."""
    alias: str = ""

    def lines(self) -> Lines:
        call = f"aiconn_nb.{self.form}({repr(self.alias) if self.alias else ''})"
        return "This list was opened without a form.", f"Run {call}."


class ProfilesAlone(CommandError, is_reason=True):
    """A list of profiles was opened without the connections."""

    says = "This list was opened without the connections.", "Run aiconn_nb.manager()."


class NotASession(CommandError, is_reason=True):
    """The session given to a widget is something else, such as an alias."""

    found: str
    """Its type."""

    says = (
        "A widget works on a session, not on {found}.",
        "Leave it out for the kernel's own. A form takes an alias: aiconn_nb.ConnectionForm('openai-dev')",
    )


class BadMessage(AiconnError, is_reason=True):
    """The page of a widget sent a message that our code never sends."""

    part: str

    says = "The page sent an invalid '{part}'.", "Reload the page."


class Unexpected(AiconnError, is_reason=True):
    """Our code failed at what a page asked for. The error names the class of the exception only: its text may quote a value."""

    kind: str

    says = "Internal error: {kind}.", "Please report it."
