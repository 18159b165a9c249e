"""The form to create, change, test or delete one connection.

The user's input arrives in messages, and answers go only to the page that asked. `view` is the stored state and changes only with
it, because a notebook may save it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from aiconn_nb.errors import AiconnError, InvalidConnection, ProviderError
from aiconn_nb.features.app import Session
from aiconn_nb.features.catalog import ProviderRow
from aiconn_nb.features.checks import Tested
from aiconn_nb.features.connections import Shown, other_provider
from aiconn_nb.features.environments import FieldLine
from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import binding, command, sentences
from aiconn_nb.session.results import Done, Result
from aiconn_nb.session.versions import Differences, Versions

from . import form_views as views
from .base_form import Outcome
from .base_widget import Content, bundle, intent
from .form_actions import Rotating
from .form_checks import answers_again, keep_panel, keep_secret
from .form_conflict import Side, connection_sides
from .form_draft import Draft, kept, mapping_in, read_draft, references_in, text_in
from .list_views import Plain
from .protocol import Body, ReferenceView
from .question_panels import connection_effects, deleting_form, offer_of, saving_to, untrusted
from .steps import ID, Progress, tested_view
from .undo import UndoingConnections


class ConnectionForm(UndoingConnections, Rotating):
    """A form for a new connection, or for the one with this alias.

    Args:
        alias: The connection to edit; None means a new one.
        session: The session; None means the kernel's own.
        provider: The id of the provider that is preselected in a new connection.
        on_done: Called with the outcome at the end; it may replace the form. Without it, the form shows the saved connection.
        focus: Whether to move the cursor into the form when it is shown.

    Raises:
        ConnectionNotFound: No connection has this alias; the hint names the nearest.
        ProviderNotFound: No provider has this id; the hint names the nearest.

    Example::

        aiconn_nb.ConnectionForm(provider="openai")
    """

    _esm = bundle("forms.js")
    _css = bundle("page.css")

    def __init__(
        self,
        alias: str | None = None,
        *,
        session: Session | None = None,
        provider: str = "",
        on_done: Callable[[Outcome], None] | None = None,
        focus: bool = False,
    ) -> None:
        super().__init__(session, on_done=on_done, focus=focus)
        if provider:
            self.session.fields(provider)
        self._picked = provider
        self._tests: dict[object, tuple[Tested, datetime, str]] = {}
        """The last test of the form's content, its time and environment, by the page that asked for it."""
        connection = None if alias is None else self.session.get(alias)
        if connection is not None and provider and (problems := other_provider(connection, provider)):
            raise InvalidConnection(problems)
        self._show(connection)

    def answer(self) -> Result:
        """Return the text for front ends without widgets."""
        if self._base is None:
            return Done(
                f"A form for a new connection; it needs a running kernel. '{command('new')}' does the same on a line."
            )
        return self.session.show(self._base.alias)

    # ---- during input -------------------------------------------------------------------------------------------------

    @intent
    def on_check(self, content: Content) -> None:
        """Remember the input, and report what it would resolve to. It has no secrets, and comes shortly after the last key."""
        fields = self._fields(text_in(content, "provider"))
        self._keep(content, kept(content, fields) if content.get("dirty") is True else None)
        stored = self._stored_now()
        provider = text_in(content, "provider")
        lines = self.session.explain_draft(provider, references_in(content, fields)) if fields else ()
        self._tell(
            content,
            "checked",
            alias=self._alias_check(content),
            references={line.key: self._reference(line, fields, stored) for line in lines},
            environment=self.session.current_environment,
            meanwhile=views.meanwhile_view("connection", self._base, stored),
            **self._keys(content),
        )

    def _reference(self, line: FieldLine, fields: Sequence[Field], stored: Connection | None) -> ReferenceView:
        return views.reference_view(
            line,
            self.session.current_environment,
            is_sensitive=any(each.key == line.key and each.sensitive for each in fields),
            is_stored=stored is not None and stored.settings.get(line.key) == line.written,
        )

    def _keys(self, content: Content) -> dict[str, Any]:
        """Return the known keys and the usual references of the fields, unless the page already has them."""
        keys, shared = views.keys_in_order(self.session.known_keys()), self.view["shared"]
        kinds = (each["fields"] for each in self.view["kinds"] if each["id"] == self._provider(content))
        fields = [shared[field] if isinstance(field, str) else field for field in next(kinds, [])]
        environment = self.session.current_environment
        usual = {field["key"]: views.usual_references(field, keys, environment) for field in fields}
        return self._news(content, keys=keys, usual=usual)

    @intent
    def on_keep(self, content: Content) -> None:
        """Show the panel for the value of a reference, or store the value in the user secrets."""
        given = {**content, **mapping_in(content, "values")}
        field, is_typed = text_in(content, "field"), content.get("typed") is True
        panel = keep_panel(field, text_in(given, "reference"), self.session.current_environment, is_typed=is_typed)
        if "value" not in given:
            self._show_panel(content, panel)
            return
        found, problem = None, ""
        try:
            found = keep_secret(self.session, given)
        except AiconnError as error:
            problem = sentences(error.what, error.hint)
        if found is not None and not found.problem:
            self._tell(content, "close", id=panel["id"])
            self._tell(content, "kept", field=field, reference=found.reference, said=found.done)
            return
        again = answers_again(panel["answers"], given, found)
        self._show_panel(content, {**panel, "error": found.problem if found else problem, "answers": again})

    # ---- testing ------------------------------------------------------------------------------------------------------

    @intent
    def on_test(self, content: Content) -> None:
        """Test the content of the form."""
        draft, current = self._draft(content), self._current()
        # A save needs the draft's name; a test does not.
        problems = {key: text for key, text in draft.problems.items() if key not in ("name", "alias")}
        if problems:
            self._tell_failed(content, problems)
            return

        alias = current.alias if current else None
        page, environment = content.get("page"), self.session.current_environment
        self._tests.pop(page, None)

        progress = Progress(lambda panel: self._show_panel(content, panel))

        def act() -> None:
            tested = self.session.test_draft(
                draft.provider, draft.settings, alias=alias or "draft", kept_from=alias, progress=progress
            )
            self._tests[page] = tested, now(), environment
            self._show_panel(content, tested_view(tested))

        def failed(error: AiconnError) -> None:
            self._tell(content, "close", id=ID)
            if isinstance(error, InvalidConnection):
                self._tell_failed(content, error.problems)
            else:
                self.note(error.what, error.hint, to=content)

        self._in_thread(act, failed)

    # ---- ending -------------------------------------------------------------------------------------------------------

    def _save(
        self, content: Content, draft: Draft, current: Connection | None
    ) -> tuple[Connection, Sequence[str]] | None:
        alias = current.alias if current else None
        question = self._question(draft, alias)
        if question is not None and content.get("trust") != list(question.answers):
            merged = {key: content[key] for key in ("over", "version", "chosen") if {"over", key} <= content.keys()}
            self._show_panel(content, saving_to(draft.name, question, merged))
            return None
        shown = self._write(draft, alias, content.get("version"), question)
        self._keep_test(content, shown.connection)
        return shown.connection, shown.warnings

    def _keep_test(self, content: Content, saved: Connection) -> None:
        """Keep the page's last test for the connection, if the page says that it tested what it saves."""
        last = self._tests.get(content.get("page"))
        if content.get("tested") is True and last is not None:
            tested, at, environment = last
            # The save has asked about the host, so a test that ended there says nothing about what was saved.
            was_untrusted = tested.failed is not None and tested.failed.name == "trusted host"
            if environment == self.session.current_environment and not was_untrusted:
                self.session.keep_test(saved, tested, at)
        self._tests.clear()

    def _question(self, draft: Draft, alias: str | None) -> Question | None:
        """Return the question to ask before a key goes to another host. If the host is unknown, the save warns."""
        try:
            question = self.session.trust_question(alias, draft.provider, draft.settings, name=draft.alias)
        except InvalidConnection:
            return None  # the save reports all problems, including those of name and alias
        return question if question is not None and question.answers else None

    def _write(self, draft: Draft, alias: str | None, version: object, allowed: Question | None) -> Shown:
        answers = allowed.answers if allowed else ()
        if alias is None:
            return self.session.create(
                draft.alias,
                draft.provider,
                name=draft.name,
                settings=draft.settings,
                active=draft.active,
                trusting=answers,
                again=False,
            )
        return self.session.edit(
            alias,
            name=draft.name,
            settings=draft.settings,
            active=draft.active,
            new_alias=draft.alias,
            expected_version=version if isinstance(version, int) else 0,
            trusting=answers,
        )

    @intent
    def on_trust(self, content: Content) -> None:
        """Permit the stored connection to send its key to the host that the page has shown."""
        current, answers = self._current_for(content), content.get("answers")
        if current is not None and isinstance(answers, list):
            done = self.session.trust(current.alias, answers=answers)
            if current == self._base:
                self._show(current)
            self.note(done.what, tone="good", to=content)

    def _sides(self, content: Content, began: Connection, theirs: Connection) -> Iterator[Side]:
        return connection_sides(content, began, theirs, self._fields(theirs.provider))

    @intent
    def on_ask_delete(self, content: Content) -> None:
        """Answer with the effects of a deletion, before the user confirms it."""
        current = self._current()
        aliases = [current.alias] if current else []
        profiles = self.session.dependents(*aliases) if current else ()
        lines = connection_effects(
            aliases,
            profiles=profiles,
            broken=self.session.broken_without(*aliases) if current else (),
            is_used=current is not None and self._is_used(current),
        )
        switches = current is not None and current.active
        self._show_panel(content, deleting_form(self.edited(), lines, force=bool(profiles), switches=switches))

    @intent
    def on_disable(self, content: Content) -> None:
        """Disable it instead of deleting it."""
        current = self._current_for(content)
        if current is not None:
            done = self.session.disable(current.alias)
            shown = self.session.get(current.alias)
            self._show(shown)
            self._tell_saved(content, shown, done.what, done.warnings)
            self._done(Outcome("saved", current.alias, done.what, done.warnings))

    # ---- its view and draft -------------------------------------------------------------------------------------------

    def _provider(self, content: Content) -> str:
        return self._base.provider if self._base else text_in(content, "provider")

    def _asked_for(self, content: Content) -> Sequence[Field]:
        return self._fields(self._provider(content))

    def _draft(self, content: Content) -> Draft:
        return read_draft(
            {**content, "provider": self._provider(content)},
            self._asked_for(content),
            stored_alias=self._base.alias if self._base else None,
        )

    def _fields(self, provider: str) -> Sequence[Field]:
        try:
            return self.session.fields(provider) if provider else ()
        except ProviderError:
            return ()

    def _view(self, stored: Connection | None) -> Plain:
        rows = [row for row in self.session.providers() if stored is None or row.id == stored.provider]
        if stored is not None and not rows:
            rows = [ProviderRow(stored.provider, stored.provider, broken="Its plug-in is not installed here.")]
        set_here = self.session.set_here(row.id for row in rows if not row.broken)
        providers = [
            views.provider_view(row, () if row.broken else self.session.fields(row.id), set_here.get(row.id))
            for row in rows
        ]
        shown = None
        if stored is not None:
            question = self.session.untrusted(stored.alias) if self._current() else None
            note = untrusted(stored.alias, question) if question else None
            in_use = self._is_used(stored)
            shown = views.stored_view(stored, self._described(stored), in_use=in_use, note=note)
        return views.form_view(
            environment=self.session.current_environment, providers=providers, stored=shown, picked=self._picked
        )

    def _usage(self, stored: Connection) -> str:
        return command("use", stored.alias)

    def _offer(self, stored: Connection) -> Body:
        question = self.session.untrusted(stored.alias)
        return offer_of(question) if question else {}

    def _line(self, alias: str) -> str:
        return binding(alias, "client")

    # ---- the verbs of `BaseForm`, on connections ----------------------------------------------------------------------

    def _aliases(self) -> Sequence[str]:
        return self.session.aliases()

    def _described(self, stored: Connection) -> Sequence[Field]:
        return self._fields(stored.provider)

    def _delete(self, alias: str, *, force: bool) -> Done:
        return self.session.delete(alias, force=force)

    def _history(self, alias: str) -> Versions:
        return self.session.history(alias)

    def _diff(self, alias: str, version: int) -> Differences:
        return self.session.diff(alias, version)

    def _roll_back(self, alias: str, version: int, expected_version: int) -> tuple[Connection, Sequence[str]]:
        shown = self.session.rollback(alias, version, expected_version=expected_version)
        return shown.connection, shown.warnings
