"""An answer while it arrives: one output that is updated, so the notebook does not grow."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import monotonic
from typing import Final

from IPython.core.getipython import get_ipython
from IPython.display import display

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.asking import Comparison, Reply
from aiconn_nb.session.results import Result
from aiconn_nb.ui.progress import Output
from aiconn_nb.ui.render import Said, bundle_of, plain, printable, printable_piece, text_of
from aiconn_nb.ui.render.html import as_html

EVERY: Final = 0.05
"""Seconds between two updates: fast enough to read along, but not one per token."""
A_SECOND: Final = 200_000
"""Characters per second that a page draws without delay."""
GROWTH: Final = 1 / 12
"""The growth of a text, as a fraction, before it is redrawn. Each update is the whole text, so all updates together are about
13 times as long as the answer, however long that is."""


class Pace:
    """Decides when to redraw a growing text. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._drawn = float("-inf")
        self._length = 0

    def is_due(self, length: int) -> bool:
        """Whether to redraw at this number of characters. If so, the next interval starts now."""
        moment = self._clock()
        if moment - self._drawn < EVERY + length / A_SECOND or length < self._length * (1 + GROWTH):
            return False
        self._drawn, self._length = moment, length
        return True


class LiveOutput:
    """See `aiconn_nb.ui.shell.console.Live`. With ``streams=False`` it shows the answer once it is complete."""

    def __init__(self, format: str, *, streams: bool = True, clock: Callable[[], float] = monotonic) -> None:
        self._format = format
        self._streams = streams
        self._texts: list[str] = []
        self._length = 0
        self._pace = Pace(clock)
        self._output = Output()

    def add(self, text: str) -> None:
        """Add the next piece. A piece that comes soon after an update is shown with the next one."""
        if not self._streams:
            return
        self._texts.append(text)
        self._length += len(text)
        if self._pace.is_due(self._length):
            self._output.show(self._bundle("".join(self._texts)))

    def end(self, reply: Reply, *, fails: bool = False) -> None:
        """Show the answer with its footer, as it will be saved."""
        self._output.show(self._whole(reply))

    def _whole(self, reply: Reply) -> dict[str, str]:
        if self._format != "json":
            return {"text/plain": text_of(reply)} if self._format == "text" else bundle_of(reply)
        if not reply.partial:
            try:
                pretty = json.dumps(reply.json(), indent=2, ensure_ascii=False)
            except AiconnError:
                pretty = ""
            if pretty:
                return {"text/plain": pretty, "text/html": as_html(Said(pretty, reply.footer, "code"))}
        return {"text/plain": text_of(reply)}

    def _bundle(self, text: str) -> dict[str, str]:
        if self._format in ("markdown", "code"):
            # Only the final output has plain text: a front end that shows plain text shows no updates.
            return {"text/plain": "…", "text/html": as_html(Said(text))}
        return {"text/plain": printable(text)}


class LiveText:
    """Prints an answer while it arrives, for IPython in a terminal, whose output cannot be changed."""

    def __init__(self, streams: bool = True) -> None:
        self._streams = streams

    def add(self, text: str) -> None:
        """Print the next piece."""
        if self._streams:
            sys.stdout.write(printable_piece(text))
            sys.stdout.flush()

    def end(self, reply: Reply, *, fails: bool = False) -> None:
        """Print who answered and the cost."""
        if not self._streams:
            sys.stdout.write(printable(reply.text))
        sys.stdout.write(f"\n\n{plain(reply.footer)}\n")


class Streamed(Reply):
    """A reply that the output of its cell already shows. As the result of that cell it is not shown again."""

    __slots__ = ("_cell",)
    _cell: object

    def _ipython_display_(self) -> None:
        # A copied or unpickled reply has no cell: no output shows it yet.
        if _this_cell() != getattr(self, "_cell", ""):
            display(bundle_of(self), raw=True)  # type: ignore[no-untyped-call]

    @classmethod
    def of(cls, reply: Reply) -> Streamed:
        """Return the same reply, as already shown by the cell that is being run."""
        made = cls(**{name: getattr(reply, name) for name in Reply.__slots__})
        object.__setattr__(made, "_cell", _this_cell())
        return made


class Drawing:
    """See `aiconn_nb.ui.shell.console.Drawing`. With ``streams=False`` it shows the answer once it is complete."""

    def __init__(self, *, streams: bool = True, clock: Callable[[], float] = monotonic) -> None:
        self._streams = streams
        self._pace = Pace(clock)
        self._output = Output()

    def draw(self, answer: Result, length: int) -> None:
        """Replace the former output, unless that is too soon."""
        if self._streams and self._pace.is_due(length):
            self._output.show(bundle_of(answer))

    def end(self, answer: Result) -> None:
        """Show it as it will be saved."""
        self._output.show(bundle_of(answer))


class Drawn(Comparison):
    """A comparison that the output of its cell already shows; see `Streamed`."""

    _cell: object = ""

    def _ipython_display_(self) -> None:
        if _this_cell() != self._cell:
            display(bundle_of(self), raw=True)  # type: ignore[no-untyped-call]

    @classmethod
    def of(cls, comparison: Comparison) -> Drawn:
        """Return the same comparison, as already shown by the cell that is being run."""
        made = cls(comparison, comparison.prompt, comparison.left)
        object.__setattr__(made, "_cell", _this_cell())
        return made


def _this_cell() -> object:
    """Return the number of the cell that is being run."""
    return getattr(get_ipython(), "execution_count", None)
