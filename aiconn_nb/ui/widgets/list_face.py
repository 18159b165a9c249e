"""What the lists share: how they are looked at outlives the page, deletions can be undone, and others' changes are seen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, ClassVar

import traitlets

from aiconn_nb.errors import AiconnError, ListAlone
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session
from aiconn_nb.session.results import Rows

from .face import Content, Face, seat_of
from .list_undo import Deletions
from .list_views import error_view
from .protocol import Setup
from .undo import Deleted, Stored, Undoing

FRESH_SECONDS = 2

OpenForm = Callable[[str | None], None]
"""Opens a form for the entry with this alias; None: for a new one."""


class ListFace(Face, Undoing[Stored]):
    """A list on a session.

    ``look`` is how a page looks at it before anybody changed that; ``open_form`` is what "edit" and "create" do.
    """

    form_name: ClassVar[str]
    """The public widget that edits an entry, where the list is shown alone."""
    made_of: ClassVar[Setup]
    """Its columns, filters and actions."""

    setup = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session | None, *, look: Mapping[str, Any], open_form: OpenForm | None = None) -> None:
        self._open_form = open_form
        self._first_look = look
        self._look: dict[str, Any] = dict(look)
        """Filters, sorting, page. Typed, so it is kept here and not in the view."""
        self._deletions = Deletions()
        self._welcome: dict[str, dict[str, Any]] = {}
        """What a seat is told on arrival; that of '' the first that comes."""
        self._rows: Rows[Any] | None = None
        self._revision: object = None
        super().__init__(session)

    def first_state(self) -> dict[str, Any]:
        """See `Face.first_state`."""
        return {"setup": dict(self.made_of)}

    @abstractmethod
    def found(self) -> Rows[Any]:
        """What is stored now. May raise `AiconnError`."""

    @abstractmethod
    def view_of(self, found: Any) -> dict[str, Any]:
        """The view of what `found` answered. May raise `AiconnError`."""

    @abstractmethod
    def alias_of(self, id: object) -> str:
        """The alias of the entry with this id. Raises an `AiconnError` where it is gone."""

    def look_again(self) -> dict[str, Any]:
        """The view of what is stored now, or of what is wrong; it is fresh from now on."""
        self._looked = monotonic()
        self._rows = None
        try:
            self._revision = self.session.revision()
            found = self.found()
            view = self.view_of(found)
        except AiconnError as error:
            return error_view(error)
        self._rows = found
        return view

    def fresh(self) -> Rows[Any] | None:
        """What was found, if that was just now and nothing is different since."""
        try:
            same = monotonic() - self._looked <= FRESH_SECONDS and self._revision == self.session.revision()
        except AiconnError:
            return None
        return self._rows if same else None

    def answer(self) -> Rows[Any]:
        """The same list as a table: what the view shows, while that is fresh, for looking twice costs twice."""
        found = self.fresh()
        return self.found() if found is None else found

    def _dispatch(self, content: dict[str, Any]) -> None:
        """Do it, and show what others have done meanwhile."""
        try:
            super()._dispatch(content)
        finally:
            # A page that shows a list which was made just now is not told the same again.
            if content["intent"] not in ("hello", "look") or self.fresh() is None:
                self.refresh()

    def on_hello(self, content: Content) -> None:
        """A page shows the list, perhaps again: give it back how it was looked at."""
        welcome = self._welcome.pop(seat_of(content), None) or self._welcome.pop("", {})
        self.reply(content, "welcome", look=self._look, deleted=self._deletions.offered(), **welcome)

    def on_look(self, content: Content) -> None:
        """Remember filter and sorting for a page that is loaded again."""
        look, first = content.get("look"), self._first_look
        told = look if isinstance(look, dict) else {}
        given = {key: told[key] for key, default in first.items() if type(told.get(key)) is type(default)}
        self._look = {
            **first,
            **{key: value[:200] if isinstance(value, str) else value for key, value in given.items()},
        }

    def on_refresh(self, content: Content) -> None:
        """Look at the store again, which every action does anyway."""

    def on_environment(self, content: Content) -> None:
        """Switch this kernel to another environment."""
        self.session.environment(str(content.get("name")))

    def on_edit(self, content: Content) -> None:
        """Open the form for an entry."""
        alias = self.alias_of(content.get("id"))
        if self._open_form is None:
            raise self._alone(alias)
        self._open_form(alias)

    def on_create(self, content: Content) -> None:
        """Open the form for a new one."""
        if self._open_form is None:
            raise self._alone("")
        self._open_form(None)

    def _made(self, content: Content, made: Stored, what: str) -> None:
        self.refresh()  # so that the page knows the row before it is told of it
        self.reply(content, "made", id=made.id, what=what)

    def _alone(self, alias: str) -> ListAlone:
        return ListAlone(form=self.form_name, alias=alias)

    # ---- deletions that can be undone ---------------------------------------------------------------------------------

    def offer_undo(self, deleted: Deleted, hint: str = "") -> None:
        """From now on, for some seconds, "undo" brings back what was deleted elsewhere, in a form."""
        self._deletions.add([deleted], hint)

    def _tell_deleted(self, content: Content, entries: Sequence[Deleted], hint: str) -> None:
        told = self._deletions.add(entries, hint)
        self.refresh()
        self.reply(content, "deleted", **told)

    def on_undo(self, content: Content) -> None:
        """Bring back what was deleted as it was, in use or the default; what cannot be is offered further, with the reason."""
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
        self.refresh()  # so that the page knows the rows before it is told of them
        self.reply(content, "undone", number=number, id=back[0].id if back else None, what=what, left=told)
        if problem is not None:
            self.note(f"{what} {problem.what}", problem.hint, tone="warn", to=content)

    def arrive(self, focus: str, what: str, hint: str = "", tone: str = "good", *, seat: str = "") -> None:
        """What a seat ('': the next page) is told on arrival: the alias of the row that gets the focus, and a note."""
        self._welcome[seat] = {"focus": focus} | ({"note": {"what": what, "hint": hint, "tone": tone}} if what else {})


def rows_in(content: Content) -> list[Content]:
    """The rows that a message is about, as its page saw them."""
    rows = content.get("rows")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def version_of(row: Content) -> int:
    version = row.get("version")
    return version if isinstance(version, int) else 0
