"""Progress where the user sees it: in the output of a notebook or on a terminal's stderr, otherwise nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from .render import Card, as_text

_WIDTH: Final = 20
_EVERY: Final = 0.2


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for a ``with`` block: it draws how many of how many are done, and disappears after the block."""
    draw = _in_notebook() or _on_terminal()
    drawn = False

    def tell(done: int, total: int) -> None:
        nonlocal drawn
        drawn = True
        draw(f"{'█' * (_WIDTH * done // total):░<{_WIDTH}} {done:,} of {total:,} {what}")

    try:
        yield tell
    finally:
        if drawn:
            draw("")


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """A line for a ``with`` block: it is redrawn at most five times a second, and disappears after the block."""
    draw = _in_notebook() or _on_terminal()
    last = float("-inf")

    def tell(line: str) -> None:
        nonlocal last
        if monotonic() - last >= _EVERY:
            last = monotonic()
            draw(line)

    try:
        yield tell
    finally:
        if last > float("-inf"):
            draw("")


def _in_notebook() -> Callable[[str], None] | None:
    """Draws into one output of the cell that is being run; None where there is no kernel."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return None
    if not updates_arrive(shell, surely=False):
        return lambda line: None
    from IPython.display import display

    from .render.html import as_html

    handle: Any = None

    def draw(line: str) -> None:
        nonlocal handle
        card = Card(line)
        bundle = {"text/plain": as_text(card) if line else "", "text/html": as_html(card) if line else ""}
        if handle is None:
            handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            handle.update(bundle, raw=True)

    return draw


def _on_terminal() -> Callable[[str], None]:
    def draw(line: str) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201

    return draw


def request_type(shell: Any) -> str:
    """The kind of message that the kernel is answering: ``execute_request`` for a cell, ``comm_msg`` for a widget's callback."""
    return str(_request(shell).get("header", {}).get("msg_type", ""))


def updates_arrive(shell: Any, *, surely: bool = True) -> bool:
    """Whether an output of the cell that is being run can be updated where it is shown.

    An Output widget, a callback, ``%%capture``, a cluster's engine and jupyter console keep the first thing that is shown, or show
    each update once more. A notebook's page says with each cell which one it is; with ``surely=False`` any other front end that is
    not known to drop updates will do.
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
    """Whether an Output widget takes what is shown. It has the number of the message whose outputs it takes."""
    widgets = sys.modules.get("ipywidgets.widgets.widget")
    number = request.get("header", {}).get("msg_id")
    return any(
        type(each).__name__ == "Output" and getattr(each, "msg_id", "") == number
        for each in list(getattr(widgets, "_instances", {}).values())
    )
