"""The bar at the top of a manager: it shows and changes the connection in use and the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.environments import is_production
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done, Result

from . import list_views as views
from .base_widget import BaseWidget, Content, intent

MOST = 100
"""Maximum number of connections in the bar; the list below has all."""


class StatusBar(BaseWidget):
    """``on_change`` is called after a change here, so that other widgets refresh."""

    def __init__(self, session: Session | None, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._told = ""
        super().__init__(session)

    def first_view(self) -> dict[str, Any]:
        """See `BaseWidget.first_view`."""
        try:
            return self._view()
        except AiconnError:  # the list below reports it
            return {"kind": "bar", "used": "", "choices": [], "warning": "", "told": self._told}

    def _view(self) -> dict[str, Any]:
        used = self.session.using().alias
        active = self.session.active_aliases()
        kept = active[:MOST] if not used or used in active[:MOST] else [used, *active[: MOST - 1]]
        environment = views.environment_view(self.session.environment())
        warning = "This is a production environment." if is_production(environment["name"]) else ""
        made = {"kind": "bar", "used": used, "choices": kept, "warning": warning, "told": self._told}
        return {**made, "environment": environment}

    def refresh(self) -> None:
        """Show the connection in use now."""
        self.view = self.first_view()

    def answer(self) -> Result:
        """Return the text for front ends without widgets."""
        return Done(f"In use: {self.view['used'] or 'none'}, in {self.session.current_environment}.")

    def tell(self, words: str) -> None:
        """Show a message beside it; '' removes the message."""
        self._told = words
        self.refresh()

    def focus(self, what: str) -> None:
        """Put the cursor on ``used`` or ``environment``."""
        self.send({"kind": "focus", "what": what})

    def _dispatch(self, content: dict[str, Any]) -> None:
        try:
            super()._dispatch(content)
        finally:
            self._on_change()

    @intent
    def on_refresh(self, content: Content) -> None:
        """Do nothing more: every intent refreshes."""

    @intent
    def on_use(self, content: Content) -> None:
        """Use a connection, or none."""
        alias = content.get("alias")
        if isinstance(alias, str) and alias:
            using = self.session.use(alias)
            self.note(f"Using {using.alias} in {using.environment}.", tone="good", to=content)
        else:
            self.session.use_none()

    @intent
    def on_environment(self, content: Content) -> None:
        """Switch this kernel to another environment."""
        self.session.environment(str(content.get("name")))
