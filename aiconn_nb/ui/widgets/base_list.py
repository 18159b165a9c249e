"""The base of the lists: filters survive a reload, deletions can be undone, and changes by others are shown."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, ClassVar

import traitlets

from aiconn_nb.errors import AiconnError, ListAlone, Missing, NotFound
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import sentences
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session
from aiconn_nb.session.results import Rows

from .base_widget import BaseWidget, Content, intent, seat_of, sendable
from .list_undo import Deletions
from .list_views import environment_view, failed_view, notices_view
from .protocol import Empty, Setup
from .undo import Deleted, Stored, Undoing

FRESH_SECONDS = 2

OpenForm = Callable[[str | None], None]
"""Opens a form for the entry with this alias; None: for a new one."""


def packed(view: Mapping[str, Any], _: object = None) -> Mapping[str, Any]:
    """Return a list's view as it is sent: the rows are one JSON text, because ipywidgets walks through dictionaries slowly."""
    return (
        {**view, "rows": json.dumps(view["rows"], separators=(",", ":"), ensure_ascii=False)}
        if "rows" in view
        else view
    )


class BaseList(BaseWidget, Undoing[Stored]):
    """A list on a session.

    ``look`` has a page's initial filters and sorting; ``open_form`` handles "edit" and "create".
    """

    form_name: ClassVar[str]
    """The public widget for editing an entry, if the list is shown alone."""
    not_found: ClassVar[type[NotFound]]
    """The error for an entry that was deleted."""
    made_of: ClassVar[Setup]
    """Its columns, filters and actions."""

    view = traitlets.Dict().tag(sync=True, to_json=packed)
    setup = traitlets.Dict().tag(sync=True)
    offers_settings = True
    """Whether to report that there is no settings file, until the user dismisses that."""

    def __init__(self, session: Session | None, *, look: Mapping[str, Any], open_form: OpenForm | None = None) -> None:
        self._open_form = open_form
        self._first_look = look
        self._look: dict[str, Any] = dict(look)
        """Filters and sorting. They are user input, so they are stored here and not in the view."""
        self._deletions = Deletions()
        self._welcome: dict[str, dict[str, Any]] = {}
        """The message to a seat when a page loads there; '' means the next page."""
        self._rows: Rows[Any] | None = None
        self._revision: object = None
        super().__init__(session)

    def first_state(self) -> dict[str, Any]:
        """See `BaseWidget.first_state`."""
        return {"setup": dict(self.made_of)}

    @traitlets.validate("view")
    def _sendable_view(self, proposal: Any) -> Any:
        return proposal["value"]  # `look_again` made it so

    @abstractmethod
    def found(self) -> Rows[Any]:
        """Return the stored entries. May raise `AiconnError`."""

    @abstractmethod
    def view_of(self, found: Any) -> dict[str, Any]:
        """Return the rows of the view for the result of `found`. May raise `AiconnError`."""

    @abstractmethod
    def empty(self) -> Empty:
        """Return what is shown without rows."""

    def _stored(self, id: object) -> Stored:
        """Return the entry with this id. Raises an `AiconnError` if it was deleted."""
        stored = self._found(id) if isinstance(id, str) else None
        if stored is None:
            raise self.not_found(why=Missing.GONE_FROM_LIST)
        return stored

    def look_again(self) -> dict[str, Any]:
        """Return the view of the stored entries, or of the error; from then on, the view is fresh."""
        self._looked = monotonic()
        self._rows = None
        try:
            self._revision = self.session.revision()
            found: Any = self.found()
            view = {**self.view_of(found), "notices": notices_view(found.notes, self.offers_settings)}
            if self.host is None:  # otherwise, the bar has it
                view["environment"] = environment_view(self.session.environment())
            view |= {} if found else {"empty": self.empty()}
            self._rows = found
        except AiconnError as error:
            view = failed_view(error)
        return dict(sendable(view))  # as in the trait, so that both can be compared

    def fresh(self) -> Rows[Any] | None:
        """Return the last result of `found`, if it is recent and nothing has changed since."""
        try:
            same = monotonic() - self._looked <= FRESH_SECONDS and self._revision == self.session.revision()
        except AiconnError:
            return None
        return self._rows if same else None

    def answer(self) -> Rows[Any]:
        """Return the list as a table, from the view's result as long as it is fresh, because reading twice takes twice as long."""
        found = self.fresh()
        return self.found() if found is None else found

    def _dispatch(self, content: dict[str, Any]) -> None:
        """Handle a message, and then show what others have changed meanwhile."""
        try:
            super()._dispatch(content)
        finally:
            # A page with a list that was just created does not need the same view again.
            if content["intent"] not in ("hello", "look") or self.fresh() is None:
                self.refresh()

    @intent
    def on_hello(self, content: Content) -> None:
        """Return the filters and sorting to a page that shows the list, perhaps again."""
        welcome = self._welcome.pop(seat_of(content), None) or self._welcome.pop("", {})
        self.reply(content, "welcome", look=self._look, deleted=self._deletions.offered(), **welcome)

    @intent
    def on_look(self, content: Content) -> None:
        """Remember filters and sorting for a page that reloads."""
        look, first = content.get("look"), self._first_look
        told = look if isinstance(look, dict) else {}
        given = {key: told[key] for key, default in first.items() if type(told.get(key)) is type(default)}
        self._look = {
            **first,
            **{key: value[:200] if isinstance(value, str) else value for key, value in given.items()},
        }

    @intent
    def on_refresh(self, content: Content) -> None:
        """Read the store again, which every action does anyway."""

    @intent
    def on_environment(self, content: Content) -> None:
        """Switch this kernel to another environment."""
        self.session.environment(str(content.get("name")))

    @intent
    def on_make_settings(self, content: Content) -> None:
        """Make a settings file in the working folder."""
        path = self.session.make_settings()
        hint = 'Write settings into it, such as {"Team": {"Endpoint": "https://..."}}; keys are safer as user secrets.'
        self.note(f"Made {path}.", hint, tone="good", to=content)

    @intent
    def on_dismiss_settings(self, content: Content) -> None:
        """Do not report the missing file in this kernel again."""
        self.offers_settings = False

    @intent
    def on_edit(self, content: Content) -> None:
        """Open the form for an entry."""
        alias = self._stored(content.get("id")).alias
        if self._open_form is None:
            raise self._alone(alias)
        self._open_form(alias)

    @intent
    def on_create(self, content: Content) -> None:
        """Open the form for a new entry."""
        if self._open_form is None:
            raise self._alone("")
        self._open_form(None)

    def _made(self, content: Content, made: Stored, what: str) -> None:
        self.refresh()  # so that the page has the row before the message about it
        self.reply(content, "made", id=made.id, said=what)

    def _alone(self, alias: str) -> ListAlone:
        return ListAlone(form=self.form_name, alias=alias)

    # ---- deletions that can be undone ---------------------------------------------------------------------------------

    def offer_undo(self, deleted: Deleted, hint: str = "") -> None:
        """Offer for some seconds to restore what a form deleted."""
        self._deletions.add([deleted], hint)

    def _tell_deleted(self, content: Content, entries: Sequence[Deleted], hint: str) -> None:
        told = self._deletions.add(entries, hint)
        self.refresh()
        said = f"{sentences(told['what'], told['hint'])} Undo is offered for {told['seconds']:g} seconds."
        self.reply(content, "deleted", **told, said=said)

    @intent
    def on_undo(self, content: Content) -> None:
        """Restore deleted entries, in use or the default as before. Those that cannot be restored are offered again."""
        number = content.get("number")
        back: list[Connection | Profile] = []
        left: dict[Deleted, AiconnError] = {}
        problem: AiconnError | None = None
        for each in self._deletions.entries(number):
            try:
                stored, unused = self._bring_back(each)
            except AiconnError as error:
                left[each] = error
            else:
                back.append(stored)
                problem = problem or unused
        reasons = dict.fromkeys(f"{error.what} {error.hint}".strip() for error in left.values())
        told = self._deletions.leave(number, list(left), " ".join(reasons))
        what = f"{', '.join(each.alias for each in back)} {'is' if len(back) == 1 else 'are'} back." if back else ""
        said = " ".join(filter(None, [what, sentences(told["what"], told["hint"]) if told else ""]))
        self.refresh()  # so that the page has the rows before the message about them
        self.reply(content, "undone", number=number, id=back[0].id if back else None, left=told, said=said)
        if problem is not None:
            self.note(f"{what} {problem.what}", problem.hint, tone="warn", to=content)

    def arrive(self, focus: str, what: str, hint: str = "", *, seat: str = "") -> None:
        """Set the message to a seat ('': the next page) on arrival: the alias of the row to focus, and a note."""
        self._welcome[seat] = {"focus": focus} | (
            {"note": {"what": what, "hint": hint, "tone": "good"}} if what else {}
        )


def rows_in(content: Content) -> list[Content]:
    """Return the rows of a message, in the state that its page saw."""
    rows = content.get("rows")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def versions(content: Content, stored: Sequence[Connection | Profile]) -> dict[str, Any]:
    """Return the rows of a message in their stored state; with ``id`` if it is about one row and not a selection."""
    rows = [{"id": one.id, "version": one.version} for one in stored]
    return {"id": content.get("id") if len(rows) == 1 else None, "rows": rows}


def version_of(row: Content) -> int:
    version = row.get("version")
    return version if isinstance(version, int) else 0
