"""The questions of lists and forms, as panels."""

from __future__ import annotations

from .protocol import Answer, Panel

GO_ON: Answer = {"text": "Go on editing"}


def discarding(title: str, lost: str, yes: Answer) -> Panel:
    """Return the question before typed text is lost."""
    return {"id": "ask", "title": title, "help": [[lost]], "answers": [{**yes, "kind": "danger"}, GO_ON]}
