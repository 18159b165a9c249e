"""JupyterLab, as far as a kernel can control it: its side bar, command palette, and notebook cells.

It uses ipylab. The alternative, sidecar, also docks a widget, but has no palette, cannot bring a docked widget to the front, and
shows an output, which a reload of the page empties; ipylab's shell restores its widgets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any, Final
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython

ANSWERS_IN: Final = 3.0
"""Seconds after which a silent front end counts as one without ipylab. A later answer still counts."""
_NEEDED: Final = "tabsmenu:activate-by-id"
"""A command of JupyterLab that Notebook 7 does not have; Notebook 7 has no side bar for a kernel's widgets."""
CATEGORY: Final = "AI connections"


class FrontEnd:
    """The front end of this kernel. Whether it is JupyterLab is known after its first answer."""

    def __init__(self) -> None:
        import ipylab
        from ipylab.commands import CommandPalette

        self._waiting: list[Callable[[bool], None]] = []
        self.is_there: bool | None = None
        """Whether it is JupyterLab with ipylab; None as long as that is unknown."""
        self._docked: dict[str, Any] = {}
        """The panels in the side bar, by id."""
        self._offered: set[str] = set()
        """The ids of the commands that the palette has."""
        self._owner: object = None
        """The owner of these commands."""
        self._app = ipylab.JupyterFrontEnd()
        self._palette = CommandPalette()
        self._app.commands.observe(self._answered, "_command_list")
        self._app.shell.observe(self._rearranged, "_widgets")
        self._timer = Timer(ANSWERS_IN, self._know, (False,))
        self._timer.daemon = True
        self._timer.start()

    def when_known(self, act: Callable[[bool], None]) -> None:
        """Call ``act`` with whether it is JupyterLab, once that is known; again if a late answer changes it."""
        if self.is_there is not None:
            act(self.is_there)
        if not self.is_there:
            self._waiting.append(act)

    def once_known(self, act: Callable[[bool], None]) -> None:
        """Call ``act`` once with whether it is JupyterLab."""
        asked = [act]
        self.when_known(lambda is_there: asked.pop()(is_there) if asked else None)

    def _answered(self, change: Any) -> None:
        if change["new"]:
            self._timer.cancel()
            self._know(_NEEDED in change["new"])

    def _know(self, is_there: bool) -> None:
        if self.is_there or self.is_there is is_there:
            return
        self.is_there = is_there
        for act in list(self._waiting):
            act(is_there)
        if is_there:
            self._waiting.clear()

    @property
    def is_open(self) -> bool:
        """Whether its widgets are open. ``Widget.close_all()`` closes them, too."""
        return all(each.comm is not None for each in (self._app, self._app.shell, self._app.commands, self._palette))

    # ---- the side bar -------------------------------------------------------------------------------------------------

    def dock(self, widget: Any, title: str, icon: str) -> None:
        """Put a widget in the right side bar, or bring it to the front."""
        import ipylab

        if (name := _docked_as(widget)) not in self._docked:
            panel = ipylab.Panel([widget])
            panel.title.label, panel.title.caption = title, f"{title} ({_notebook()})" if _notebook() else title
            panel.title.icon = ipylab.Icon(name="aiconn:panel", svgstr=icon)
            panel.layout.overflow = "auto"
            panel.add_class("aiconn-docked")
            # Like `Shell.add`, but with an id: without one, ipylab does not notice a closed widget, and would restore it.
            payload = {"serializedWidget": f"IPY_MODEL_{panel.model_id}", "area": "right", "args": {}, "id": name}
            self._app.shell.send({"func": "add", "payload": payload})
            self._docked[name] = panel
        self._app.commands.execute(_NEEDED, {"id": name})

    def undock(self, widget: Any) -> None:
        """Remove a widget from the side bar."""
        if panel := self._docked.pop(_docked_as(widget), None):
            panel.close()

    def _rearranged(self, change: Any) -> None:
        """Forget the widgets that the user has closed."""
        there, before = ({each.get("id") for each in change[when]} for when in ("new", "old"))
        for name in before - there:
            self._docked.pop(name, None)

    # ---- the command palette and the notebook ---------------------------------------------------------------------------

    def offer(self, owner: object, commands: dict[str, Callable[[], None]]) -> None:
        """Add an owner's commands to the palette, by their labels. They belong to the last kernel, and the last owner in it.

        The ids are the same for every kernel: ipylab removes the commands of a dead kernel only while its notebook is open.
        """
        self._owner = owner
        registry = self._app.commands
        for number, (words, act) in enumerate(commands.items()):
            command = f"aiconn:{number}"
            # Like `add_command`, which refuses an id of another kernel.
            registry._execute_callbacks[command] = _without_arguments(act)
            if command in self._offered:
                continue
            self._offered.add(command)
            payload = {"id": command, "caption": _notebook(), "label": words, "iconClass": "", "icon": None}
            registry.send({"func": "addCommand", "payload": payload})
            self._palette.add_item(command, CATEGORY, rank=number)

    def insert_cell(self, code: str) -> bool | None:
        """Insert code in a new cell below the active one, without running it.

        False if another notebook is in front; None if JupyterLab names none, which also holds until its first message arrives.
        """
        front = ((self._app.sessions.current_session or {}).get("kernel") or {}).get("id")
        if _kernel_id() and front != _kernel_id():
            return None if front is None else False
        self._app.commands.execute("notebook:insert-cell-below")
        self._app.commands.execute(
            "custom-menu:snippet", code.split("\n")
        )  # ipylab's own command; it waits for the editor
        return True

    def withdraw(self, owner: object) -> None:
        """Remove the commands from the palette, unless they are another owner's by now."""
        if owner is not self._owner:
            return
        for command in self._offered:
            self._app.commands.remove_command(command)
        self._offered.clear()


def _docked_as(widget: Any) -> str:
    """Return the id in JupyterLab of a widget in the side bar."""
    return f"aiconn-{widget.model_id}"


def _without_arguments(act: Callable[[], None]) -> Callable[..., None]:
    return lambda **_: act()


def _notebook() -> str:
    """Return the name of this kernel's notebook, if the server provides it."""
    return os.path.basename(os.environ.get("JPY_SESSION_NAME", ""))


def _kernel_id() -> str:
    with suppress(ImportError, RuntimeError):
        from ipykernel.connect import get_connection_file

        found = re.search(r"kernel-(.+)\.json$", get_connection_file())
        return found[1] if found else ""
    return ""


_KNOWN: WeakKeyDictionary[Any, FrontEnd] = WeakKeyDictionary()


def front_end() -> FrontEnd | None:
    """Return the front end of this kernel, created once; None without a kernel or a working ipylab."""
    shell = get_ipython()
    if shell is None:
        return None
    if shell not in _KNOWN or not _KNOWN[shell].is_open:
        try:
            _KNOWN[shell] = FrontEnd()
        except ImportError:  # ipylab is missing, or does not fit the installed ipywidgets
            return None
    return _KNOWN[shell]
