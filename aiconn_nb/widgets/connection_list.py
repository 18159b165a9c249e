"""The list: what there is, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from threading import RLock
from time import monotonic
from typing import Any, ClassVar

from aiconn_nb.display import Answer
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import AiconnError, CommandError, ConnectionChanged, ConnectionInUse, ConnectionNotFound
from aiconn_nb.session import Session

from . import list_views as views
from .face import Content, Face, source
from .list_tests import RowTests
from .list_undo import Deletions

FRESH_SECONDS = 2
LOOK = {"text": "", "provider": "", "active": "", "sort": "name", "descending": False, "page": 0}
"""How a page looks at the list: filters, sorting, page. Typed, so it is kept here and not in the view."""

OpenForm = Callable[[str | None], None]
"""Opens a form for the connection with this alias; None: for a new one."""


class ConnectionList(Face):
    """The connections of a session. ``open_form`` is what "edit" and "create" do; `ConnectionManager` puts a form in its place."""

    _esm = source("face.js", "list_rows.js", "connection_list.js")
    _css = source("face.css", "list.css")

    intents: ClassVar = {
        "hello": "on_hello",
        "look": "on_look",
        "refresh": "on_refresh",
        "environment": "on_environment",
        "use": "on_use",
        "stop": "on_stop",
        "switch": "on_switch",
        "test": "on_test",
        "ask_delete": "on_ask_delete",
        "delete": "on_delete",
        "undo": "on_undo",
        "duplicate": "on_duplicate",
        "edit": "on_edit",
        "create": "on_create",
        "demo": "on_demo",
    }

    def __init__(self, session: Session | None = None, *, open_form: OpenForm | None = None) -> None:
        self._open_form = open_form
        self._lock = RLock()  # the tests' threads change rows as well
        self._turns = count(1)
        """Threads send in no common order; the page drops what has an older turn."""
        self._look: dict[str, Any] = dict(LOOK)
        self._deletions = Deletions()
        self._welcome: dict[str, Any] = {}
        super().__init__(session)

    def answer(self) -> Answer:
        """The same list as a table."""
        return self.session.connections()

    # ---- looking ------------------------------------------------------------------------------------------------------

    def first_view(self) -> dict[str, Any]:
        """See `Face.first_view`."""
        self._tests = RowTests(self.session, self._told)
        return self._built()

    def refresh(self) -> None:
        """Show what is stored now; where only some rows differ, only they are sent."""
        with self._lock:
            new = self._built()
            places = views.changes(self.view, new)
            if places is None or len(places) > 20:
                self.view = new
            elif places:
                self._patch({place: new["rows"][place] for place in places}, new["failures"])

    def _patch(self, rows: Mapping[int, views.Plain], failures: views.Plain) -> None:
        """Change rows in place: the view stays the truth for the next page, without being sent as a whole."""
        self.view["failures"] = failures
        for place, row in rows.items():
            self.view["rows"][place] = row
        told = [{**row, "failure": failures.get(row["id"])} for row in rows.values()]
        self.send({"kind": "rows", "turn": next(self._turns), "rows": told})

    def _built(self) -> views.Plain:
        self._looked = monotonic()
        try:
            found = self.session.connections()
            environments = self.session.environment()
        except AiconnError as error:
            return views.error_view(error)
        return views.list_view(
            found,
            environments,
            provider_names={id: self.session.provider_name(id) for id in {row.provider for row in found}},
            tests=self.session.last_tests(),
            running=self._tests.running,
            turn=next(self._turns),
            has_form=self._open_form is not None,
            has_demo="demo" in self.session.provider_ids(),
        )

    def _dispatch(self, content: dict[str, Any]) -> None:
        """Do it, and show what others have done meanwhile."""
        try:
            super()._dispatch(content)
        finally:
            # A page that shows a list which was made just now is not told the same again.
            if content["intent"] not in ("hello", "look") or monotonic() - self._looked > FRESH_SECONDS:
                self.refresh()

    def on_hello(self, content: Content) -> None:
        """A page shows the list, perhaps again: give it back how it was looked at."""
        welcome, self._welcome = self._welcome, {}
        self.reply(content, "welcome", look=self._look, deleted=self._deletions.offered(), **welcome)

    def on_look(self, content: Content) -> None:
        """Remember filter and sorting for a page that is loaded again."""
        look = content.get("look")
        told = look if isinstance(look, dict) else {}
        given = {key: told[key] for key, default in LOOK.items() if type(told.get(key)) is type(default)}
        self._look = {**LOOK, **{key: value[:200] if isinstance(value, str) else value for key, value in given.items()}}

    def on_refresh(self, content: Content) -> None:
        """Look at the store again, which every action does anyway."""

    def on_environment(self, content: Content) -> None:
        """Switch this kernel to another environment."""
        self.session.environment(str(content.get("name")))

    # ---- one row ------------------------------------------------------------------------------------------------------

    def on_use(self, content: Content) -> None:
        """Make it the kernel's current connection."""
        using = self.session.use(self._stored(content.get("id")).alias)
        hint = "aiconn_nb.client() is the SDK's client for it, here and in every cell."
        self.note(f"Using {using.alias} in {using.environment}.", hint, tone="good", to=content)

    def on_stop(self, content: Content) -> None:
        """Use none."""
        self.session.use_none()

    def on_duplicate(self, content: Content) -> None:
        """Copy it under a free alias."""
        made = self.session.duplicate(self._stored(content.get("id")).alias)
        self._made(content, made.connection, f"Made a copy: {made.alias}.")

    def on_edit(self, content: Content) -> None:
        """Open the form for it."""
        alias = self._stored(content.get("id")).alias
        if self._open_form is None:
            raise CommandError("This list stands alone, without a form.", f"Run aiconn_nb.ConnectionForm('{alias}').")
        self._open_form(alias)

    def on_create(self, content: Content) -> None:
        """Open the form for a new one."""
        if self._open_form is None:
            raise CommandError("This list stands alone, without a form.", "Run aiconn_nb.ConnectionForm().")
        self._open_form(None)

    def on_demo(self, content: Content) -> None:
        """Make the connection that needs no network and no key."""
        made = self.session.create("demo", "demo", name="Offline demo")
        self._made(content, made.connection, "Made demo, which needs no network and no key.")

    def _made(self, content: Content, connection: Connection, what: str) -> None:
        self.refresh()  # so that the page knows the row before it is told of it
        self.reply(content, "made", id=connection.id, what=what)

    # ---- one row or a selection ---------------------------------------------------------------------------------------

    def on_switch(self, content: Content) -> None:
        """Switch connections on or off, unless somebody saved one of them after it was shown."""
        active = content.get("active") is True
        seen = _rows(content)
        stored = [self._stored(row.get("id")) for row in seen]
        switch = self.session.enable if active else self.session.disable
        expected = {one.alias: _version(row) for one, row in zip(stored, seen, strict=True)}
        try:
            done = switch(*expected, expected_versions=expected)
        except ConnectionChanged:
            self._changed(content, seen, active)
            return
        if done.warnings:
            self.note(done.what, " ".join(done.warnings), tone="warn", to=content)

    def on_test(self, content: Content) -> None:
        """Test connections, in threads."""
        self._tests.start([self._stored(row.get("id")).id for row in _rows(content)])

    def _told(self, id: str, problem: str) -> None:
        """Something is new about a test; called from its thread."""
        if problem:
            self.note(problem)
        self.refresh_row(id)

    def refresh_row(self, id: str) -> None:
        """Show how the test of one connection stands, without looking at all the others."""
        with self._lock:
            rows = self.view.get("rows", [])
            place = next((place for place, row in enumerate(rows) if row["id"] == id), None)
            if place is None:
                return
            last, running = self.session.last_test(id), self._tests.running.get(id)
            row, failure = views.tested_again(rows[place], last, running)
            failures = {key: each for key, each in self.view["failures"].items() if key != id}
            self._patch({place: row}, failures | ({id: failure} if failure else {}))

    def on_ask_delete(self, content: Content) -> None:
        """Before a deletion is confirmed: what it is, which profiles would break, what changed meanwhile."""
        self._ask_delete(content, _rows(content))

    def _ask_delete(self, content: Content, seen: Sequence[Content]) -> None:
        stored = [self._stored(row.get("id")) for row in seen]
        self.reply(
            content,
            "ask_delete",
            what=f"Delete {views.printable(views.named(stored))}?",
            aliases=[one.alias for one in stored],
            profiles=list(self.session.dependents(*[one.alias for one in stored])),
            active=any(one.active for one in stored),
            rows=[{"id": one.id, "version": one.version} for one in stored],
            changed=self._differences(seen),
        )

    def on_delete(self, content: Content) -> None:
        """Delete what was confirmed; ``force`` where profiles were named and it is meant all the same."""
        seen = _rows(content)
        stored = [self._stored(row.get("id")) for row in seen]
        if any(one.version != _version(row) for one, row in zip(stored, seen, strict=True)):
            self._ask_delete(content, seen)
            return
        used = self.session.using().alias
        try:
            done = self.session.delete(*[one.alias for one in stored], force=content.get("force") is True)
        except ConnectionInUse:
            self._ask_delete(content, seen)
            return
        told = self._deletions.add(done.aliases, used if used in done.aliases else "", " ".join(done.warnings))
        self.refresh()
        self.reply(content, "deleted", **told)

    def offer_undo(self, alias: str) -> None:
        """From now on, for ten seconds, "undo" brings back what was deleted elsewhere, in a form."""
        self._deletions.add([alias])

    def on_undo(self, content: Content) -> None:
        """Bring back what was deleted, and use it again if it was in use."""
        deletion = self._deletions.take(content.get("number"))
        if deletion is None:
            return
        back = [self.session.undelete(alias).connection for alias in deletion.aliases]
        if deletion.used:
            self.session.use(deletion.used)
        self._made(content, back[0], f"{', '.join(deletion.aliases)} {'is' if len(back) == 1 else 'are'} back.")

    # ---- what changed meanwhile ---------------------------------------------------------------------------------------

    def _changed(self, content: Content, seen: Sequence[Content], active: bool) -> None:
        """Somebody else saved it: show both values, overwrite nothing."""
        self.refresh()
        self.reply(content, "changed", rows=self._differences(seen, active), active=active)

    def _differences(self, seen: Sequence[Content], active: bool | None = None) -> list[views.Plain]:
        pairs = [(row, self._stored(row.get("id"))) for row in seen]
        return [views.difference_view(row, one, active) for row, one in pairs if one.version != _version(row)]

    def _stored(self, id: object) -> Connection:
        connection = self.session.find(id) if isinstance(id, str) else None
        if connection is None:
            raise ConnectionNotFound("This connection was deleted meanwhile.", "The list is up to date now.")
        return connection

    def arrive(self, focus: str, what: str, hint: str = "", tone: str = "good") -> None:
        """What the next page is told on arrival: the alias of the row that gets the focus, and a note."""
        self._welcome = {"focus": focus} | ({"note": {"what": what, "hint": hint, "tone": tone}} if what else {})


def _rows(content: Content) -> list[Content]:
    """The rows that a message is about, as its page saw them."""
    rows = content.get("rows")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _version(row: Content) -> int:
    version = row.get("version")
    return version if isinstance(version, int) else 0
