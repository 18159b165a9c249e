"""The test command also draws a bar for several tests."""

from __future__ import annotations

from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction


@interaction("test")
def test(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Draw a bar for several tests."""
    total = len(session.connections()) if words.all else max(1, len({alias.lower() for alias in words.aliases}))
    return call(progress=console.progress(total))  # type: ignore[no-any-return]
