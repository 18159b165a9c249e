"""The list of connections, with all their actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from threading import RLock
from typing import Any

from aiconn_nb.errors import ConnectionChanged, ConnectionInUse, ConnectionNotFound
from aiconn_nb.features.connections import Connections
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import binding
from aiconn_nb.session import Session

from . import list_views as views
from . import setups
from .base_list import BaseList, rows_in, version_of, versions
from .base_widget import Content, bundle, intent, sendable
from .list_tests import RowTests
from .protocol import Empty, Table
from .question_panels import connection_effects, deleting, switching, trusting
from .undo import Deleted, UndoingConnections

LOOK = {
    "text": "",
    "provider": "",
    "active": "",
    "resolves": "",
    "capability": "",
    "sort": "name",
    "descending": False,
}


class ConnectionList(UndoingConnections, BaseList[Connection]):
    """The connections of a session, with their actions.

    Args:
        session: The session; None means the kernel's own.
        open_form: Called with an alias for "edit", and with None for "create". Without it, the list names the form to show.

    Example::

        aiconn_nb.ConnectionList()
    """

    _esm = bundle("lists.js")
    _css = bundle("page.css")
    made_of = setups.CONNECTIONS
    form_name = "ConnectionForm"
    not_found = ConnectionNotFound

    def __init__(
        self, session: Session | None = None, *, open_form: Callable[[str | None], None] | None = None
    ) -> None:
        self._lock = RLock()  # the tests' threads also change rows
        self._turns = count(1)
        """Threads send in any order; the page ignores messages with an older turn."""
        super().__init__(session, look=LOOK, open_form=open_form)

    # ---- looking ------------------------------------------------------------------------------------------------------

    def first_view(self) -> dict[str, Any]:
        """See `BaseWidget.first_view`."""
        self._tests = RowTests(self.session, self._told)
        return self.look_again()

    def refresh(self) -> None:
        """Show the stored state; if only some rows differ, send only those."""
        with self._lock:
            new = self.look_again()
            places = views.changes(self.view, new)
            if places is None or len(places) > 20:
                self.view = new
            elif places:
                self._patch({place: new["rows"][place] for place in places}, new["failures"])

    def _patch(self, rows: Mapping[int, views.Plain], failures: views.Plain, said: str = "") -> None:
        """Change rows in place: the view stays current for the next page, without being sent as a whole."""
        rows, failures = sendable(rows), sendable(failures)
        self.view["failures"] = failures
        for place, row in rows.items():
            self.view["rows"][place] = row
        told = [{**row, "failure": failures.get(row["id"])} for row in rows.values()]
        self.send({"kind": "rows", "turn": next(self._turns), "rows": told, "said": said})

    def found(self) -> Connections:
        """See `BaseList.found`."""
        return self.session.connections()

    def view_of(self, found: Connections) -> views.Plain:
        """See `BaseList.view_of`."""
        return views.list_view(
            found,
            provider_names={id: self.session.provider_name(id) for id in {row.provider for row in found}},
            capabilities=self.session.capabilities({row.provider for row in found}),
            tests=self.session.last_tests(),
            running=self._tests.running,
            turn=next(self._turns),
        )

    def empty(self) -> Empty:
        """See `BaseList.empty`."""
        from aiconn_nb.features.requirements import local_project_file  # a list with rows does not need it

        found = local_project_file()
        return setups.no_connections(
            has_demo="demo" in self.session.provider_ids(), project_file=found.name if found else ""
        )

    # ---- one row ------------------------------------------------------------------------------------------------------

    @intent
    def on_use(self, content: Content) -> None:
        """Make it the kernel's current connection."""
        using = self.session.use(self._stored(content.get("id")).alias)
        hint = f"'{binding(using.alias, 'client')}' gives a cell the SDK's client for it."
        self.note(f"Using {using.alias} in {using.environment}.", hint, tone="good", to=content)

    @intent
    def on_stop(self, content: Content) -> None:
        """Stop using a connection."""
        self.session.use_none()

    @intent
    def on_trust(self, content: Content) -> None:
        """Let it send its key to its host, after a question that shows key and host."""
        alias = self._stored(content.get("id")).alias
        question = self.session.untrusted(alias)
        if question is not None and question.answers and content.get("answers") != list(question.answers):
            self.reply(content, "panel", **trusting(self._stored(content.get("id")), question))
            return
        done = self.session.trust(alias, answers=question.answers if question else ())
        self.note(done.what, tone="good", to=content)

    @intent
    def on_duplicate(self, content: Content) -> None:
        """Copy it under a free alias."""
        made = self.session.duplicate(self._stored(content.get("id")).alias)
        self._made(content, made.connection, f"Made a copy: {made.alias}.")

    @intent
    def on_demo(self, content: Content) -> None:
        """Create the connection that needs no network and no key."""
        made = self.session.create("demo", "demo", name="Offline demo", again=False)
        self._made(content, made.connection, "Made demo, which needs no network and no key.")

    # ---- one row or a selection ---------------------------------------------------------------------------------------

    @intent
    def on_switch(self, content: Content) -> None:
        """Enable or disable connections, unless one of them was saved after it was shown."""
        active = content.get("active") is True
        seen = rows_in(content)
        stored = [self._stored(row.get("id")) for row in seen]
        switch = self.session.enable if active else self.session.disable
        expected = {one.alias: version_of(row) for one, row in zip(stored, seen, strict=True)}
        try:
            done = switch(*expected, expected_versions=expected)
        except ConnectionChanged:
            self.refresh()
            for one, table in reversed(self._differences(seen, active)):  # the first one gets the focus
                self.reply(content, "panel", **switching(one, table, active=active))
            return
        if not isinstance(content.get("id"), str):  # the switch of a row says it itself
            self.say("Enabled." if active else "Disabled.", content)
        if done.warnings:
            self.note(done.what, " ".join(done.warnings), tone="warn", to=content)

    @intent
    def on_test(self, content: Content) -> None:
        """Test connections, in threads."""
        ids = [self._stored(row.get("id")).id for row in rows_in(content)]
        self._tests.start(ids)
        self.say("Testing." if len(ids) == 1 else f"Testing {len(ids)} connections.", content)

    def _told(self, id: str, problem: str) -> None:
        """Show news about a test without reading the other rows; called from the test's thread."""
        if problem:
            self.note(problem)
        with self._lock:
            rows = self.view.get("rows", [])
            place = next((place for place, row in enumerate(rows) if row["id"] == id), None)
            if place is None:
                return
            last, running = self.session.last_test(id), self._tests.running.get(id)
            row, failure = views.tested_again(rows[place], last, running)
            failures = {key: each for key, each in self.view["failures"].items() if key != id}
            said = "" if running else views.test_said(row["alias"], failure)
            self._patch({place: row}, failures | ({id: failure} if failure else {}), said)

    @intent
    def on_ask_delete(self, content: Content) -> None:
        """Answer with the effects of a deletion and later saves, before the user confirms it."""
        self._ask_delete(content, rows_in(content))

    def _ask_delete(self, content: Content, seen: Sequence[Content]) -> None:
        stored = [self._stored(row.get("id")) for row in seen]
        aliases = [one.alias for one in stored]
        profiles = self.session.dependents(*aliases)
        broken = self.session.broken_without(*aliases)
        is_used = any(map(self._is_used, stored))
        panel = deleting(
            f"Delete {views.named(stored)}?",
            connection_effects(aliases, profiles=profiles, broken=broken, is_used=is_used),
            [(one.modified, table) for one, table in self._differences(seen)],
            versions(content, stored),
            force=bool(profiles),
            switches=any(one.active for one in stored),
        )
        self.reply(content, "panel", **panel)

    @intent
    def on_delete(self, content: Content) -> None:
        """Delete what was confirmed; ``force`` if the user confirmed it with the profiles named."""
        seen = rows_in(content)
        stored = [self._stored(row.get("id")) for row in seen]
        if any(one.version != version_of(row) for one, row in zip(stored, seen, strict=True)):
            self._ask_delete(content, seen)
            return
        entries = [Deleted(one.id, one.alias, self._is_used(one)) for one in stored]
        try:
            done = self.session.delete(*[one.alias for one in stored], force=content.get("force") is True)
        except ConnectionInUse:
            self._ask_delete(content, seen)
            return
        self._tell_deleted(content, entries, " ".join(done.warnings))

    def _differences(self, seen: Sequence[Content], active: bool | None = None) -> list[tuple[Connection, Table]]:
        """Return both values of each row that was saved after its page had seen it."""
        pairs = [(row, self._stored(row.get("id"))) for row in seen]
        return [(one, views.difference_view(row, one, active)) for row, one in pairs if one.version != version_of(row)]
