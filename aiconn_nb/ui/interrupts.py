"""Ctrl-C during a prompt over a dataset: how far it came, and what the user gets of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError, Interrupted, RowsInterrupted

if TYPE_CHECKING:
    from aiconn_nb.features.batch import Mapped


def interrupted(mapped: Mapped | None, *, left: str = "", are_vectors: bool = False) -> Interrupted:
    """The error of an interrupted command. ``mapped`` is its result so far, None if it had not begun; ``left`` is what it did not
    make."""
    if mapped is None:
        return Interrupted(had_begun=False)
    progress = mapped.progress
    error = RowsInterrupted(
        done=progress.done - progress.errors,
        total=progress.total,
        is_kept=bool(mapped.journal),
        left=left,
        are_vectors=are_vectors,
        has_table=progress.done > progress.errors and mapped.table is not None and is_in_ipython(),
    )
    error.partial = mapped
    return error


class ShortInterrupt(KeyboardInterrupt):
    """An interrupt that IPython shows in two lines instead of a long traceback. It stops "Run all" as any other."""

    def __init__(self, error: AiconnError) -> None:
        super().__init__(str(error))
        self._lines = error.what, error.hint

    def _render_traceback_(self) -> list[str]:
        what, hint = self._lines
        return [f"\x1b[31m{type(self).__name__}\x1b[39m: {what}", *filter(None, [hint])]


ShortInterrupt.__name__ = KeyboardInterrupt.__name__  # the name that a notebook shows


def is_in_ipython() -> bool:
    """Whether IPython shows the errors of this process. Elsewhere Python ends with the status of an interrupt only for its own
    class."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None
