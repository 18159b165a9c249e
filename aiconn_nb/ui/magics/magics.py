"""``%aiconn`` and ``%%aiconn``: pass the words to the command table and show the result.

Importing this module imports no other module of ours: the session, the store and the SDKs come with the first command.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from traitlets import Bool

if TYPE_CHECKING:
    from aiconn_nb.session.results import Result


@magics_class
class AiconnMagics(Magics):
    """The magics of one shell."""

    live = Bool(
        None,
        allow_none=True,
        config=True,
        help="Whether an answer is shown while it comes. None: where the front end can update an output.",
    )

    @no_var_expand  # otherwise IPython would replace $OpenAI by the repr of a variable with that name
    @line_cell_magic
    def aiconn(self, line: str, cell: str | None = None) -> Any:
        """Keep AI-provider connections: %aiconn help lists the commands, %aiconn alone opens the manager.

        As a cell magic, each line of the cell is one command; behind a command that takes a text (%%aiconn ask writer)
        the cell is that text.
        """
        if cell is None:
            return self._run("" if _is_comment(line) else line.strip())
        if line.strip():
            return self._run(line, cell)
        from IPython.display import display

        for each in cell.split("\n"):  # only a line feed ends a line of a notebook
            words = each.strip().removeprefix("%aiconn").strip()
            if words and not _is_comment(words):
                display(self._run(words))  # type: ignore[no-untyped-call]
        return None

    def _run(self, line: str, cell: str | None = None) -> Any:
        """Return the result of a line, or the widget that it is for; a terminal shows none."""
        if line in ("", "panel") and cell is None and getattr(self.shell, "kernel", None) is not None:
            return _widget(line)
        from aiconn_nb.errors import Interrupted

        try:
            from aiconn_nb.features.app import kernel_session
            from aiconn_nb.ui.shell.command import without_comment
            from aiconn_nb.ui.shell.table import read, run

            from .notebook_console import NotebookConsole

            if comment := line[len(without_comment(line)) :]:
                _require_no_key(comment)
            console = NotebookConsole(self.shell, self.live, _names_of_caller())
            try:
                answer = run(kernel_session(), read(line or "list"), console, cell)
            finally:
                console.leave()
            return _already_shown(answer) if console.has_shown else answer
        except KeyboardInterrupt:
            pass
        # Raised here, outside the handler, so that the error does not keep the frames of the interrupted call and the SDK.
        raise Interrupted(had_begun=False)


def _is_comment(line: str) -> bool:
    """Whether a whole line is a comment. One with the shape of a key is not: as a command, the line is refused."""
    if not line.lstrip().startswith("#"):
        return False
    from aiconn_nb.model.key_name import has_key

    _require_no_key(line.lstrip()[1:])
    return not has_key(line)


def _require_no_key(comment: str) -> None:
    """Raise `CommandError` for a comment with a key of this machine: it is saved with the line, but no command gets it."""
    from aiconn_nb.features.app import kernel_session
    from aiconn_nb.ui.shell.table import refuse_known_keys

    refuse_known_keys(kernel_session(), comment.split())


def _widget(line: str) -> Any:
    """Return the widget for ``panel``, or for the bare magic."""
    if line == "panel":
        from aiconn_nb.ui.widgets.panel import panel

        return panel()
    from aiconn_nb.ui.widgets.manager import manager

    return manager()


def _already_shown(answer: Result) -> Result:
    """Return the result for an output that has it already, as far as it was drawn there while it came."""
    from aiconn_nb.features.asking import Comparison, Reply

    from .live import Drawn, Streamed

    if isinstance(answer, Reply):
        return Streamed.of(answer)
    return Drawn.of(answer) if isinstance(answer, Comparison) else answer


def _names_of_caller() -> Mapping[str, Any]:
    """Return the local variables of the function that called the magic; none if a cell called it directly."""
    frame: FrameType | None = sys._getframe(1)
    # IPython 7 wraps its magics with the library `decorator`.
    between = ("aiconn_nb", "IPython", "decorator")
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in between:
        frame = frame.f_back
    return {} if frame is None or frame.f_locals is frame.f_globals else dict(frame.f_locals)
