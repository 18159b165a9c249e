"""The services of a user interface for a command: asking, binding a name, showing progress."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from aiconn_nb import errors
from aiconn_nb.model.secret import Secret

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Reply
    from aiconn_nb.features.checks import Progress
    from aiconn_nb.session.results import Result


class Live(Protocol):
    """The output of an answer while it arrives."""

    def add(self, text: str) -> None:
        """Show the next piece."""
        ...

    def end(self, reply: Reply, *, fails: bool = False) -> None:
        """Show the complete answer, or the part that arrived, with the connection that answered and the cost.

        ``fails``: whether the command fails with it. Then a terminal prints it beside the results.
        """
        ...


class Drawing(Protocol):
    """An output that is redrawn while its content grows."""

    def draw(self, answer: Result, length: int) -> None:
        """Draw the current content, which has so many characters of text."""
        ...

    def end(self, answer: Result) -> None:
        """Draw the final content."""
        ...


class NoDrawing:
    """Draws nothing: the answer is printed once it is complete."""

    def draw(self, answer: Result, length: int) -> None:
        """See `Drawing`."""

    def end(self, answer: Result) -> None:
        """See `Drawing`."""


class Console(Protocol):
    """The user interface of a command."""

    in_shell: bool
    """Whether the words came through a shell, which expands ``$`` before we see it."""
    has_kernel: bool
    """Whether there is a kernel that can hold a current connection and bind names."""

    is_process: bool
    """Whether this process serves only one command, so another program may replace it."""

    @property
    def can_ask(self) -> bool:
        """Whether a user is there to answer."""
        ...

    def secret(self, prompt: str) -> Secret:
        """Ask without echo."""
        ...

    def ask(self, prompt: str) -> str:
        """Ask for a value that may be visible while it is typed, and afterwards."""
        ...

    def confirm(self, question: str) -> bool:
        """Ask for yes or no; no is the default."""
        ...

    def bind(self, name: str, value: Any) -> None:
        """Give a value a name in the user's namespace."""
        ...

    def progress(self, total: int) -> Progress:
        """Return a progress bar over this many tests."""
        ...

    def names(self) -> Mapping[str, Any]:
        """Return the variables of the notebook, which fill in a prompt."""
        ...

    def text_in(self) -> str:
        """Return the text on stdin."""
        ...

    def live(self, format: str, streams: bool = True) -> Live:
        """Return the output for an answer that arrives in pieces, as ``markdown``, ``text``, ``json`` or ``code``.

        With ``streams=False``, and if the interface cannot replace its output, the answer is shown once it is complete.
        """
        ...

    def drawing(self, streams: bool = True) -> Drawing:
        """Return the output for an answer that is redrawn; ``streams`` as for `live`."""
        ...

    def next_cell(self, code: str) -> None:
        """Put code into a new cell below, unrun."""
        ...


def python_name(name: str, behind: str) -> str:
    """Check a name to bind. Raises `CommandError`, which says after which word the name was expected."""
    if keyword.iskeyword(name):
        raise errors.NotAName(behind=behind, keyword=name)
    if not name.isidentifier():
        raise errors.NotAName(behind=behind, is_file="." in name)
    return name
