"""The base of the forms: input survives a reload, stored entries have a history and can be deleted, and the caller is notified."""

from __future__ import annotations

import zlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, Literal

from aiconn_nb.errors import AiconnError, Changed, Exists, Invalid
from aiconn_nb.model.field import Field
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done
from aiconn_nb.session.versions import Differences, Versions
from aiconn_nb.threads import started

from . import undo
from .base_widget import SEATS, BaseWidget, Content, intent, ours, seat_of
from .form_checks import LABELS, alias_check, problem_sentence
from .form_conflict import Side, chosen, conflicting
from .form_draft import mapping_in, number_in, numbers_in
from .form_history import history_panel
from .protocol import Answer, Body, Note, Panel
from .question_panels import gone
from .undo import Deleted, Stored, Undoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a form."""

    kind: Literal["saved", "deleted", "cancelled"]
    alias: str = ""
    what: str = ""
    """A one-line message for the user."""
    warnings: tuple[str, ...] = ()
    gone: Deleted | None = None
    """The deleted entry, if the form ended with a deletion."""


class BaseForm(BaseWidget, Undoing[Stored]):
    """A form on a session. ``on_done`` is called at its end; ``focus`` moves the cursor into it when it is shown."""

    def __init__(
        self, session: Session | None, *, on_done: Callable[[Outcome], None] | None = None, focus: bool = False
    ) -> None:
        super().__init__(session)
        self._lock = RLock()  # JupyterLab may handle a message outside the kernel's main thread
        self.on_done = on_done
        self._focus = focus
        self.seat = ""
        """The seat where it was opened; '' means everywhere."""
        self._kept: dict[str, dict[str, Any]] = {}
        """Unsaved input at each seat, without secrets, for a page that is reloaded."""
        self._told_news: dict[object, int] = {}
        """A checksum of what each page was told by `_news`."""
        self._base: Stored | None = None
        """The edited entry when the page started; None for a new one."""
        self._seen: dict[object, Stored] = {}
        """The versions shown to pages: one page may still show an earlier one."""
        self._last: Stored | None = None
        """The edited entry when it was last found: its alias may change later, or it may be deleted."""
        self._deleted: Deleted | None = None
        """The entry that was deleted here."""

    # ---- the operations of each form ----------------------------------------------------------------------------------

    @abstractmethod
    def _view(self, stored: Stored | None) -> dict[str, Any]:
        """Return the view of the stored entry."""

    @abstractmethod
    def _aliases(self) -> Sequence[str]:
        """Return all aliases in use."""

    @abstractmethod
    def _described(self, stored: Stored) -> Sequence[Field]:
        """Return its fields with the form's names, besides name and alias."""

    @abstractmethod
    def _asked_for(self, content: Content) -> Sequence[Field]:
        """Return the fields of the form in a message, besides name and alias."""

    @abstractmethod
    def _draft(self, content: Content) -> Any:
        """Return the draft in a message, with its ``problems``. Raises `AiconnError`."""

    @abstractmethod
    def _save(self, content: Content, draft: Any, current: Stored | None) -> tuple[Stored, Sequence[str]] | None:
        """Save a draft; returns the entry, and warnings. None if the page got a question instead. Raises `AiconnError`."""

    @abstractmethod
    def _usage(self, stored: Stored) -> str:
        """Return the line of a cell that uses it."""

    @abstractmethod
    def _sides(self, content: Content, began: Stored, theirs: Stored) -> Iterator[Side]:
        """Yield the fields that another save has changed since a page started, with the typed values."""

    @abstractmethod
    def _delete(self, alias: str, *, force: bool) -> Done:
        """Delete it. Raises `AiconnError`."""

    @abstractmethod
    def _history(self, alias: str) -> Versions:
        """Return the stored versions."""

    @abstractmethod
    def _diff(self, alias: str, version: int) -> Differences:
        """Return the differences between a version and the current one. Raises `AiconnError`."""

    @abstractmethod
    def _roll_back(self, alias: str, version: int, expected_version: int) -> tuple[Stored, Sequence[str]]:
        """Save an earlier version as a new one; returns it, and warnings. Raises `AiconnError`."""

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def edited(self) -> str:
        """Return the last known alias of the edited entry; '' for a new one."""
        return self._last.alias if self._last else ""

    def refresh(self) -> None:
        """Show the stored entry; input stays."""
        if self._base is not None and not self._kept:
            self._show(self._current() or self._last)
        self.send({"kind": "stir"})

    def _show(self, stored: Stored | None) -> None:
        """Show the stored entry, and start from it."""
        self._base = self._last = stored
        self._kept.clear()
        if stored is not None:
            self._seen[stored.version] = stored
        self.view = self._view(stored)

    def _current(self) -> Stored | None:
        found = self._found(self._base.id) if self._base else None
        self._last = found or self._last
        return found

    def _current_for(self, content: Content) -> Stored | None:
        """Return the stored entry for a page's request; if it was deleted, tell the page, which waits for an answer."""
        current = self._current()
        if current is None and self._base is not None:
            self._tell_gone(content)
        return current

    def _began(self, content: Content) -> Stored | None:
        """Return the entry with which the page of this message started."""
        return self._seen_in(content, "version") or self._base

    def _seen_in(self, content: Content, key: str) -> Stored | None:
        """Return the version that a message names."""
        version = content.get(key)
        return self._seen.get(version) if isinstance(version, int) else None

    def _stored_now(self) -> Stored | None:
        """Return the entry as it is stored now. If it was saved elsewhere and nothing is typed here, the form shows it."""
        stored = self._current()
        if self._base is not None and not self._kept and stored not in (None, self._base):
            self._show(stored)
        return stored

    # ---- beginning and ending -----------------------------------------------------------------------------------------

    def _dispatch(self, content: dict[str, Any]) -> None:
        with self._lock:
            super()._dispatch(content)

    @intent
    def on_hello(self, content: Content) -> None:
        """Return the earlier input to a page that shows the form, perhaps again."""
        seat = seat_of(content)
        focus = self._focus and self.seat in ("", seat)
        self._focus = self._focus and not focus
        self._tell(content, "welcome", draft=self._draft_for(seat), focus=focus)

    def _draft_for(self, seat: str) -> dict[str, Any] | None:
        """Return the input at this seat, or else the latest input: its browser tab may have been closed."""
        return self._kept.get(seat) or next(reversed(self._kept.values()), None)

    def _keep(self, content: Content, draft: dict[str, Any] | None) -> None:
        """Remember the input at the seat of this message; None forgets it."""
        self._kept.pop(seat_of(content), None)
        if draft is not None:
            self._kept[seat_of(content)] = draft
        for oldest in list(self._kept)[:-SEATS]:
            del self._kept[oldest]

    @intent
    def on_cancel(self, content: Content) -> None:
        """Forget the input."""
        self._keep(content, None)
        self.refresh()
        self._done(Outcome("cancelled", self.edited()))

    @intent
    def on_take(self, content: Content) -> None:
        """Forget the input, and show what another save stored."""
        self._keep(content, None)
        self.refresh()

    def _news(self, content: Content, **news: Any) -> dict[str, Any]:
        """Return what changes seldom, unless the page of this message already has it."""
        mark, page = zlib.crc32(repr(news).encode(errors="surrogatepass")), content.get("page")
        is_known = self._told_news.pop(page, None) == mark
        self._told_news[page] = mark
        for oldest in list(self._told_news)[:-SEATS]:
            del self._told_news[oldest]
        return {} if is_known else news

    def _tell(self, content: Content, kind: str, **answer: Any) -> None:
        """Answer with the page's own sequence number, so that it can ignore stale answers."""
        self.reply(content, kind, turn=content.get("turn"), **answer)

    def _show_panel(self, content: Content, panel: Panel) -> None:
        """Show a panel, or show it again, at the page that asked."""
        self._tell(content, "panel", **panel)

    def _in_thread(self, act: Callable[[], None], failed: Callable[[AiconnError], None]) -> None:
        """Run a slow action in a thread, so that the kernel and the form stay responsive."""

        def run() -> None:
            try:
                act()
            except Exception as error:
                failed(ours(error))

        started(run, "aiconn-form-action")

    def _tell_gone(self, content: Content) -> None:
        self._show_panel(content, gone(self.edited()))

    def _tell_note(self, content: Content, note: Note) -> None:
        self._tell(content, "note", **note)

    # ---- saving -------------------------------------------------------------------------------------------------------

    @intent
    def on_save(self, content: Content) -> None:
        """Save the draft in this message; every error goes to its field. ``restore`` first restores a deleted entry."""
        back: list[str] = []
        if content.get("restore") is True and self._base is not None and self._current() is None:
            restored, problem = self._restored()
            content = {**content, "version": restored.version}
            back = [problem.what] if problem else []
        began, theirs = (self._seen_in(content, each) for each in ("over", "version"))
        if began is not None and theirs is not None:
            sides = list(self._sides(content, began, theirs))
            choices = mapping_in(content, "chosen") | mapping_in(content, "values")
            content = {**chosen(content, began, theirs, sides, choices), "chosen": choices}
        draft, current = self._draft(content), self._current_for(content)
        if self._base is not None and current is None:
            return
        problems = dict(draft.problems)
        saved: tuple[Stored, Sequence[str]] | None = None
        try:
            if not problems:
                saved = self._save(content, draft, current)
        except Invalid as error:
            problems = error.problems
        except Exists as error:
            problems = {"alias": error.what}
        except Changed:
            self._conflict(content)
        except AiconnError as error:
            self.note(error.what, error.hint, to=content)
        if problems:
            self._tell_failed(content, self._placed(problems, content))
        elif saved is not None:
            self._saved(content, *saved, back, created=current is None)

    def _tell_failed(self, content: Content, problems: Mapping[str, str]) -> None:
        """Tell the page what is wrong, each problem as a sentence about its field."""
        labels = LABELS | {field.key: field.label for field in self._asked_for(content)}
        told = {key: problem_sentence(labels.get(key, key), words) for key, words in problems.items()}
        need = "One field needs" if len(told) == 1 else f"{len(told)} fields need"
        self._tell(content, "failed", problems=told, said=f"{need} attention. Nothing was saved.")

    def _saved(
        self, content: Content, made: Stored, warned: Sequence[str], back: Sequence[str], *, created: bool
    ) -> None:
        self._show(made)
        warnings = (*warned, *back)
        what = f"{'Created' if created else 'Saved'} {made.alias}."
        self._tell_saved(content, made, what, warnings, created=created)
        self._done(Outcome("saved", made.alias, what, warnings))

    def _conflict(self, content: Content) -> None:
        """Show a save that came between, and overwrite nothing."""
        # A page that already chose between two versions chooses again, from where it started.
        theirs, began = self._current(), self._seen_in(content, "over") or self._began(content)
        if began is None or theirs is None:
            self._tell_gone(content)
        else:
            self._seen[theirs.version] = theirs
            sides = list(self._sides(content, began, theirs))
            self._show_panel(content, conflicting(self.view["words"]["noun"].lower(), began, theirs, sides))

    def _tell_saved(
        self, content: Content, made: Stored, what: str, warnings: Sequence[str], *, created: bool = False
    ) -> None:
        """Tell the page of a save. The version identifies the matching view, which is sent separately, before or after this."""
        note: Note = {"tone": "warn" if warnings else "good", "what": what, "hint": "", "lines": list(warnings)}
        if created:
            note["copy"] = ["Use it in a cell: ", self._usage(made)]
        self._tell(content, "saved", version=made.version, note={**note, **self._offer(made)})

    def _offer(self, stored: Stored) -> Body:
        """Return what a message about the entry also offers."""
        return {}

    def _done(self, outcome: Outcome) -> None:
        if self.on_done is not None:
            self.on_done(outcome)

    # ---- the alias ----------------------------------------------------------------------------------------------------

    def _alias_check(self, content: Content) -> dict[str, str]:
        found = self._alias_problem(content)
        return {**found, "problem": problem_sentence(LABELS["alias"], found["problem"])} if found["problem"] else found

    def _alias_problem(self, content: Content) -> dict[str, str]:
        return alias_check(self._aliases(), content, self._base.alias if self._base else None)

    def _placed(self, problems: Mapping[str, str], content: Content) -> dict[str, str]:
        """Return the problems, with that of the alias as the check words it: a locked alias has only the problems of its name."""
        found = {key: text for key, text in problems.items() if key != "alias"}
        if alias := self._alias_problem(content)["problem"]:
            found["alias"] = alias
        return found or dict(problems)

    # ---- deleting and restoring ---------------------------------------------------------------------------------------

    @intent
    def on_delete(self, content: Content) -> None:
        """Delete it; ``force`` if the user confirmed it with the broken profiles named."""
        current, deleted = self._current(), self._gone_now()
        if deleted is None:
            return
        # A deletion elsewhere counts as this one.
        what, warnings = f"Deleted {deleted.alias}.", tuple[str, ...]()
        if current is not None:
            warnings = self._delete(current.alias, force=content.get("force") is True).warnings
        self._kept.clear()
        self._deleted = deleted
        self._tell_note(content, _deleted("good", what, warnings))
        self._done(Outcome("deleted", deleted.alias, what, warnings, deleted))

    def _gone_now(self) -> Deleted | None:
        """Return the edited entry in its deleted form; None for a new one."""
        current, last = self._current(), self._last
        used = current is not None and self._is_used(current)
        return Deleted(last.id, last.alias, used) if last else None

    @intent
    def on_restore(self, content: Content) -> None:
        """Restore the entry after a deletion here or elsewhere."""
        if self._last is None:
            return
        try:
            back, problem = self._restored()
        except AiconnError as error:
            self._tell_note(content, _deleted("bad", error.what, [error.hint] if error.hint else []))
            return
        what = f"{back.alias} is back."
        self._tell_saved(content, back, f"{what} {problem.what}" if problem else what, ())

    def _restored(self) -> tuple[Stored, AiconnError | None]:
        """Restore the entry; also returns why it could not be put in use again. Raises `AiconnError`."""
        deleted = self._deleted or self._gone_now()
        assert deleted is not None  # there is an entry to restore
        back, problem = self._bring_back(deleted)
        self._deleted = None
        self._show(back)
        return back, problem

    # ---- former versions ----------------------------------------------------------------------------------------------

    @intent
    def on_history(self, content: Content) -> None:
        """Show the stored versions: when, by whom, what changed; and how those to ``compare`` differ from the stored entry."""
        current = self._current_for(content)
        if current is not None:
            compared = {version: self._diff(current.alias, version) for version in numbers_in(content, "compare")}
            self._show_panel(content, history_panel(self._history(current.alias), compared, self._described(current)))

    @intent
    def on_rollback(self, content: Content) -> None:
        """Save an earlier version as a new one, unless another save happened that the page has not seen."""
        current, to = self._current_for(content), number_in(content, "to")
        if current is None:
            return
        try:
            made, warnings = self._roll_back(current.alias, to, number_in(content, "version"))
        except Changed:
            self._show(self._current() or current)  # includes the history, which the page requests next
            self.note(
                f"{current.alias} was saved in the meantime. Nothing was rolled back.",
                "The history shows what was saved; roll back again if you still mean it.",
                to=content,
            )
            return
        self._show(made)
        what = f"{made.alias} is as it was in version {to}. That is version {made.version}."
        self._tell_saved(content, made, what, warnings)


def _deleted(tone: str, what: str, lines: Sequence[str]) -> Note:
    """Return the message in place of a form whose entry is deleted; it can be restored for some seconds."""
    undone: Answer = {"text": "Undo", "icon": "undo", "intent": "restore"}
    note: Note = {"tone": tone, "what": what, "hint": "", "lines": list(lines), "answers": [undone]}
    return {**note, "seconds": undo.SECONDS, "alone": True}
