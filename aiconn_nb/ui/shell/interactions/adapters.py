"""The snippet command also puts its lines into the next cell."""

from __future__ import annotations

from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result
from aiconn_nb.ui.shell.command import Words
from aiconn_nb.ui.shell.console import Console
from aiconn_nb.ui.shell.derived import Call, interaction


@interaction("snippet")
def snippet(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Put the lines into the next cell, if the interface has cells."""
    made = call()
    console.next_cell(made.code)
    return made  # type: ignore[no-any-return]
