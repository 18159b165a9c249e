"""The manager: the lists and the forms on one session, one in the place of the other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ipywidgets import Layout, VBox, Widget  # type: ignore[import-untyped]

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
FORMS = 8
"""Forms that are open at once, at different seats; of more than that the oldest is closed."""


class ConnectionManager(InTexts, VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The connections and the profiles of a session, the kernel's own by default: two tabs, and a form in their place.

    Several pages may show it. Which tab is shown, and which form is open, is known here for each browser tab (its *seat*): a
    page that is loaded again shows the same, and what somebody opens moves no one else's cursor.
    """

    def __init__(self, session: Session | None = None) -> None:
        self.session = kernel_session() if session is None else session
        self.tabs = Tabs(self.session, {CONNECTIONS: "Connections", PROFILES: "Profiles"}, self.show_tab)
        self.list = ConnectionList(self.session, open_form=lambda alias: self.open_form(alias, self.list.asking))
        self.form: FormFace[Any] | None = None
        """The form that was opened last, as long as it is open."""
        self._forms: dict[str, FormFace[Any]] = {}
        """The open form at each seat; that of '' is open everywhere."""
        self._slots: list[VBox] = []
        """What forms stand in. A slot stays: to take a child out of a box makes the views behind it anew."""
        self.children: tuple[Widget, ...]
        super().__init__([self.tabs, self.list], layout=Layout(flex="1 1 auto", min_width="0"))

    @cached_property
    def profiles(self) -> ProfileList:
        """The list of profiles, made when its tab is first chosen."""
        made = ProfileList(
            self.session,
            open_form=lambda alias: self.open_profile_form(alias, made.asking),
            open_connections=lambda: self.show_tab(CONNECTIONS, made.asking),
        )
        self.children = (*self.children, made)
        return made

    @property
    def shown(self) -> ListFace[Any]:
        """The list of the tab that was chosen last."""
        return self._list_of(self.tabs.chosen)

    def shown_at(self, seat: str = "") -> tuple[Face, ...]:
        """What is shown at a seat ('': where nothing was chosen yet), from top to bottom."""
        form = self._form_at(seat)
        return (self.tabs, self._list_of(self.tabs.seats.get(seat, self.tabs.chosen))) if form is None else (form,)

    def show_tab(self, name: str, seat: str = "") -> None:
        """Show ``connections`` or ``profiles``, at one seat or everywhere."""
        self.tabs.choose(name, seat)
        self._list_of(name).refresh()
        self._arrange()

    def open_form(self, alias: str | None = None, seat: str = "") -> None:
        """Put a form in the place of the lists: for the connection with this alias, or for a new one."""
        self._open(CONNECTIONS, ConnectionForm(alias, session=self.session, focus=True), seat)

    def open_profile_form(self, alias: str | None = None, seat: str = "") -> None:
        """Put a form in the place of the lists: for the profile with this alias, or for a new one."""
        self._open(PROFILES, ProfileForm(alias, session=self.session, focus=True), seat)

    def _open(self, tab: str, form: FormFace[Any], seat: str) -> None:
        form.on_done = lambda outcome: self._done(outcome, form)
        present = [each for at, each in self._forms.items() if seat in ("", at) or at == ""]
        for other in [*present, *list(self._forms.values())[: 1 - FORMS]]:
            self._forget(other)
        self.form = self._forms[seat] = form
        form.seat = seat
        self.tabs.choose(tab, seat)
        free = next((slot for slot in self._slots if not slot.children), None)
        if free is None:
            free = VBox()
            self._slots.append(free)
            self.children = (*self.children, free)
        self._arrange()
        free.children = (form,)

    def _done(self, outcome: Outcome, form: FormFace[Any]) -> None:
        """Put the list back, with the focus where the form was about, on the page that ended it."""
        shown, seat = self.profiles if isinstance(form, ProfileForm) else self.list, form.asking
        shown.refresh()
        if outcome.gone is not None:
            shown.offer_undo(outcome.gone, " ".join(outcome.warnings))
        told = outcome.kind == "saved"
        warnings = " ".join(outcome.warnings)
        shown.arrive(outcome.alias, outcome.what if told else "", warnings if told else "", seat=seat)
        self._forget(form)
        self._arrange()

    def _form_at(self, seat: str) -> FormFace[Any] | None:
        return self._forms.get(seat) or self._forms.get("")

    def _list_of(self, tab: str) -> ListFace[Any]:
        return self.profiles if tab == PROFILES else self.list

    def _arrange(self) -> None:
        """Let each part know where it is shown."""
        seats = ["", *self.tabs.seats, *(self._forms.keys() - self.tabs.seats.keys() - {""})]
        shown = {seat: self.shown_at(seat) for seat in seats}
        parts_made: list[Face] = [self.tabs, self.list, *self._forms.values()]
        if "profiles" in self.__dict__:
            parts_made.append(self.profiles)
        for part in parts_made:
            here = {seat: part in parts for seat, parts in shown.items()}
            part.where = {"others": here.pop(""), "seats": here}

    def _forget(self, form: FormFace[Any]) -> None:
        self._forms = {seat: each for seat, each in self._forms.items() if each is not form}
        for slot in self._slots:
            if form in slot.children:
                slot.children = ()
        form.close()
        form.layout.close()
        if self.form is form:
            self.form = None

    def close(self) -> None:
        """Close all of it."""
        for form in list(self._forms.values()):
            self._forget(form)
        for each in (self.tabs, self.list, *self._slots, self.__dict__.get("profiles")):
            if each is not None:
                each.close()
        super().close()

    def answer(self) -> Answer:
        """See `InTexts.answer`: the list of the chosen tab."""
        return self.shown.answer()


def manager(session: Session | None = None) -> ConnectionManager:
    """Show the connections and profiles and all that can be done with them; ``%aiconn`` alone does the same."""
    return ConnectionManager(session)
