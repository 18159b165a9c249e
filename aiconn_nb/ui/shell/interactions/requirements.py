"""The require command also fails a notebook that runs unattended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction

if TYPE_CHECKING:
    from aiconn_nb.features.requirements import Requirements


@interaction("require")
def require(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the needs; a notebook that a program runs stops if one is not met."""
    found: Requirements = call()
    if not found.ok and console.has_kernel and not console.can_ask:
        found.raise_if_unmet()
    return found
