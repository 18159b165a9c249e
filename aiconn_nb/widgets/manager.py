"""The manager: the lists and the forms on one session, one in the place of the other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ipywidgets import VBox  # type: ignore[import-untyped]

from aiconn_nb.display import Answer
from aiconn_nb.session import Session, kernel_session

from .connection_form import ConnectionForm
from .connection_list import ConnectionList
from .face import Face, InTexts
from .form_face import FormFace, Outcome
from .list_face import ListFace
from .profile_form import ProfileForm
from .profile_list import ProfileList
from .tabs import Tabs

CONNECTIONS, PROFILES = "connections", "profiles"


class ConnectionManager(InTexts, VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The connections and the profiles of a session, the kernel's own by default: two tabs, and a form in their place.

    Which tab is shown is known here: a page that is loaded again shows the same.
    """

    def __init__(self, session: Session | None = None) -> None:
        self.session = kernel_session() if session is None else session
        self.tabs = Tabs(self.session, {CONNECTIONS: "Connections", PROFILES: "Profiles"}, self.show_tab)
        self.list = ConnectionList(self.session, open_form=self.open_form)
        self.form: FormFace[Any] | None = None
        super().__init__([self.tabs, self.list])

    @cached_property
    def profiles(self) -> ProfileList:
        """The list of profiles, made when its tab is first chosen."""
        return ProfileList(
            self.session, open_form=self.open_profile_form, open_connections=lambda: self.show_tab(CONNECTIONS)
        )

    @property
    def shown(self) -> ListFace[Any]:
        """The list of the chosen tab."""
        return self.profiles if self.tabs.chosen == PROFILES else self.list

    def show_tab(self, name: str) -> None:
        """Show ``connections`` or ``profiles``."""
        self.tabs.choose(name)
        self.shown.refresh()
        self._show(self.tabs, self.shown)

    def open_form(self, alias: str | None = None) -> None:
        """Put a form in the place of the lists: for the connection with this alias, or for a new one."""
        self._open(CONNECTIONS, ConnectionForm(alias, session=self.session, on_done=self._done, focus=True))

    def open_profile_form(self, alias: str | None = None) -> None:
        """Put a form in the place of the lists: for the profile with this alias, or for a new one."""
        self._open(PROFILES, ProfileForm(alias, session=self.session, on_done=self._done, focus=True))

    def _open(self, tab: str, form: FormFace[Any]) -> None:
        self._forget_form()
        self.form = form
        self.tabs.choose(tab)
        self._show(form)

    def _done(self, outcome: Outcome) -> None:
        """Put the list back, with the focus where the form was about."""
        self.shown.refresh()
        if outcome.gone is not None:
            self.shown.offer_undo(outcome.gone, " ".join(outcome.warnings))
        told = outcome.kind == "saved"
        warnings = " ".join(outcome.warnings)
        self.shown.arrive(outcome.alias, outcome.what if told else "", warnings if told else "")
        self._show(self.tabs, self.shown)
        self._forget_form()

    def _show(self, *widgets: Face) -> None:
        self.children = widgets

    def _forget_form(self) -> None:
        if self.form is not None:
            self.form.close()
            self.form.layout.close()
            self.form = None

    def close(self) -> None:
        """Close all of it."""
        self._forget_form()
        for each in (self.tabs, self.list, self.__dict__.get("profiles")):
            if each is not None:
                each.close()
        super().close()

    def answer(self) -> Answer:
        """See `InTexts.answer`: the list of the chosen tab."""
        return self.shown.answer()


def manager(session: Session | None = None) -> ConnectionManager:
    """Show the connections and profiles and all that can be done with them; ``%aiconn`` alone does the same."""
    return ConnectionManager(session)
