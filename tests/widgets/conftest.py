"""A page without a browser: what a widget sends is caught at its comm, what a page would send is handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb.widgets.face import Face


class Page:
    """A page that shows a widget: `ask` sends an intent and answers what came back, `sent` is everything that left the kernel."""

    def __init__(self, widget: Face, name: str = "p1") -> None:
        self.widget = widget
        self.name = name
        self.sent: list[dict[str, Any]] = []
        assert widget.comm is not None
        widget.comm.publish_msg = self._publish

    def _publish(self, msg_type: str, data: Any = None, **keys: Any) -> None:
        self.sent.append(json.loads(json.dumps({"type": msg_type, "data": data or {}})))

    def ask(self, intent: str, /, **data: Any) -> list[dict[str, Any]]:
        """Send an intent; what the widget said to it, without the last "done"."""
        before = len(self.sent)
        message = {**data, "intent": intent, "page": self.name, "seq": before}
        self.widget.comm.handle_msg(
            {"content": {"data": {"method": "custom", "content": json.loads(json.dumps(message))}}, "buffers": []}
        )
        told = self.told(before)
        return [each for each in told if each["kind"] != "done"]

    def told(self, since: int = 0) -> list[dict[str, Any]]:
        """The custom messages that left the kernel."""
        return [each["data"]["content"] for each in self.sent[since:] if each["data"].get("method") == "custom"]

    def set_state(self, **state: Any) -> None:
        """What a page would send to change the widget's state."""
        self.widget.comm.handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})

    @property
    def everything(self) -> str:
        """All that left the kernel and all that a notebook would save, as text."""
        return json.dumps([self.sent, self.widget.get_state()])


@pytest.fixture
def page_of() -> Callable[..., Page]:
    """A page on a widget."""
    return Page
