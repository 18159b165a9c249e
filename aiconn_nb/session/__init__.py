"""The services that every feature uses, the definition of a verb, and the results of verbs.

`Session` and `kernel_session` are in ``aiconn_nb.features.app``; they can still be imported from here, as in 0.1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiconn_nb.features.app import Session as Session
    from aiconn_nb.features.app import kernel_session as kernel_session

__all__ = ["Session", "kernel_session"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from aiconn_nb.features import app

    return getattr(app, name)
