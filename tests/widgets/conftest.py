"""A page without a browser: what a widget sends is caught at its comm, what a page would send is handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, get_type_hints

import pytest

from aiconn_nb.ui.widgets import protocol
from aiconn_nb.ui.widgets.base_form import BaseForm
from aiconn_nb.ui.widgets.base_widget import BaseWidget
from aiconn_nb.ui.widgets.needs import Needs
from aiconn_nb.ui.widgets.status_bar import StatusBar


def _publish(pages: list[Page], msg_type: str, data: Any = None, **_: Any) -> None:
    """Hand a message to all pages. It is one object for all: a manager with many forms and pages has long ones."""
    message = json.loads(json.dumps({"type": msg_type, "data": data or {}}))
    for page in pages:
        page.sent.append(message)


class Page:
    """A page that shows a widget: `ask` sends an intent and answers what came back, `sent` is everything that left the kernel."""

    def __init__(self, widget: BaseWidget, name: str = "p1") -> None:
        self.widget = widget
        self.name = name
        self.sent: list[dict[str, Any]] = []
        self.comm = widget.comm if widget.host is None else widget.host.comm  # a part speaks through its host
        assert self.comm is not None
        if not hasattr(self.comm, "heard_by"):
            self.comm.heard_by = []
            self.comm.publish_msg = partial(_publish, self.comm.heard_by)
        self.comm.heard_by.append(self)

    def ask(self, intent: str, /, **data: Any) -> list[dict[str, Any]]:
        """Send an intent; what the widget said to it, without the last "done"."""
        before = len(self.sent)
        message = {**data, "intent": intent, "page": self.name, "seq": before}
        if self.widget.part:
            message["part"] = self.widget.part
        self.comm.handle_msg(
            {"content": {"data": {"method": "custom", "content": json.loads(json.dumps(message))}}, "buffers": []}
        )
        told = [each for each in self.told(before) if each["kind"] != "done"]
        assert [line for each in told for line in undeclared(self.widget, each)] == []
        return told

    def told(self, since: int = 0) -> list[dict[str, Any]]:
        """The custom messages that left the kernel."""
        told = [each["data"]["content"] for each in self.sent[since:] if each["data"].get("method") == "custom"]
        return [each for each in told if each.get("part", "") == self.widget.part]

    def set_state(self, **state: Any) -> None:
        """What a page would send to change the widget's state."""
        self.comm.handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})

    @property
    def everything(self) -> str:
        """All that left the kernel and all that a notebook would save, as text."""
        return json.dumps([self.sent, self.widget.get_state()])


ENVELOPE = ("kind", "page", "seq", "turn", "part")


def undeclared(widget: BaseWidget, message: dict[str, Any]) -> list[str]:
    """Where a message is not what `protocol` declares."""
    messages: Any = protocol.FormMessages if isinstance(widget, BaseForm) else protocol.ListMessages
    if isinstance(widget, StatusBar):
        messages = protocol.BarMessages
    if isinstance(widget, Needs):
        messages = protocol.NeedsMessages
    kind = get_type_hints(messages).get(message["kind"])
    if kind is None:
        return [f"{message['kind']}: is not declared"]
    optional = {name for name in ENVELOPE if name not in get_type_hints(kind)}
    content = {key: value for key, value in message.items() if key not in optional}
    return list(protocol.problems(content, kind, message["kind"]))


@pytest.fixture
def page_of() -> Callable[..., Page]:
    """A page on a widget."""
    return Page
