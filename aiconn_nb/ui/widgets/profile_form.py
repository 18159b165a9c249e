"""The form to create, change or delete one profile.

Input and answers travel in messages, as in the form of a connection; `view` is the stored state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from aiconn_nb.errors import AiconnError, ConnectionNotFound, Missing
from aiconn_nb.features.profiles import ShownProfile
from aiconn_nb.features.use import Models
from aiconn_nb.model.capability import Capability, as_capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import command
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session
from aiconn_nb.session.results import Done, Result
from aiconn_nb.session.versions import Differences, Versions

from . import profile_form_views as views
from .base_form import Outcome
from .base_widget import Content, bundle, intent
from .form_actions import FormActions
from .form_conflict import Side, profile_sides
from .form_draft import text_in, texts_in, words_in
from .form_views import meanwhile_view, shapes
from .list_views import Plain
from .profile_draft import Draft, kept, own_models, read_draft
from .question_panels import deleting_form, profile_effects
from .undo import UndoingProfiles


class ProfileForm(UndoingProfiles, FormActions[Profile]):
    """A form for a new profile, or for the one with this alias.

    Args:
        alias: The profile to edit; None means a new one.
        session: The session; None means the kernel's own.
        on_done: Called with the outcome at the end; it may replace the form. Without it, the form shows the saved profile.
        focus: Whether to move the cursor into the form when it is shown.

    Raises:
        ProfileNotFound: No profile has this alias; the hint names the nearest.

    Example::

        aiconn_nb.ProfileForm("writer")
    """

    _esm = bundle("forms.js")
    _css = bundle("page.css")

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
        """The live lists, by environment, connection and connection version."""
        self._show(None if alias is None else self.session.profile(alias))

    def answer(self) -> Result:
        """Return the text for front ends without widgets."""
        if self._base is None:
            return Done(
                f"A form for a new profile; it needs a running kernel. '{command('profile new')}' does the same on a line."
            )
        return self.session.show_profile(self._base.alias)

    # ---- during input -------------------------------------------------------------------------------------------------

    @intent
    def on_check(self, content: Content) -> None:
        """Remember the input, and report its problems. It comes shortly after the last key."""
        self._keep(content, kept(content) if content.get("dirty") is True else None)
        stored = self._stored_now()
        self._tell(
            content,
            "checked",
            alias=self._alias_check(content),
            **self._unlisted(content),
            environment=self.session.current_environment,
            meanwhile=meanwhile_view("profile", self._base, stored),
            **self._news(content, connections=self._connections(self._base)),
        )

    def _unlisted(self, content: Content) -> dict[str, Any]:
        """Return notes on models that a connection's known list lacks.

        A note on the profile's model belongs to that field for the first connection that uses it, and to a fallback otherwise.
        """
        own, shared = own_models(content), texts_in(content).get("model", "").strip()
        on_shared, on_own = "", {}
        is_first = True
        for connection in filter(None, map(self.session.find, words_in(content, "connections"))):
            listed = [row.id for row in self._listed.get(self._place(connection), ())]
            model = own.get(connection.id, "")
            note = views.unlisted(connection, model or shared, listed, is_named=not (model or is_first))
            if model or not is_first:
                on_own[connection.id] = note
            else:
                on_shared, is_first = note, False
        return {"model": on_shared, "models": on_own}

    @intent
    def on_models(self, content: Content) -> None:
        """Request the live list of a connection."""
        capability = as_capability(text_in(content, "capability"))
        id = text_in(content, "id")
        connection = self.session.find(id)
        if connection is None:
            gone = ConnectionNotFound(why=Missing.GONE)
            self._tell(content, "models", **views.no_models_view(id, "This connection", gone.reason, gone.hint))
            return
        known = self._listed.get(self._place(connection))
        if known is not None and content.get("again") is not True:
            self._tell(content, "models", **views.models_view(connection, known, capability))
            return

        def act() -> None:
            found = self._listed[self._place(connection)] = self.session.models(connection.alias)
            self._tell(content, "models", **views.models_view(connection, found, capability))

        def failed(error: AiconnError) -> None:
            told = views.no_models_view(connection.id, connection.alias, error.reason, error.hint)
            self._tell(content, "models", **told)

        self._in_thread(act, failed)

    def _place(self, connection: Connection) -> tuple[str, str, int]:
        return self.session.current_environment, connection.id, connection.version

    # ---- ending -------------------------------------------------------------------------------------------------------

    def _capability(self, content: Content) -> Capability:
        return self._base.capability if self._base else as_capability(text_in(content, "capability"))

    def _asked_for(self, content: Content) -> Sequence[Field]:
        return views.fields_of(self._capability(content))

    def _draft(self, content: Content) -> Draft:
        return read_draft(content, self._capability(content), stored_alias=self._base.alias if self._base else None)

    def _save(self, content: Content, draft: Draft, current: Profile | None) -> tuple[Profile, Sequence[str]]:
        shown = self._create(draft) if current is None else self._edit(draft, current, content.get("version"))
        return shown.profile, shown.warnings

    def _create(self, draft: Draft) -> ShownProfile:
        return self.session.create_profile(
            draft.alias,
            name=draft.name,
            capability=draft.capability,
            connections=self._named(draft),
            model=draft.model,
            tags=draft.tags,
            default=draft.default,
            again=False,
            options=draft.options,
        )

    def _edit(self, draft: Draft, current: Profile, version: object) -> ShownProfile:
        seen = self._seen.get(version, current) if isinstance(version, int) else current
        same = tuple(draft.connections) == seen.connections and draft.models == dict(seen.models)
        shown = self.session.edit_profile(
            current.alias,
            name=draft.name,
            new_alias=draft.alias,
            connections=None if same else self._named(draft),
            model=draft.model,
            options=draft.options,
            tags=draft.tags,
            expected_version=version if isinstance(version, int) else 0,
        )
        # Only a switch that was changed in this form counts. A profile that has become the default elsewhere stays it.
        if draft.default and not self.view["stored"]["active"]:
            self.session.default_profile(shown.alias)
        elif not draft.default and self._is_used(shown.profile) and self.view["stored"]["active"]:
            self.session.no_default_profile(shown.profile.capability)
        return shown

    def _named(self, draft: Draft) -> list[str]:
        """Return the connections as ``ALIAS=MODEL``, without a model as ``ALIAS=``.

        An unknown id was typed, or its connection was deleted.
        """
        gone = {each["id"]: each["alias"] for each in self._gone(self._base)}
        found = [(id, self.session.find(id)) for id in draft.connections]
        return [
            f"{connection.alias}={draft.models.get(id, '')}" if connection else gone.get(id, id)
            for id, connection in found
        ]

    def _sides(self, content: Content, began: Profile, theirs: Profile) -> Iterator[Side]:
        gone = {each["id"]: each["alias"] for each in (*self._gone(began), *self._gone(theirs))}

        def alias_of(id: str) -> str:
            connection = self.session.find(id)
            return connection.alias if connection else gone.get(id, id)

        labels = {field.key: field.label for field in self._described(theirs)}
        return profile_sides(content, began, theirs, labels, alias_of)

    @intent
    def on_ask_delete(self, content: Content) -> None:
        """Answer with the effects of a deletion, before the user confirms it."""
        current = self._current()
        is_default = current is not None and self._is_used(current)
        effects = profile_effects(current.capability if current and is_default else "")
        self._show_panel(content, deleting_form(self.edited(), effects))

    # ---- its view -----------------------------------------------------------------------------------------------------

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
        """Return the connections that a profile may use, and the deleted ones that this profile still names."""
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

    def _usage(self, stored: Profile) -> str:
        return views.usage_of(stored)

    def _line(self, alias: str) -> str:
        current = self._current()
        if current is not None and current.capability is Capability.EMBEDDING:
            return f'%aiconn embed {alias} "a text" -o vectors'
        return f"%%aiconn ask {alias}\nWhy is the sky blue?"

    # ---- the verbs of `BaseForm`, on profiles -------------------------------------------------------------------------

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
