"""A page without a browser: it catches what a widget sends at its comm, and hands in what a page would send."""

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
from tests.widgets.declared import problems


def _publish(pages: list[Page], msg_type: str, data: Any = None, **_: Any) -> None:
    """Hand a message to all pages. They share one object, because the messages of a manager with many forms and pages are long."""
    message = json.loads(json.dumps({"type": msg_type, "data": data or {}}))
    for page in pages:
        page.sent.append(message)


class Page:
    """A page that shows a widget. `ask` sends an intent and returns the answers, and `sent` holds everything that left the
    kernel."""

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
        """Send an intent, and return what the widget sent to this page without what is only announced, and the last "done"."""
        before = len(self.sent)
        message = {**data, "intent": intent, "page": self.name, "seq": before}
        if self.widget.part:
            message["part"] = self.widget.part
        self.comm.handle_msg(
            {"content": {"data": {"method": "custom", "content": json.loads(json.dumps(message))}}, "buffers": []}
        )
        told = [each for each in self.told(before) if each["kind"] not in ("said", "done")]
        assert [line for each in told for line in undeclared(self.widget, each)] == []
        return told

    def told(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the custom messages that left the kernel for this widget."""
        told = [each["data"]["content"] for each in self.sent[since:] if each["data"].get("method") == "custom"]
        return [each for each in told if each.get("part", "") == self.widget.part]

    def set_state(self, **state: Any) -> None:
        """Send what a page would send to change the widget's state."""
        self.comm.handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})

    @property
    def everything(self) -> str:
        """Return as text everything that left the kernel and that a notebook would save."""
        return json.dumps([self.sent, self.widget.get_state()])


ENVELOPE = ("kind", "page", "seq", "turn", "part", "said")


def undeclared(widget: BaseWidget, message: dict[str, Any]) -> list[str]:
    """Return the places in which a message differs from what `protocol` declares."""
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
    return list(problems(content, kind, message["kind"]))


@pytest.fixture
def page_of() -> Callable[..., Page]:
    """Return the class of a page that shows a widget."""
    return Page
