"""How far something has come, where somebody sees it: in the output of a notebook, on a terminal's stderr, else nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from .display import Card, as_html, as_text

_WIDTH: Final = 20


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for a ``with`` block: told how many are done of how many, it draws that, and is gone behind the block."""
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


def _in_notebook() -> Callable[[str], None] | None:
    """Draws into one output of the cell that is being run; None where there is no kernel."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return None
    from IPython.display import display

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
