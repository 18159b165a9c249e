"""What the usage command does besides calling its verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.errors import NoKernelForUsage
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction

if TYPE_CHECKING:
    pass


@interaction("usage")
def usage(session: Session, words: Words, console: Console, call: Call) -> Result:
    """A terminal has none."""
    if not console.has_kernel:
        raise NoKernelForUsage
    return call()  # type: ignore[no-any-return]
