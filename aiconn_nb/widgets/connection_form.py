"""The form: one connection is made, changed, tested or deleted in it.

What is typed comes up in messages and goes back in messages, to the one page that asked. `view` is what is stored, and changes
only when that does: a notebook may save it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any, ClassVar

from aiconn_nb.display import Answer
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import AiconnError, ConnectionChanged, ConnectionExists, InvalidConnection, ProviderError
from aiconn_nb.model.field import Field
from aiconn_nb.session.answers import Done, Shown
from aiconn_nb.session.connections.tested import Rung
from aiconn_nb.session.session import Session
from aiconn_nb.session.sharing.trust import Question

from . import form_views as views
from .face import Content, source
from .form_checks import alias_check, keep_secret
from .form_draft import Draft, kept, number_in, read_draft, references_in, text_in
from .form_face import FormFace, Outcome
from .form_history import changes_view, versions_view


class ConnectionForm(FormFace):
    """A form for a new connection, or for the one with this alias.

    ``on_done`` is told how it ended, and may put something else in its place; without it the form goes on with what was saved.
    ``provider`` is picked already in a new one. ``focus`` puts the cursor into it as soon as it is shown. Raises
    `ConnectionNotFound`.
    """

    _esm = source(
        "face.js",
        "form_controls.js",
        "form_choices.js",
        "form_keys.js",
        "form_keep.js",
        "form_fields.js",
        "form_parts.js",
        "form_frame.js",
        "form_history.js",
        "form_identity.js",
        "form_meanwhile.js",
        "form_life.js",
        "connection_conflict.js",
        "connection_fields.js",
        "connection_trust.js",
        "connection_test.js",
        "connection_deletion.js",
        "connection_form.js",
    )
    _css = source("face.css", "form.css")

    intents: ClassVar = {
        "hello": "on_hello",
        "check": "on_check",
        "save": "on_save",
        "trust": "on_trust",
        "test": "on_test",
        "keep": "on_keep",
        "dependents": "on_dependents",
        "delete": "on_delete",
        "disable": "on_disable",
        "restore": "on_restore",
        "history": "on_history",
        "diff": "on_diff",
        "rollback": "on_rollback",
        "cancel": "on_cancel",
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
        self._base: Connection | None = None
        """What is edited, as it was when the page began; None where a connection is made."""
        self._seen: dict[object, Connection] = {}
        """What pages were shown of it, by version: one may still be at an earlier one."""
        self._show(None if alias is None else self.session.get(alias))

    def answer(self) -> Answer:
        """What is shown where no widget can be."""
        if self._base is None:
            return Done(
                "A form for a new connection; it needs a running kernel. '%aiconn new' does the same on a line."
            )
        return self.session.show(self._base.alias)

    def refresh(self) -> None:
        """Show what is stored now; what is being typed stays."""
        if self._base is not None and self._kept is None:
            self._show(self.session.find(self._base.id) or self._base)
        self.send({"kind": "stir"})

    # ---- while one types ----------------------------------------------------------------------------------------------

    def on_check(self, content: Content) -> None:
        """What is typed, less the secrets, some moments after the last key: remember it, and say what would become of it."""
        fields = self._fields(text_in(content, "provider"))
        self._kept = kept(content, fields) if content.get("dirty") is True else None
        stored = None if self._base is None else self.session.find(self._base.id)
        if self._base is not None and self._kept is None and stored not in (None, self._base):
            self._show(stored)
        provider = text_in(content, "provider")
        lines = self.session.explain_draft(provider, references_in(content, fields)) if fields else ()
        self._tell(
            content,
            "checked",
            alias=alias_check(self.session.aliases(), content, self._base.alias if self._base else None),
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
            self._tell(content, "gone", alias=self._base.alias)
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
        """What has to be asked before a key goes to another host. Where that cannot be told, nobody can answer: it warns."""
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

    def _placed(self, problems: Mapping[str, str], content: Content) -> dict[str, str]:
        """All problems, that of the alias in the words of the check: a closed alias has none that its name does not have."""
        found = {key: text for key, text in problems.items() if key != "alias"}
        alias = alias_check(self.session.aliases(), content, self._base.alias if self._base else None)["problem"]
        if alias:
            found["alias"] = alias
        return found or dict(problems)

    def _conflict(self, content: Content) -> None:
        """Somebody else saved it meanwhile: show both, overwrite nothing."""
        theirs = self.session.find(self._base.id) if self._base else None
        if self._base is None or theirs is None:
            self._tell(content, "gone", alias=self._base.alias if self._base else "")
            return
        version = content.get("version")
        began = self._seen.get(version if isinstance(version, int) else 0, self._base)
        self._tell(content, "changed", **views.conflict_view(began, theirs, self._fields(theirs.provider)))

    def on_dependents(self, content: Content) -> None:
        """Before a deletion is confirmed: which profiles would break?"""
        current = self._current()
        profiles = self.session.dependents(current.alias) if current else ()
        self._tell(content, "dependents", profiles=list(profiles))

    def on_delete(self, content: Content) -> None:
        """Delete it; ``force`` where profiles were named and it is meant all the same."""
        current = self._current()
        done = self.session.delete(current.alias, force=content.get("force") is True) if current else Done("Deleted.")
        self._kept = None
        self._tell(content, "deleted", what=done.what, warnings=list(done.warnings))
        self._done(Outcome("deleted", current.alias if current else "", done.what, done.warnings))

    def on_disable(self, content: Content) -> None:
        """Switch it off instead of deleting it."""
        current = self._current()
        if current:
            done = self.session.disable(current.alias)
            shown = self.session.get(current.alias)
            self._show(shown)
            self._tell_saved(content, shown, done.what, done.warnings)
            self._done(Outcome("saved", current.alias, done.what, done.warnings))

    def _tell_saved(
        self, content: Content, made: Connection, what: str, warnings: Sequence[str], *, created: bool = False
    ) -> None:
        """Its version says which view belongs to it: that comes by itself, before or after this."""
        told = {"alias": made.alias, "version": made.version, "created": created}
        self._tell(content, "saved", what=what, warnings=list(warnings), **told)

    def on_restore(self, content: Content) -> None:
        """Bring back what was deleted, here or elsewhere."""
        if self._base is not None:
            shown = self.session.undelete(self._base.alias)
            self._show(shown.connection)
            self._tell(content, "restored", what=f"{shown.alias} is back.")

    # ---- former versions ----------------------------------------------------------------------------------------------

    def on_history(self, content: Content) -> None:
        """The versions that are kept: when, by whom, what changed."""
        current = self._current()
        if current is not None:
            versions = versions_view(self.session.history(current.alias), self._fields(current.provider))
            self._tell(content, "history", versions=versions)

    def on_diff(self, content: Content) -> None:
        """What differs between a version and what is stored now."""
        current, version = self._current(), number_in(content, "with")
        if current is not None:
            differs = self.session.diff(current.alias, version)
            changes = changes_view(differs, self._fields(current.provider))
            self._tell(content, "differs", version=version, changes=changes)

    def on_rollback(self, content: Content) -> None:
        """Save a former version as a new one, unless somebody saved one that the page has not seen."""
        current, to = self._current(), number_in(content, "to")
        if current is None:
            self._tell(content, "gone", alias=self._base.alias if self._base else "")
            return
        if current.version != number_in(content, "version"):
            self._show(current)  # with its history, which the page asks for
            self.note(
                f"{current.alias} was saved meanwhile, and nothing was rolled back.",
                "The history shows what was saved; roll back again if you still mean it.",
                to=content,
            )
            return
        shown = self.session.rollback(current.alias, to)
        self._show(shown.connection)
        what = f"{shown.alias} is as it was in version {to}. That is version {shown.connection.version}."
        self._tell_saved(content, shown.connection, what, shown.warnings)

    def edited(self) -> str:
        """See `FormFace.edited`."""
        return self._base.alias if self._base else ""

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

    def _current(self) -> Connection | None:
        return self.session.find(self._base.id) if self._base else None

    def _fields(self, provider: str) -> Sequence[Field]:
        try:
            return self.session.fields(provider) if provider else ()
        except ProviderError:
            return ()

    def _show(self, connection: Connection | None) -> None:
        """Show what is stored, and begin from there."""
        self._base = connection
        self._kept = None
        if connection is not None:
            self._seen[connection.version] = connection
        rows = [row for row in self.session.providers() if connection is None or row.id == connection.provider]
        providers = [views.provider_view(row, () if row.broken else self.session.fields(row.id)) for row in rows]
        stored = None
        if connection is not None:
            in_use = self.session.using().alias == connection.alias
            question = self.session.untrusted(connection.alias) if self._current() else None
            fields = self._fields(connection.provider)
            stored = views.stored_view(connection, fields, in_use=in_use, untrusted=question)
        self.view = views.form_view(
            environment=self.session.current_environment, providers=providers, stored=stored, picked=self._picked
        )
