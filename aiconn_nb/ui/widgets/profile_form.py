"""The form of a profile: one is made, changed or deleted in it.

What is typed comes up in messages and goes back in messages, as in the form of a connection; `view` is what is stored.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, ClassVar

from aiconn_nb.errors import AiconnError, InvalidProfile, ProfileChanged, ProfileExists
from aiconn_nb.features.profiles import ShownProfile
from aiconn_nb.features.use import Models
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import command
from aiconn_nb.model.profile import Capability, Profile, as_capability
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done, Result
from aiconn_nb.session.versions import Differences, Versions

from . import profile_form_views as views
from .face import Content, bundle
from .form_draft import text_in, texts_in, words_in
from .form_face import FormFace, Outcome
from .form_views import error_view, shapes
from .list_views import Plain
from .profile_draft import Draft, kept, read_draft
from .undo import UndoingProfiles


class ProfileForm(UndoingProfiles, FormFace[Profile]):
    """A form for a new profile, or for the one with this alias.

    ``on_done`` is told how it ended, and may put something else in its place; without it the form goes on with what was saved.
    ``focus`` puts the cursor into it as soon as it is shown. Raises `ProfileNotFound`.
    """

    _esm = bundle("forms.js")
    _css = bundle("page.css")

    intents: ClassVar = {
        **FormFace.intents,
        "check": "on_check",
        "models": "on_models",
        "save": "on_save",
        "ask_delete": "on_ask_delete",
    }

    def __init__(
        self,
        alias: str | None = None,
        *,
        session: Session | None = None,
        on_done: Callable[[Outcome], None] | None = None,
        focus: bool = False,
    ) -> None:
        super().__init__(session, on_done=on_done, focus=focus)
        self._listed: dict[tuple[str, str, int], Models] = {}
        """The live lists, by environment, connection and its version."""
        self._show(None if alias is None else self.session.profile(alias))

    def answer(self) -> Result:
        """What is shown where no widget can be."""
        if self._base is None:
            return Done(
                f"A form for a new profile; it needs a running kernel. '{command('profile new')}' does the same on a line."
            )
        return self.session.show_profile(self._base.alias)

    # ---- while one types ----------------------------------------------------------------------------------------------

    def on_check(self, content: Content) -> None:
        """What is typed, some moments after the last key: remember it, and say what would become of it."""
        self._keep(content, kept(content) if content.get("dirty") is True else None)
        stored = self._current()
        if self._base is not None and not self._kept and stored not in (None, self._base):
            self._show(stored)
        self._tell(
            content,
            "checked",
            alias=self._alias_check(content),
            model=self._unlisted(content),
            environment=self.session.current_environment,
            meanwhile=views.meanwhile_view(self._base, stored),
            **self._new_connections(content),
        )

    def _new_connections(self, content: Content) -> dict[str, Any]:
        """The connections there are, unless the page has the same already."""
        connections = self._connections(self._base)
        mark = zlib.crc32(repr(connections).encode(errors="surrogatepass"))
        return {} if content.get("mark") == mark else {"connections": connections, "mark": mark}

    def _unlisted(self, content: Content) -> str:
        """That the first connection does not list the model, where its list is known."""
        first = next(iter(words_in(content, "connections")), "")
        connection = self.session.find(first)
        listed = self._listed.get(self._place(connection)) if connection else None
        model = texts_in(content).get("model", "").strip()
        return views.unlisted(connection, model, [row.id for row in listed]) if connection and listed else ""

    def on_models(self, content: Content) -> None:
        """The live list of a connection, asked for in a thread: the kernel and the form stay free."""
        capability = as_capability(text_in(content, "capability"))
        connection = self.session.find(text_in(content, "id"))
        if connection is None:
            return
        known = self._listed.get(self._place(connection))
        if known is not None and content.get("again") is not True:
            self._tell(content, "models", **views.models_view(connection, known, capability))
            return

        def run() -> None:
            try:
                place = self._place(connection)
                found = self._listed[place] = self.session.models(connection.alias)
                self._tell(content, "models", **views.models_view(connection, found, capability))
            except AiconnError as error:
                self._tell(content, "models", id=connection.id, what=error.reason, hint=error.hint)
            except Exception as error:
                # No str(error): it may quote a value.
                what = f"Internal error: {type(error).__name__}."
                self._tell(content, "models", id=connection.id, what=what, hint="Please report it.")

        Thread(target=run, name="aiconn-form-models", daemon=True).start()

    def _place(self, connection: Connection) -> tuple[str, str, int]:
        return self.session.current_environment, connection.id, connection.version

    # ---- ending -------------------------------------------------------------------------------------------------------

    def on_save(self, content: Content) -> None:
        """Save the draft that travels with this message; every error goes to its field."""
        current = self._current()
        if self._base is not None and current is None:
            self._tell_gone(content)
            return
        draft = self._draft(content)
        problems = dict(draft.problems)
        try:
            shown = None if problems else self._saved(draft, current, content.get("version"))
        except InvalidProfile as error:
            problems = error.problems
        except ProfileExists as error:
            problems = {"alias": error.what}
        except ProfileChanged:
            self._conflict(content)
            return
        except AiconnError as error:
            self._tell(content, "failed", **error_view(error))
            return
        if problems or shown is None:
            self._tell(content, "failed", problems=self._placed(problems, content))
            return
        self._show(shown.profile)
        what = f"{'Saved' if current else 'Created'} {shown.alias}."
        self._tell_saved(content, shown.profile, what, shown.warnings, created=current is None)
        self._done(Outcome("saved", shown.alias, what, shown.warnings))

    def _draft(self, content: Content) -> Draft:
        capability = self._base.capability if self._base else as_capability(text_in(content, "capability"))
        return read_draft(content, capability, stored_alias=self._base.alias if self._base else None)

    def _saved(self, draft: Draft, current: Profile | None, version: object) -> ShownProfile:
        if current is None:
            return self.session.create_profile(
                draft.alias,
                name=draft.name,
                capability=draft.capability,
                connections=self._named(draft.connections),
                model=draft.model,
                tags=draft.tags,
                default=draft.default,
                again=False,
                options=draft.options,
            )
        seen = self._seen.get(version, current) if isinstance(version, int) else current
        same = tuple(draft.connections) == seen.connections
        shown = self.session.edit_profile(
            current.alias,
            name=draft.name,
            new_alias=draft.alias,
            connections=None if same else self._named(draft.connections),
            model=draft.model,
            options=draft.options,
            tags=draft.tags,
            expected_version=version if isinstance(version, int) else 0,
        )
        # Only a switch that was turned here says something; another that became the default meanwhile stays it.
        if draft.default and not self.view["stored"]["active"]:
            self.session.default_profile(shown.alias)
        elif not draft.default and self._is_used(shown.profile) and self.view["stored"]["active"]:
            self.session.no_default_profile(shown.profile.capability)
        return shown

    def _named(self, ids: Sequence[str]) -> list[str]:
        """The connections as the session names them; what is no id was typed, or is gone."""
        gone = {each["id"]: each["alias"] for each in self._gone(self._base)}
        found = [(id, self.session.find(id)) for id in ids]
        return [connection.alias if connection else gone.get(id, id) for id, connection in found]

    def _conflict(self, content: Content) -> None:
        """It was saved elsewhere meanwhile: show both, overwrite nothing."""
        theirs, began = self._current(), self._began(content)
        if began is None or theirs is None:
            self._tell_gone(content)
            return
        told = views.conflict_view(began, theirs, is_default=self._is_used(theirs))
        self._tell(content, "changed", connections=self._connections(theirs), **told)

    def on_ask_delete(self, content: Content) -> None:
        """Before a deletion is confirmed: of what is it the default?"""
        current = self._current()
        is_default = current is not None and self._is_used(current)
        self._tell(content, "ask_delete", default=str(current.capability) if current and is_default else "")

    # ---- what it works with -------------------------------------------------------------------------------------------

    def _view(self, stored: Profile | None) -> Plain:
        return views.form_view(
            environment=self.session.current_environment,
            connections=self._connections(stored),
            defaults={each: self.session.default_alias(each) for each in Capability},
            options={each: self.session.option_fields(each) for each in Capability},
            shapes=shapes([{"shapes": list(row.key_shapes), "name": row.name} for row in self.session.providers()]),
            stored=None if stored is None else views.stored_view(stored, is_default=self._is_used(stored)),
        )

    def _connections(self, profile: Profile | None) -> list[Plain]:
        """What a profile may name, and what this one names and is gone."""
        able = {each: {one.id for one in self.session.connections_for(each)} for each in Capability}
        return [
            views.connection_view(
                row,
                self.session.provider_name(row.provider) or row.provider,
                [capability for capability, ids in able.items() if row.id in ids],
            )
            for row in self.session.connections()
        ] + self._gone(profile)

    def _gone(self, profile: Profile | None) -> list[Plain]:
        if profile is None or self.session.find_profile(profile.id) is None:
            return []
        links = self.session.show_profile(profile.alias).row.connections
        return [
            views.gone_view(id, link, profile.capability)
            for id, link in zip(profile.connections, links, strict=False)
            if link.state == "gone"
        ]

    # ---- the verbs of `FormFace`, on profiles -------------------------------------------------------------------------

    def _aliases(self) -> Sequence[str]:
        return self.session.profile_aliases()

    def _described(self, stored: Profile) -> Sequence[Field]:
        return views.fields_of(stored.capability)

    def _delete(self, alias: str, *, force: bool) -> Done:
        return self.session.delete_profile(alias)

    def _history(self, alias: str) -> Versions:
        return self.session.history_profile(alias)

    def _diff(self, alias: str, version: int) -> Differences:
        return self.session.diff_profile(alias, version)

    def _roll_back(self, alias: str, version: int, expected_version: int) -> tuple[Profile, Sequence[str]]:
        shown = self.session.rollback_profile(alias, version, expected_version=expected_version)
        return shown.profile, shown.warnings
