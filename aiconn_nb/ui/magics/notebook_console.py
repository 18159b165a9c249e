"""The notebook as a console: the kernel's prompts, the user's namespace, a progress bar in the output."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.errors import NoInputForPrompt, NothingAnswered
from aiconn_nb.model.secret import Secret
from aiconn_nb.ui.progress import Output, request_type, silent, tests_bar, updates_arrive
from aiconn_nb.ui.render import Card, Cell
from aiconn_nb.ui.shell.console import NoDrawing

if TYPE_CHECKING:
    from aiconn_nb.features.checks import Progress
    from aiconn_nb.ui.shell.console import Drawing, Live

_SWITCHED: Final = {
    **dict.fromkeys(("1", "on", "true", "yes"), True),
    **dict.fromkeys(("0", "off", "false", "no"), False),
}


def _typed(ask: Callable[[str], str], prompt: str) -> str:
    """Return what the user typed. Raises `NothingAnswered`."""
    with suppress(Exception):  # a front end that cannot ask: each kernel has an error of its own for that
        return ask(prompt)
    raise NothingAnswered


class NotebookConsole:
    """See `aiconn_nb.ui.shell.console.Console`."""

    in_shell = False
    has_kernel = True
    is_process = False

    def __init__(
        self, shell: InteractiveShell | None, live: bool | None = None, local: Mapping[str, Any] | None = None
    ) -> None:
        self._shell = shell
        self._live = live
        self._local = local or {}
        self.has_shown = False
        """Whether the output already shows the answer."""

    @property
    def can_ask(self) -> bool:
        kernel = getattr(self._shell, "kernel", None)
        if kernel is not None:
            # The front end's flag in the request that is being run; nbclient and papermill send False. In a callback, such as
            # a button's, it is the flag of the last cell. JupyterLite's kernel and xeus-python do not keep it: they can ask.
            return request_type(self._shell) == "execute_request" and bool(getattr(kernel, "_allow_stdin", True))
        return sys.stdin is not None and sys.stdin.isatty()

    def secret(self, prompt: str) -> Secret:
        # Accessed through its module: the kernel replaces getpass there while a cell runs.
        return Secret(_typed(getpass.getpass, prompt))

    def ask(self, prompt: str) -> str:
        return _typed(input, prompt)

    def confirm(self, question: str) -> bool:
        return self.ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def bind(self, name: str, value: Any) -> None:
        if self._shell is not None:
            self._shell.push({name: value})  # type: ignore[no-untyped-call]

    def names(self) -> Mapping[str, Any]:
        if self._shell is None:
            return self._local
        # Names from IPython (In, Out, exit and so on) are left out, unless the user has reassigned them.
        hidden = self._shell.user_ns_hidden
        names = self._shell.user_ns.items()
        shown = {name: value for name, value in names if name not in hidden or hidden[name] is not value}
        return {**shown, **self._local}

    def leave(self) -> None:
        """Forget a function's local variables: the command is over, and a client that it bound now belongs to the notebook."""
        self._local = {}

    def text_in(self) -> str:
        raise NoInputForPrompt

    def live(self, format: str, streams: bool = True) -> Live:
        from .live import LiveOutput, LiveText

        self.has_shown = True
        if getattr(self._shell, "kernel", None) is None:
            return LiveText(streams)
        return LiveOutput(format, streams=streams and self._streams())

    def drawing(self, streams: bool = True) -> Drawing:
        if getattr(self._shell, "kernel", None) is None:
            return NoDrawing()  # IPython in a terminal shows it once it is complete
        from .live import Drawing as Place

        self.has_shown = True
        return Place(streams=streams and self._streams())

    def _streams(self) -> bool:
        """Whether an answer is shown while it arrives: the user's setting, or whether the output can be updated."""
        if self._live is not None:
            return self._live
        named = os.environ.get("AICONN_LIVE", "").strip().lower()
        if named in _SWITCHED:
            return _SWITCHED[named]
        return updates_arrive(self._shell)

    def next_cell(self, code: str) -> None:
        if self._shell is not None:
            self._shell.set_next_input(code)

    def progress(self, total: int) -> Progress:
        if total == 1 or not updates_arrive(self._shell, surely=False):
            return silent
        output = Output()
        output.show_card(None)  # here, because a test's thread may have no cell

        def show(bar: str, count: str, step: str) -> None:
            output.show_card(Card(f"{bar} {count}", (), (Cell(step, "quiet"),)) if bar else None)

        return tests_bar(total, show)
