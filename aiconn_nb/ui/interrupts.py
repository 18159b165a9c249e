"""Ctrl-C during a call: how far it came, and what the user gets of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import Interrupted, RowsInterrupted

if TYPE_CHECKING:
    from aiconn_nb.features.app import Session
    from aiconn_nb.features.batch import Mapped


def interrupted(mapped: Mapped | None, *, left: str = "", are_vectors: bool = False) -> Interrupted:
    """Return the error of an interrupted command.

    ``mapped`` is its result so far, None if it had not begun; ``left`` names what it did not make.
    """
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


_KEPT: Final = {
    "map": "last_map",
    "amap": "last_map",
    "embed": "last_embedding",
    "aembed": "last_embedding",
    "compare": "last_comparison",
    "acompare": "last_comparison",
    "ask": "last_reply",
    "aask": "last_reply",
}
"""The attribute of a session with the part of a result that had arrived, by the verb."""


@contextmanager
def interrupted_shortly(session: Session, verb: str) -> Iterator[None]:
    """Have IPython show an interrupt of the block in two lines, not in a traceback of dozens. It stops "Run all" as any other."""
    kept = _KEPT.get(verb, "")
    before = getattr(session, kept, None)
    try:
        yield
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) or type(error) is _cancelled():
            so_far = getattr(session, kept, None)
            _interrupted(kept, so_far if so_far is not before else None).shown_for(error)
        raise


def _interrupted(kept: str, so_far: Any) -> Interrupted:
    if kept in ("last_map", "last_embedding"):
        return interrupted(so_far, are_vectors=kept == "last_embedding")
    return (
        Interrupted(had_begun=False) if so_far is None else Interrupted(many=kept == "last_comparison", function=kept)
    )


def _cancelled() -> type[BaseException] | None:
    """The error with which a kernel interrupts what is awaited; None if nothing can be."""
    asyncio = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio.CancelledError


def is_in_ipython() -> bool:
    """Whether IPython shows the errors of this process. Elsewhere Python ends with the status of an interrupt only for its own
    class."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None
