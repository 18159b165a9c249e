"""What the forms share: what was typed outlives the page, what is stored has a history, can be deleted, and the caller is told."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, ClassVar, Literal

from aiconn_nb.errors import ConnectionChanged, ProfileChanged
from aiconn_nb.model.field import Field
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done
from aiconn_nb.session.versions import Differences, Versions

from . import undo
from .face import SEATS, Content, Face, seat_of
from .form_checks import alias_check
from .form_draft import number_in
from .form_history import changes_view, versions_view
from .undo import Deleted, Stored, Undoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a form ended."""

    kind: Literal["saved", "deleted", "cancelled"]
    alias: str = ""
    what: str = ""
    """In one line, for the user."""
    warnings: tuple[str, ...] = ()
    gone: Deleted | None = None
    """What was deleted, if that is how it ended."""


class FormFace(Face, Undoing[Stored]):
    """A form on a session. ``on_done`` is told how it ended; ``focus`` puts the cursor into it as soon as it is shown."""

    intents: ClassVar[Mapping[str, str]] = {
        "hello": "on_hello",
        "delete": "on_delete",
        "restore": "on_restore",
        "history": "on_history",
        "diff": "on_diff",
        "rollback": "on_rollback",
        "cancel": "on_cancel",
    }
    """What every form hears; a subclass adds its own."""

    def __init__(
        self, session: Session | None, *, on_done: Callable[[Outcome], None] | None = None, focus: bool = False
    ) -> None:
        super().__init__(session)
        self._lock = RLock()  # JupyterLab may have a message handled beside the kernel's main thread
        self.on_done = on_done
        self._focus = focus
        self.seat = ""
        """Where it was opened; '' is everywhere."""
        self._kept: dict[str, dict[str, Any]] = {}
        """What was typed at each seat and not saved yet, less the secrets: for a page that is reloaded."""
        self._base: Stored | None = None
        """What is edited, as it was when the page began; None where something is made."""
        self._seen: dict[object, Stored] = {}
        """What pages were shown of it, by version: one may still be at an earlier one."""
        self._last: Stored | None = None
        """What is edited, as it was found last: it may have another alias by then, or be gone since."""
        self._deleted: Deleted | None = None
        """What was deleted here."""

    # ---- what each form says of what it edits -------------------------------------------------------------------------

    @abstractmethod
    def _view(self, stored: Stored | None) -> dict[str, Any]:
        """The view of what is stored."""

    @abstractmethod
    def _aliases(self) -> Sequence[str]:
        """Every alias that is taken."""

    @abstractmethod
    def _described(self, stored: Stored) -> Sequence[Field]:
        """Its fields, as the form names them, beside name and alias."""

    @abstractmethod
    def _delete(self, alias: str, *, force: bool) -> Done:
        """Delete it. Raises `AiconnError`."""

    @abstractmethod
    def _history(self, alias: str) -> Versions:
        """The versions that are kept."""

    @abstractmethod
    def _diff(self, alias: str, version: int) -> Differences:
        """What differs between a version and now. Raises `AiconnError`."""

    @abstractmethod
    def _roll_back(self, alias: str, version: int, expected_version: int) -> tuple[Stored, Sequence[str]]:
        """Save a former version as a new one: it, and what there is to warn of. Raises `AiconnError`."""

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def edited(self) -> str:
        """The alias of what is edited, as far as is known, '' where something is made."""
        return self._last.alias if self._last else ""

    def refresh(self) -> None:
        """Show what is stored now; what is being typed stays."""
        if self._base is not None and not self._kept:
            self._show(self._current() or self._last)
        self.send({"kind": "stir"})

    def _show(self, stored: Stored | None) -> None:
        """Show what is stored, and begin from there."""
        self._base = self._last = stored
        self._kept.clear()
        if stored is not None:
            self._seen[stored.version] = stored
        self.view = self._view(stored)

    def _current(self) -> Stored | None:
        found = self._found(self._base.id) if self._base else None
        self._last = found or self._last
        return found

    def _began(self, content: Content) -> Stored | None:
        """What the page that sent this began with."""
        version = content.get("version")
        return self._seen.get(version, self._base) if isinstance(version, int) else self._base

    # ---- beginning and ending -----------------------------------------------------------------------------------------

    def _dispatch(self, content: dict[str, Any]) -> None:
        with self._lock:
            super()._dispatch(content)

    def on_hello(self, content: Content) -> None:
        """A page shows the form, perhaps again: give it back what was typed."""
        seat = seat_of(content)
        focus = self._focus and self.seat in ("", seat)
        self._focus = self._focus and not focus
        self._tell(content, "welcome", draft=self._draft_for(seat), focus=focus)

    def _draft_for(self, seat: str) -> dict[str, Any] | None:
        """What was typed at this seat, or else what was typed last: that browser tab may have been closed."""
        return self._kept.get(seat) or next(reversed(self._kept.values()), None)

    def _keep(self, content: Content, draft: dict[str, Any] | None) -> None:
        """Remember what is typed at the seat of this message; None where nothing is."""
        self._kept.pop(seat_of(content), None)
        if draft is not None:
            self._kept[seat_of(content)] = draft
        for oldest in list(self._kept)[:-SEATS]:
            del self._kept[oldest]

    def on_cancel(self, content: Content) -> None:
        """Forget what was typed."""
        self._keep(content, None)
        self.refresh()
        self._done(Outcome("cancelled", self.edited()))

    def _tell(self, content: Content, kind: str, **answer: Any) -> None:
        """Answer, with the page's own count of what it asked: it drops what is stale."""
        self.reply(content, kind, turn=content.get("turn"), **answer)

    def _tell_gone(self, content: Content) -> None:
        self._tell(content, "gone", alias=self.edited())

    def _tell_saved(
        self, content: Content, made: Stored, what: str, warnings: Sequence[str], *, created: bool = False
    ) -> None:
        """Its version says which view belongs to it: that comes by itself, before or after this."""
        told = {"alias": made.alias, "version": made.version, "created": created}
        self._tell(content, "saved", what=what, warnings=list(warnings), **told)

    def _done(self, outcome: Outcome) -> None:
        if self.on_done is not None:
            self.on_done(outcome)

    # ---- the alias ----------------------------------------------------------------------------------------------------

    def _alias_check(self, content: Content) -> dict[str, str]:
        return alias_check(self._aliases(), content, self._base.alias if self._base else None)

    def _placed(self, problems: Mapping[str, str], content: Content) -> dict[str, str]:
        """All problems, that of the alias in the words of the check: a closed alias has none that its name does not have."""
        found = {key: text for key, text in problems.items() if key != "alias"}
        if alias := self._alias_check(content)["problem"]:
            found["alias"] = alias
        return found or dict(problems)

    # ---- deleting, and the way back -----------------------------------------------------------------------------------

    def on_delete(self, content: Content) -> None:
        """Delete it; ``force`` where it was said what breaks and it is meant all the same."""
        current, gone = self._current(), self._gone_now()
        if gone is None:
            return
        # Where it was deleted elsewhere, that is what was wanted.
        done = Done(f"Deleted {gone.alias}.")
        if current is not None:
            done = self._delete(current.alias, force=content.get("force") is True)
        self._kept.clear()
        self._deleted = gone
        self._tell(content, "deleted", what=done.what, warnings=list(done.warnings), seconds=undo.SECONDS)
        self._done(Outcome("deleted", gone.alias, done.what, done.warnings, gone))

    def _gone_now(self) -> Deleted | None:
        """What is edited, as something deleted; None where something is made."""
        current, last = self._current(), self._last
        used = current is not None and self._is_used(current)
        return Deleted(last.id, last.alias, used) if last else None

    def on_restore(self, content: Content) -> None:
        """Bring back what was deleted, here or elsewhere."""
        gone = self._deleted or self._gone_now()
        if gone is None:
            return
        back, problem = self._bring_back(gone)
        self._deleted = None
        self._show(back)
        what = f"{back.alias} is back."
        self._tell(content, "restored", what=f"{what} {problem.what}" if problem else what)

    # ---- former versions ----------------------------------------------------------------------------------------------

    def on_history(self, content: Content) -> None:
        """The versions that are kept: when, by whom, what changed."""
        current = self._current()
        if current is not None:
            versions = versions_view(self._history(current.alias), self._described(current))
            self._tell(content, "history", versions=versions)

    def on_diff(self, content: Content) -> None:
        """What differs between a version and what is stored now."""
        current, version = self._current(), number_in(content, "with")
        if current is not None:
            changes = changes_view(self._diff(current.alias, version), self._described(current))
            self._tell(content, "differs", version=version, changes=changes)

    def on_rollback(self, content: Content) -> None:
        """Save a former version as a new one, unless one was saved that the page has not seen."""
        current, to = self._current(), number_in(content, "to")
        if current is None:
            self._tell_gone(content)
            return
        try:
            made, warnings = self._roll_back(current.alias, to, number_in(content, "version"))
        except (ConnectionChanged, ProfileChanged):
            self._show(self._current() or current)  # with its history, which the page asks for
            self.note(
                f"{current.alias} was saved meanwhile, and nothing was rolled back.",
                "The history shows what was saved; roll back again if you still mean it.",
                to=content,
            )
            return
        self._show(made)
        what = f"{made.alias} is as it was in version {to}. That is version {made.version}."
        self._tell_saved(content, made, what, warnings)
