"""The panel: the manager in JupyterLab's side bar, and its commands in the palette."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython
from IPython.display import display

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.frames import takes_its_arguments
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done
from aiconn_nb.ui.progress import updates_arrive
from aiconn_nb.ui.render import bundle_of

from .base_widget import given_session
from .front_end import FrontEnd, front_end
from .manager import ConnectionManager

TITLE = "AI connections"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path class="jp-icon3" fill="none" stroke="#616161" '
    'stroke-width="1.4" d="M6 2.5v3M10 2.5v3M4.5 5.5h7V8a3.5 3.5 0 0 1-7 0zM8 11.5v2"/></svg>'
)
OPENING = Done("Opening the manager in the side bar.")
DOCKED = Done(
    "The manager is in JupyterLab's side bar, on the right. The command palette has its commands: 'AI connections: open', "
    "'use ...', 'environment ...' and 'require'."
)
NO_IPYLAB = "Shown here: JupyterLab's side bar needs ipylab (pip install 'aiconn-nb[lab]')."
NO_SIDE_BAR = "Shown here: this front end has no side bar for it, or lacks ipylab (pip install 'aiconn-nb[lab]')."


class Panel:
    """The manager in JupyterLab's side bar. A cell that displays it opens it there, or displays the manager itself."""

    def __init__(self, session: Session) -> None:
        self._revision = _revision(session)
        self.manager = ConnectionManager(session)
        self._front: FrontEnd | None = None
        self._has_commands = False

    def __repr__(self) -> str:
        return "<aiconn_nb.Panel>"

    def _ipython_display_(self) -> None:
        shell = get_ipython()
        # Where outputs cannot be updated, no notebook page can answer.
        front = front_end() if updates_arrive(shell) else None
        if front is None or front.is_there is False:
            self._show_here(NO_SIDE_BAR if updates_arrive(shell) and front is not None else NO_IPYLAB)
            return
        handle: Any = display(bundle_of(DOCKED if front.is_there else OPENING), raw=True, display_id=True)  # type: ignore[no-untyped-call]

        def known(is_there: bool) -> None:
            if is_there:
                self._dock(front)
                handle.update(bundle_of(DOCKED), raw=True)
            else:
                self.manager.bar.tell(NO_SIDE_BAR)
                handle.update(self.manager._repr_mimebundle_()[0], raw=True)

        front.when_known(known)

    def _show_here(self, why: str) -> None:
        self.manager.bar.tell(why)
        self.manager._ipython_display_()

    def _dock(self, front: FrontEnd) -> None:
        self._front = front
        self.manager.bar.tell("")
        front.dock(self.manager, TITLE, ICON)
        if not self._has_commands:
            self._has_commands = True
            front.offer(
                self,
                {
                    "AI connections: open": lambda: self._open("used"),
                    "AI connections: use ...": lambda: self._open("used"),
                    "AI connections: environment ...": lambda: self._open("environment"),
                    "AI connections: require": self._require,
                },
            )
            self._follow_cells()

    def _open(self, focus: str) -> None:
        """Handle a command of the palette."""
        if self._front is not None:
            self._front.dock(self.manager, TITLE, ICON)
            self.manager.refresh()
            self.manager.bar.focus(focus)

    def _require(self) -> None:
        self._open("used")
        try:
            self.manager.open_needs()
        except AiconnError as error:
            self.manager.bar.note(error.what, error.hint, tone="warn")

    # ---- following the cells --------------------------------------------------------------------------------------------

    def _follow_cells(self) -> None:
        if shell := get_ipython():
            shell.events.register("post_run_cell", self._cell_ran)

    def _cell_ran(self, _: object = None) -> None:
        """Refresh the manager if a cell has used another connection or changed the store."""
        if self.manager.comm is None:  # ``Widget.close_all()`` closed it
            self._leave_cells()
            return
        revision = _revision(self.manager.session)
        if revision != self._revision:
            self._revision = revision
            self.manager.refresh()

    def _leave_cells(self) -> None:
        shell = get_ipython()
        if shell and self._cell_ran in shell.events.callbacks.get("post_run_cell", ()):
            shell.events.unregister("post_run_cell", self._cell_ran)

    def close(self) -> None:
        """Remove it from the side bar, and its commands from the palette."""
        self._leave_cells()
        if self._front is not None:
            self._front.undock(self.manager)
            self._front.withdraw(self)
        self.manager.close()


def _revision(session: Session) -> object:
    """Return what identifies the state that a manager shows; None if the store cannot be read."""
    try:
        return session.revision()
    except AiconnError:
        return None


_MADE: WeakKeyDictionary[Session, Panel] = WeakKeyDictionary()


@partial(takes_its_arguments, name="panel")
def panel(session: Session | None = None) -> Panel:
    """Show the manager in JupyterLab's side bar, once per kernel; the same as ``%aiconn panel``.

    It needs ipylab, which the extra ``lab`` installs. Elsewhere, as in Notebook 7, the cell shows the manager and a note.

    Args:
        session: The session to work on; None means the kernel's own.

    Example::

        aiconn_nb.panel()
    """
    session = given_session(session)
    if session not in _MADE or _MADE[session].manager.comm is None:
        _MADE[session] = Panel(session)
    return _MADE[session]
