"""An answer while it comes: one output that updates itself, so that the notebook does not grow by it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from IPython.core.getipython import get_ipython
from IPython.display import display

from aiconn_nb.display import Answer, plain, printable
from aiconn_nb.model.errors import AiconnError
from aiconn_nb.session.asking.comparing import Comparison
from aiconn_nb.session.asking.harmless import harmless
from aiconn_nb.session.asking.reply import Reply

EVERY: Final = 0.05
"""Seconds between two updates: as often as an eye can use it, and not for every token."""


class LiveOutput:
    """See `aiconn_nb.commands.console.Live`. ``clock`` gives seconds that never go back."""

    def __init__(self, format: str, clock: Callable[[], float] = monotonic) -> None:
        self._format = format
        self._clock = clock
        self._text = ""
        self._shown = float("-inf")
        self._handle: Any = None

    def add(self, text: str) -> None:
        """The next piece; what comes too soon after an update is shown with the next one."""
        self._text += text
        moment = self._clock()
        if moment - self._shown >= EVERY:
            self._shown = moment
            self._show(self._bundle(self._text))

    def end(self, reply: Reply) -> None:
        """The answer as it will be saved, with its footer."""
        if self._format == "json" and not reply.partial:
            try:
                pretty = json.dumps(reply.json(), indent=2, ensure_ascii=False)
            except AiconnError:
                pretty = ""
            self._show(_fenced(pretty, reply) if pretty else reply.bundle(markdown=False))
        else:
            self._show(reply.bundle(markdown=self._format != "text"))

    def _bundle(self, text: str) -> dict[str, str]:
        bundle = {"text/plain": printable(text)}
        return {**bundle, "text/markdown": harmless(text)} if self._format in ("markdown", "code") else bundle

    def _show(self, bundle: dict[str, str]) -> None:
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)


def _fenced(pretty: str, reply: Reply) -> dict[str, str]:
    """JSON, indented, as code."""
    whole = reply.bundle()
    footer = whole["text/markdown"].rpartition("\n\n")[2]
    fence = "`" * 3
    while fence in pretty:
        fence += "`"
    return {"text/plain": pretty, "text/markdown": f"{fence}json\n{pretty}\n{fence}\n\n{footer}"}


class LiveText:
    """The same in a terminal's IPython, which has no output that could be changed."""

    def add(self, text: str) -> None:
        """The next piece."""
        sys.stdout.write(printable(text))
        sys.stdout.flush()

    def end(self, reply: Reply) -> None:
        """Who answered, and what it cost."""
        sys.stdout.write(f"\n\n{plain(reply.footer)}\n")


class Streamed(Reply):
    """A reply that stands in the output of its cell already: as the result of that cell it is not shown once more."""

    __slots__ = ("_cell",)
    _cell: object

    def _ipython_display_(self) -> None:
        # A copy, or one that was pickled, has no cell: it stands in no output yet.
        if _this_cell() != getattr(self, "_cell", ""):
            display(self.bundle(), raw=True)  # type: ignore[no-untyped-call]

    @classmethod
    def of(cls, reply: Reply) -> Streamed:
        """The same reply, shown in the cell that is being run."""
        made = cls(**{name: getattr(reply, name) for name in Reply.__slots__})
        object.__setattr__(made, "_cell", _this_cell())
        return made


class Drawing:
    """One output that shows an answer again and again, while it becomes what it will be."""

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, answer: Answer) -> None:
        """Show it in the place of what was shown before."""
        bundle = answer._repr_mimebundle_()
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)


class Drawn(Comparison):
    """A comparison that stands in the output of its cell already; see `Streamed`."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison, comparison.prompt)
        self.left = comparison.left
        self._cell = _this_cell()

    def _ipython_display_(self) -> None:
        if _this_cell() != self._cell:
            display(self._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]


def _this_cell() -> object:
    """The number of the cell that is being run."""
    return getattr(get_ipython(), "execution_count", None)
