"""Progress where the user sees it: in the output of a notebook or on a terminal's stderr, otherwise nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from .render import Card, as_text, clipped, width_of

if TYPE_CHECKING:
    from aiconn_nb.features.checks import Progress, Rung

_WIDTH: Final = 20
_EVERY: Final = 0.2


Line = Callable[["int | None"], str]
"""Makes a line with at most the given number of columns; None means no limit."""


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar during a ``with`` block, from the numbers of what is done and of all.

    It disappears after the block, but stays after an interrupt.
    """
    with progress_line(every=0) as draw:

        def tell(done: int, total: int) -> None:
            count = f"{done:,} of {total:,} {what if total != 1 else what.removesuffix('s')}"
            bar = f"{'█' * (_WIDTH * done // total):░<{_WIDTH}} {count}"
            draw(lambda width: bar if width is None or len(bar) <= width else count)

        yield tell


@contextmanager
def progress_line(every: float | None = None) -> Iterator[Callable[[Line], None]]:
    """Draw a line during a ``with`` block, once in ``every`` seconds, by default at most five times a second.

    It disappears after the block, but stays after an interrupt.
    """
    draw = _place()
    pause = _EVERY if every is None else every
    drawn = float("-inf")
    latest: Line | None = None

    def tell(line: Line) -> None:
        nonlocal drawn, latest
        latest = line
        if monotonic() - drawn >= pause:
            drawn = monotonic()
            draw(line)

    is_interrupted = False
    try:
        yield tell
    except KeyboardInterrupt:
        is_interrupted = True
        raise
    finally:
        if latest is not None:
            draw(latest if is_interrupted else None)
            if is_interrupted and draw is on_one_line and _is_on_terminal():
                print(file=sys.stderr, flush=True)  # noqa: T201


def tests_bar(total: int, show: Callable[[str, str, str], None]) -> Progress:
    """Return what tells the steps of several tests, which may run in threads.

    ``show`` draws the bar, the count and the step. At the end all three are empty.
    """
    lock = Lock()
    ended = set()

    def tell(alias: str, rung: Rung) -> None:
        with lock:
            if rung.state == "failed" or rung.name in ("models", "model"):
                ended.add(alias)
            done = len(ended)
            bar = f"{'█' * round(_WIDTH * done / total):░<{_WIDTH}}"
            show(*((bar, f"{done} of {total}", f"{alias}: {rung.title}") if done < total else ("", "", "")))

    return tell


def silent(alias: str, rung: Rung) -> None:
    """Ignore the progress of a test."""


def on_one_line(line: Line | None) -> None:
    """Replace the last line of the terminal on stderr, None by nothing. Elsewhere nothing is written."""
    if _is_on_terminal():
        # A line that reaches the last column wraps on some terminals, and only its last part would be replaced.
        width = (width_of(sys.stderr) or 80) - 1
        text = clipped(line(width), width) if line else ""
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)  # noqa: T201


def _is_on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _place() -> Callable[[Line | None], None]:
    """Return what draws a line where the user sees it; with None it draws nothing there."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return on_one_line
    if not updates_arrive(shell, surely=False):
        return lambda line: None
    output = Output()
    return lambda line: output.show_card(Card(line(None)) if line else None)


class Output:
    """One output of the cell that is being run, whose content can be replaced."""

    _handle: Any = None

    def show(self, bundle: dict[str, str]) -> None:
        """Replace the former content by this, by MIME type."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)

    def show_card(self, card: Card | None) -> None:
        """Show a card; None empties the output."""
        from .render.html import as_html

        self.show({"text/plain": as_text(card) if card else "", "text/html": as_html(card) if card else ""})


def request_type(shell: Any) -> str:
    """Return the type of the message that the kernel is answering: ``execute_request`` for a cell, ``comm_msg`` for a widget."""
    return str(_request(shell).get("header", {}).get("msg_type", ""))


def updates_arrive(shell: Any, *, surely: bool = True) -> bool:
    """Whether the front end updates an output of the cell that is being run.

    An Output widget, a callback, ``%%capture``, a cluster's engine and jupyter console keep the first output, or show each update
    as another one. A notebook's page identifies itself with each cell; with ``surely=False`` any other front end counts that is
    not known to drop updates.
    """
    kernel = getattr(shell, "kernel", None)
    if kernel is None or type(kernel).__module__.startswith("ipyparallel") or _is_captured(shell):
        return False
    request = _request(shell)
    if request.get("header", {}).get("msg_type") != "execute_request" or _in_output_widget(request):
        return False
    return not surely or bool(request.get("metadata", {}).get("cellId"))


def _request(shell: Any) -> dict[str, Any]:
    kernel = getattr(shell, "kernel", None)
    get_parent = getattr(kernel, "get_parent", None)
    return (get_parent() if get_parent is not None else None) or {}


def _is_captured(shell: Any) -> bool:
    from IPython.core.displaypub import CapturingDisplayPublisher

    return isinstance(shell.display_pub, CapturingDisplayPublisher)


def _in_output_widget(request: dict[str, Any]) -> bool:
    """Whether an Output widget captures the output. It has the id of the message whose outputs it captures."""
    module: Any = sys.modules.get("ipywidgets.widgets.widget")
    if module is None:
        return False
    widgets = module._instances if hasattr(module, "_instances") else module.Widget.widgets  # ipywidgets 8, else 7
    number = request.get("header", {}).get("msg_id")
    return any(
        type(each).__name__ == "Output" and getattr(each, "msg_id", "") == number for each in list(widgets.values())
    )
