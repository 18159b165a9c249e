"""The list of profiles, with their health and all actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiconn_nb.errors import ProfileNotFound, ProfilesAlone
from aiconn_nb.features.profiles import Profiles
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session
from aiconn_nb.threads import started

from . import profile_views as views
from . import setups
from .base_list import BaseList, rows_in, version_of, versions
from .base_widget import Content, bundle, intent, ours
from .list_views import Plain, differences
from .protocol import Empty
from .question_panels import deleting, profile_effects
from .undo import Deleted, UndoingProfiles

LOOK = {"text": "", "capability": "", "health": "", "resolves": "", "sort": "name", "descending": False}


class ProfileList(UndoingProfiles, BaseList[Profile]):
    """The profiles of a session, with their actions.

    Args:
        session: The session; None means the kernel's own.
        open_form: Called with an alias for "edit", and with None for "create". Without it, the list names the form to show.
        open_connections: Shows the connections, if there is no profile yet.

    Example::

        aiconn_nb.ProfileList()
    """

    _esm = bundle("lists.js")
    _css = bundle("page.css")
    made_of = setups.PROFILES
    form_name = "ProfileForm"
    not_found = ProfileNotFound

    def __init__(
        self,
        session: Session | None = None,
        *,
        open_form: Callable[[str | None], None] | None = None,
        open_connections: Callable[[], None] | None = None,
    ) -> None:
        self._open_connections = open_connections
        super().__init__(session, look=LOOK, open_form=open_form)

    # ---- looking ------------------------------------------------------------------------------------------------------

    def first_view(self) -> dict[str, Any]:
        """See `BaseWidget.first_view`."""
        return self.look_again()

    def refresh(self) -> None:
        """Show the stored state; send nothing if nothing differs."""
        self.view = self.look_again()

    def found(self) -> Profiles:
        """See `BaseList.found`."""
        return self.session.profiles()

    def view_of(self, found: Profiles) -> Plain:
        """See `BaseList.view_of`."""
        return views.list_view(found)

    def empty(self) -> Empty:
        """See `BaseList.empty`."""
        return setups.no_profiles(has_connections=bool(self.session.aliases()))

    @intent
    def on_connections(self, content: Content) -> None:
        """Show the connections instead: a profile needs one."""
        if self._open_connections is None:
            raise ProfilesAlone
        self._open_connections()

    # ---- one profile --------------------------------------------------------------------------------------------------

    @intent
    def on_default(self, content: Content) -> None:
        """Make it the default of its capability, or remove the default."""
        profile = self._stored(content.get("id"))
        if content.get("wanted") is True:
            self.session.default_profile(profile.alias)
            hint = "It is used when no profile is named."
            self.note(f"{profile.alias} is the default for {profile.capability}.", hint, tone="good", to=content)
        elif self._is_used(profile):
            self.note(self.session.no_default_profile(profile.capability).what, tone="good", to=content)

    @intent
    def on_check(self, content: Content) -> None:
        """Ask each of its connections for one token or vector, in a thread: the health then says what was checked."""
        alias = self._stored(content.get("id")).alias
        started(lambda: self._check(alias, {"page": content.get("page")}), "aiconn-list-check")
        self.say("Checking.", content)

    def _check(self, alias: str, to: Content) -> None:
        try:
            now = self.session.failover(alias, live=True)[0]
        except Exception as error:
            failed = ours(error)
            self.note(f"{alias}: {failed.what}", failed.hint, to=to)
        else:
            failures = "; ".join(f"{each.connection}: {each.words}" for each in now.attempts)
            what = f"{alias}: {now.answers} answers." if now.answers else f"{alias}: no connection answers."
            tone = "bad" if not now.answers else "warn" if failures else "good"
            self.note(what, failures, tone=tone, to=to)
        self.refresh()

    @intent
    def on_duplicate(self, content: Content) -> None:
        """Copy it under a free alias."""
        made = self.session.duplicate_profile(self._stored(content.get("id")).alias)
        self._made(content, made.profile, f"Made a copy: {made.alias}.")

    @intent
    def on_ask_delete(self, content: Content) -> None:
        """Answer with the effects of a deletion and later saves, before the user confirms it."""
        for row in rows_in(content):
            self._ask_delete(content, self._stored(row.get("id")), version_of(row))

    def _ask_delete(self, content: Content, profile: Profile, seen: int) -> None:
        panel = deleting(
            f"Delete {profile.name} ({profile.alias})?",
            profile_effects(profile.capability if self._is_used(profile) else ""),
            [] if profile.version == seen else [(profile.modified, differences([]))],
            versions(content, [profile]),
        )
        self.reply(content, "panel", **panel)

    @intent
    def on_delete(self, content: Content) -> None:
        """Delete what was confirmed, unless it was saved since."""
        for row in rows_in(content):
            profile = self._stored(row.get("id"))
            if profile.version != version_of(row):
                self._ask_delete(content, profile, version_of(row))
                return
            deleted = Deleted(profile.id, profile.alias, self._is_used(profile))
            done = self.session.delete_profile(profile.alias)
            self._tell_deleted(content, [deleted], " ".join(done.warnings))
