"""The form: one connection is made, changed, tested or deleted in it.

What is typed comes up in messages and goes back in messages, to the one page that asked. `view` is what is stored, and changes
only when that does: a notebook may save it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, ClassVar

from aiconn_nb.errors import AiconnError, ConnectionChanged, ConnectionExists, InvalidConnection, ProviderError
from aiconn_nb.features.app import Session
from aiconn_nb.features.checks import Rung
from aiconn_nb.features.connections import Shown
from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import command
from aiconn_nb.session.results import Done, Result
from aiconn_nb.session.versions import Differences, Versions

from . import form_views as views
from .face import Content, bundle
from .form_checks import keep_secret
from .form_draft import Draft, kept, read_draft, references_in, text_in
from .form_face import FormFace, Outcome
from .undo import UndoingConnections


class ConnectionForm(UndoingConnections, FormFace[Connection]):
    """A form for a new connection, or for the one with this alias.

    ``on_done`` is told how it ended, and may put something else in its place; without it the form goes on with what was saved.
    ``provider`` is picked already in a new one. ``focus`` puts the cursor into it as soon as it is shown. Raises
    `ConnectionNotFound`.
    """

    _esm = bundle("forms.js")
    _css = bundle("page.css")

    intents: ClassVar = {
        **FormFace.intents,
        "check": "on_check",
        "save": "on_save",
        "trust": "on_trust",
        "test": "on_test",
        "keep": "on_keep",
        "ask_delete": "on_ask_delete",
        "disable": "on_disable",
    }

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
        self._picked = provider
        self._show(None if alias is None else self.session.get(alias))

    def answer(self) -> Result:
        """What is shown where no widget can be."""
        if self._base is None:
            return Done(
                f"A form for a new connection; it needs a running kernel. '{command('new')}' does the same on a line."
            )
        return self.session.show(self._base.alias)

    # ---- while one types ----------------------------------------------------------------------------------------------

    def on_check(self, content: Content) -> None:
        """What is typed, less the secrets, some moments after the last key: remember it, and say what would become of it."""
        fields = self._fields(text_in(content, "provider"))
        self._keep(content, kept(content, fields) if content.get("dirty") is True else None)
        stored = self._current()
        if self._base is not None and not self._kept and stored not in (None, self._base):
            self._show(stored)
        provider = text_in(content, "provider")
        lines = self.session.explain_draft(provider, references_in(content, fields)) if fields else ()
        self._tell(
            content,
            "checked",
            alias=self._alias_check(content),
            references={line.key: views.reference_view(line) for line in lines},
            environment=self.session.current_environment,
            meanwhile=views.meanwhile_view(self._base, stored),
            **self._new_keys(content),
        )

    def _new_keys(self, content: Content) -> dict[str, Any]:
        """The known keys, unless the page has the same already."""
        keys = views.keys_in_order(self.session.known_keys())
        mark = zlib.crc32("\n".join(keys).encode(errors="surrogatepass"))
        return {} if content.get("mark") == mark else {"keys": keys, "mark": mark}

    def on_keep(self, content: Content) -> None:
        """Keep a value for a reference in the user secrets."""
        try:
            answer = keep_secret(self.session, content)
        except AiconnError as error:
            answer = views.error_view(error)
        self._tell(content, "kept", field=text_in(content, "field"), **answer)

    # ---- testing ------------------------------------------------------------------------------------------------------

    def on_test(self, content: Content) -> None:
        """Test what the form holds, in a thread: the kernel and the form stay free."""
        draft, alias = self._draft(content)
        # Whether a draft has a name matters to a save, not to a test.
        problems = {key: text for key, text in draft.problems.items() if key not in ("name", "alias")}
        if problems:
            self._tell(content, "tested", problems=problems)
            return

        def told(_: str, rung: Rung) -> None:
            self._tell(content, "rung", rung=views.rung_view(rung))

        def run() -> None:
            try:
                tested = self.session.test_draft(
                    draft.provider, draft.settings, alias=alias or "draft", kept_from=alias, progress=told
                )
                self._tell(content, "tested", **views.tested_view(tested))
            except InvalidConnection as error:
                self._tell(content, "tested", problems=error.problems)
            except AiconnError as error:
                self._tell(content, "tested", **views.error_view(error))
            except Exception as error:
                self._tell(content, "tested", what=f"Internal error: {type(error).__name__}.", hint="")

        Thread(target=run, name="aiconn-form-test", daemon=True).start()

    # ---- ending -------------------------------------------------------------------------------------------------------

    def on_save(self, content: Content) -> None:
        """Save the draft that travels with this message; every error goes to its field."""
        draft, alias = self._draft(content)
        if self._base is not None and alias is None:
            self._tell_gone(content)
            return
        problems = dict(draft.problems)
        try:
            question = None if problems else self._question(draft, alias)
            if question is not None and content.get("trust") != list(question.answers):
                self._tell(content, "ask_trust", **views.question_view(question))
                return
            shown = None if problems else self._saved(draft, alias, content.get("version"), question)
        except InvalidConnection as error:
            problems = error.problems
        except ConnectionExists as error:
            problems = {"alias": error.what}
        except ConnectionChanged:
            self._conflict(content)
            return
        except AiconnError as error:
            self._tell(content, "failed", **views.error_view(error))
            return
        if problems or shown is None:
            self._tell(content, "failed", problems=self._placed(problems, content))
            return
        self._show(shown.connection)
        what = f"{'Saved' if alias else 'Created'} {shown.alias}."
        self._tell_saved(content, shown.connection, what, shown.warnings, created=alias is None)
        self._done(Outcome("saved", shown.alias, what, shown.warnings))

    def _question(self, draft: Draft, alias: str | None) -> Question | None:
        """What has to be asked before a key goes to another host. Where that cannot be told, the save warns."""
        try:
            question = self.session.trust_question(alias, draft.provider, draft.settings, name=draft.alias)
        except InvalidConnection:
            return None  # the save tells all that is wrong, of name and alias too
        return question if question is not None and question.answers else None

    def _saved(self, draft: Draft, alias: str | None, version: object, allowed: Question | None) -> Shown:
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

    def on_trust(self, content: Content) -> None:
        """Let what is stored send its key to the host that the page has shown."""
        current, answers = self._current(), content.get("answers")
        if current is not None and isinstance(answers, list):
            done = self.session.trust(current.alias, answers=answers)
            if current == self._base:
                self._show(current)
            self._tell(content, "trusted", what=done.what)

    def _conflict(self, content: Content) -> None:
        """It was saved elsewhere meanwhile: show both, overwrite nothing."""
        theirs, began = self._current(), self._began(content)
        if began is None or theirs is None:
            self._tell_gone(content)
            return
        self._tell(content, "changed", **views.conflict_view(began, theirs, self._fields(theirs.provider)))

    def on_ask_delete(self, content: Content) -> None:
        """Before a deletion is confirmed: which profiles depend on it, and which of them would break?"""
        current = self._current()
        profiles = self.session.dependents(current.alias) if current else ()
        broken = self.session.broken_without(current.alias) if current else ()
        told = {"active": current.active, "used": self._is_used(current)} if current else {}
        self._tell(content, "ask_delete", profiles=list(profiles), broken=list(broken), **told)

    def on_disable(self, content: Content) -> None:
        """Switch it off instead of deleting it."""
        current = self._current()
        if current:
            done = self.session.disable(current.alias)
            shown = self.session.get(current.alias)
            self._show(shown)
            self._tell_saved(content, shown, done.what, done.warnings)
            self._done(Outcome("saved", current.alias, done.what, done.warnings))

    # ---- what it works with -------------------------------------------------------------------------------------------

    def _draft(self, content: Content) -> tuple[Draft, str | None]:
        """The draft of a message, and the present alias of what is edited; None where nothing is, or where it is gone."""
        current = self._current()
        provider = self._base.provider if self._base else text_in(content, "provider")
        draft = read_draft(
            {**content, "provider": provider},
            self._fields(provider),
            stored_alias=self._base.alias if self._base else None,
        )
        return draft, current.alias if current else None

    def _fields(self, provider: str) -> Sequence[Field]:
        try:
            return self.session.fields(provider) if provider else ()
        except ProviderError:
            return ()

    def _view(self, stored: Connection | None) -> views.Plain:
        rows = [row for row in self.session.providers() if stored is None or row.id == stored.provider]
        providers = [views.provider_view(row, () if row.broken else self.session.fields(row.id)) for row in rows]
        shown = None
        if stored is not None:
            question = self.session.untrusted(stored.alias) if self._current() else None
            in_use = self._is_used(stored)
            shown = views.stored_view(stored, self._described(stored), in_use=in_use, untrusted=question)
        return views.form_view(
            environment=self.session.current_environment, providers=providers, stored=shown, picked=self._picked
        )

    # ---- the verbs of `FormFace`, on connections ----------------------------------------------------------------------

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
