"""What the forms share: what was typed outlives the page, and somebody is told how it ended."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any, Literal

from aiconn_nb.session import Session

from .face import Content, Face


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a form ended."""

    kind: Literal["saved", "deleted", "cancelled"]
    alias: str = ""
    what: str = ""
    """In one line, for the user."""
    warnings: tuple[str, ...] = ()


class FormFace(Face):
    """A form on a session. ``on_done`` is told how it ended; ``focus`` puts the cursor into it as soon as it is shown."""

    def __init__(
        self, session: Session | None, *, on_done: Callable[[Outcome], None] | None = None, focus: bool = False
    ) -> None:
        super().__init__(session)
        self._lock = RLock()  # JupyterLab may have a message handled beside the kernel's main thread
        self._on_done = on_done
        self._focus = focus
        self._kept: dict[str, Any] | None = None
        """What was typed and not saved yet, less the secrets: for a page that is reloaded."""

    @abstractmethod
    def edited(self) -> str:
        """The alias of what is edited, '' where something is made."""

    def _dispatch(self, content: dict[str, Any]) -> None:
        with self._lock:
            super()._dispatch(content)

    def on_hello(self, content: Content) -> None:
        """A page shows the form, perhaps again: give it back what was typed."""
        focus, self._focus = self._focus, False
        self._tell(content, "welcome", draft=self._kept, focus=focus)

    def on_cancel(self, content: Content) -> None:
        """Forget what was typed."""
        self._kept = None
        self.refresh()
        self._done(Outcome("cancelled", self.edited()))

    def _tell(self, content: Content, kind: str, **answer: Any) -> None:
        """Answer, with the page's own count of what it asked: it drops what is stale."""
        self.reply(content, kind, turn=content.get("turn"), **answer)

    def _done(self, outcome: Outcome) -> None:
        if self._on_done is not None:
            self._on_done(outcome)
