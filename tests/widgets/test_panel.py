"""On the kernel's side, the panel has one front end per kernel, docked widgets and commands."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest

from aiconn_nb import Session
from aiconn_nb.ui.widgets import front_end
from aiconn_nb.ui.widgets.manager import ConnectionManager
from aiconn_nb.ui.widgets.panel import Panel, panel


class Sent(list[tuple[str, Any]]):
    """The messages that a front end received, in order."""

    def of(self, front: front_end.FrontEnd) -> Sent:
        """Listen to a front end, which takes the role of JupyterLab, and return this list."""

        def send(content: dict[str, Any]) -> None:
            self.append((content["func"], content["payload"].get("id")))

        commands = SimpleNamespace(
            _execute_callbacks={},
            send=send,
            comm=object(),
            execute=lambda command, args: self.append(("execute", args["id"])),
            remove_command=lambda command: self.append(("removeCommand", command)),
        )
        front._app = SimpleNamespace(shell=SimpleNamespace(send=send, comm=object()), commands=commands, comm=object())
        front._know(True)
        front._timer.cancel()
        return self

    @property
    def names(self) -> list[str]:
        """Return the names of the messages."""
        return [name for name, _ in self]


@pytest.fixture
def front(shell: Any) -> front_end.FrontEnd:
    """Return the front end of the test's kernel."""
    found = front_end.front_end()
    assert found is not None
    return found


def test_a_kernel_has_one_front_end(front: front_end.FrontEnd) -> None:
    """Another session has the same front end, and nothing waits for its first answer again."""
    assert front_end.front_end() is front
    front._timer.cancel()


def test_closed_widgets_are_replaced(front: front_end.FrontEnd, session: Session) -> None:
    """`Widget.close_all()` in a cell closes the front end and the panel, and the next cell that asks gets new ones."""
    front._timer.cancel()
    first = panel(session)
    assert panel(session) is first
    ipywidgets.Widget.close_all()
    again = front_end.front_end()
    assert again is not None
    assert again is not front
    assert panel(session) is not first
    again._timer.cancel()


def test_a_panel_that_was_closed_with_all_widgets_follows_no_cells(
    shell: Any, front: front_end.FrontEnd, session: Session
) -> None:
    """It was kept by IPython, and read the store after each cell."""
    Sent().of(front)
    shown = panel(session)
    shown._dock(front)
    before = len(shell.events.callbacks["post_run_cell"])
    ipywidgets.Widget.close_all()
    shell.run_cell("1")
    assert shown._cell_ran not in shell.events.callbacks["post_run_cell"]
    assert len(shell.events.callbacks["post_run_cell"]) < before


def test_without_a_kernel_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of pages has no kernel: the user gets the line, and nothing waits."""
    monkeypatch.setattr(front_end, "get_ipython", lambda: None)
    assert front_end.front_end() is None


@pytest.mark.parametrize("broken", ["ipylab", "ipylab.commands"])
def test_without_a_working_ipylab_there_is_none(shell: Any, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """ipylab is an optional package and may not fit the installed ipywidgets."""
    monkeypatch.setattr(front_end, "_KNOWN", {})
    monkeypatch.setitem(sys.modules, broken, None)
    assert front_end.front_end() is None


def test_panels_of_two_sessions_are_docked_side_by_side(front: front_end.FrontEnd, session: Session) -> None:
    """The palette gets the commands once. They act on the last panel until it is closed."""
    sent = Sent().of(front)
    one, two = Panel(session), Panel(session)
    one._dock(front)
    two._dock(front)
    added = [name for func, name in sent if func == "add"]
    assert added == [f"aiconn-{each.manager.model_id}" for each in (one, two)]
    assert sent.names.count("addCommand") == 4
    sent.clear()
    one.close()
    assert sent.names == []
    two.close()
    assert sent.names == ["removeCommand"] * 4


def test_a_docked_widget_is_not_docked_again_until_the_user_closes_it(
    front: front_end.FrontEnd, session: Session
) -> None:
    """The widget comes to the front instead."""
    sent = Sent().of(front)
    widget = ConnectionManager(session)
    for _ in range(2):
        front.dock(widget, "title", "<svg/>")
    assert sent.names == ["add", "execute", "execute"]
    there = [{"id": f"aiconn-{widget.model_id}"}]
    front._rearranged({"old": there, "new": []})
    front.dock(widget, "title", "<svg/>")
    assert sent.names == ["add", "execute", "execute", "add", "execute"]


def test_the_cell_that_opens_it_does_not_refresh_it(front: front_end.FrontEnd, session: Session) -> None:
    """The panel is as new as the store. A later cell that changes the store refreshes it."""
    Sent().of(front)
    made = Panel(session)
    refreshed: list[str] = []
    made.manager.refresh = lambda: refreshed.append("refresh")  # type: ignore[method-assign]
    made._dock(front)
    made._cell_ran()
    assert refreshed == []
    session.create("demo", "demo")
    made._cell_ran()
    made._cell_ran()
    assert refreshed == ["refresh"]
    made.close()
