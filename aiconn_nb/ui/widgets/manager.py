"""The manager: the lists and the forms on one session, one in the place of the other."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import Any, ClassVar

import traitlets

from aiconn_nb.session import Session
from aiconn_nb.session.results import Result

from .connection_form import ConnectionForm
from .connection_list import ConnectionList
from .face import Face, bundle, part_of
from .form_face import FormFace, Outcome
from .list_face import ListFace
from .profile_form import ProfileForm
from .profile_list import ProfileList
from .tabs import Tabs

CONNECTIONS, PROFILES = "connections", "profiles"
FORMS = 8
"""Forms that are open at once, at different seats; of more than that the oldest is closed."""


class ConnectionManager(Face):
    """The connections and the profiles of a session, the kernel's own by default: two tabs, and a form in their place.

    It is one widget, also where a front end knows no boxes; tabs, lists and forms are its parts. Several pages may show it. Which
    tab is shown, and which form is open, is known here for each browser tab (its *seat*): a page that is loaded again shows the
    same, and what is opened at one page moves the cursor of no other.
    """

    _esm = bundle("manager.js")
    _css = bundle("page.css")
    ours: ClassVar = Face.ours | {"tabs_view", "connections_view", "profiles_view", "forms_view", "places", "setups"}

    tabs_view = traitlets.Dict().tag(sync=True)
    connections_view = traitlets.Dict().tag(sync=True)
    profiles_view = traitlets.Dict().tag(sync=True)
    forms_view = traitlets.Dict().tag(sync=True)
    places = traitlets.Dict().tag(sync=True)
    """Where each part is shown."""
    setups = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session | None = None) -> None:
        self.form: FormFace[Any] | None = None
        """The form that was opened last, as long as it is open."""
        self._forms: dict[str, FormFace[Any]] = {}
        """The open form at each seat; that of '' is open everywhere."""
        self._numbers = count(1)
        self._is_ready = False
        super().__init__(session)
        self._is_ready = True

    def first_view(self) -> dict[str, Any]:
        """See `Face.first_view`."""
        return {"kind": "manager"}

    def first_state(self) -> dict[str, Any]:
        """See `Face.first_state`."""
        with part_of(self, "tabs"):
            self.tabs = Tabs(self.session, {CONNECTIONS: "Connections", PROFILES: "Profiles"}, self.show_tab)
        with part_of(self, CONNECTIONS):
            self.list = ConnectionList(self.session, open_form=lambda alias: self.open_form(alias, self.list.asking))
        setups = {CONNECTIONS: dict(ConnectionList.made_of), PROFILES: dict(ProfileList.made_of)}
        places = {"tabs": self._where(self.tabs), CONNECTIONS: self._where(self.list)}
        return {"tabs_view": self.tabs.view, "connections_view": self.list.view, "setups": setups, "places": places}

    @cached_property
    def profiles(self) -> ProfileList:
        """The list of profiles, made when its tab is first chosen."""
        with part_of(self, PROFILES):
            made = ProfileList(
                self.session,
                open_form=lambda alias: self.open_profile_form(alias, made.asking),
                open_connections=lambda: self.show_tab(CONNECTIONS, made.asking),
            )
        return made

    # ---- its parts ----------------------------------------------------------------------------------------------------

    @property
    def parts(self) -> dict[str, Face]:
        """The parts by name."""
        made: list[Face] = [self.tabs, self.list, *self._forms.values()]
        if "profiles" in self.__dict__:
            made.append(self.profiles)
        return {part.part: part for part in made}

    def changed(self, part: Face) -> None:
        """See `Host.changed`."""
        if not self._is_ready:
            return
        if part.where != self.places.get(part.part):
            self.places = {**self.places, part.part: dict(part.where)}
        name = f"{part.part}_view"
        if not isinstance(part, FormFace):
            if self._trait_values.get(name) != part.view:
                setattr(self, name, part.view)
        elif part.part in self.parts:
            self.forms_view = {**self.forms_view, part.part: part.view}

    def _receive(self, _: object, content: object, buffers: object) -> None:
        name = content.get("part") if isinstance(content, dict) else None
        part = self.parts.get(name) if isinstance(name, str) else None
        if part is not None:
            part._receive(part, content, buffers)
        elif name is None:
            super()._receive(_, content, buffers)

    def refresh(self) -> None:
        """Look at the store again."""
        self.shown.refresh()

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
        with part_of(self, f"form{next(self._numbers)}"):
            form = ConnectionForm(alias, session=self.session, focus=True)
        self._open(CONNECTIONS, form, seat)

    def open_profile_form(self, alias: str | None = None, seat: str = "") -> None:
        """Put a form in the place of the lists: for the profile with this alias, or for a new one."""
        with part_of(self, f"form{next(self._numbers)}"):
            form = ProfileForm(alias, session=self.session, focus=True)
        self._open(PROFILES, form, seat)

    def _open(self, tab: str, form: FormFace[Any], seat: str) -> None:
        form.on_done = lambda outcome: self._done(outcome, form)
        present = [each for at, each in self._forms.items() if seat in ("", at) or at == ""]
        for other in [*present, *list(self._forms.values())[: 1 - FORMS]]:
            self._forget(other)
        self.form = self._forms[seat] = form
        form.seat = seat
        self.tabs.choose(tab, seat)
        self._arrange()
        self.changed(form)

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
        for part in self.parts.values():
            part.where = self._where(part)

    def _where(self, part: Face) -> dict[str, Any]:
        seats = {*self.tabs.seats, *self._forms} - {""}
        made = {seat: self._is_at(part, seat) for seat in sorted(seats)}
        return {"others": self._is_at(part, ""), "seats": made}

    def _is_at(self, part: Face, seat: str) -> bool:
        form = self._form_at(seat)
        if form is not None or isinstance(part, FormFace):
            return part is form
        return part is self.tabs or part.part == self.tabs.seats.get(seat, self.tabs.chosen)

    def _forget(self, form: FormFace[Any]) -> None:
        self._forms = {seat: each for seat, each in self._forms.items() if each is not form}
        self.forms_view = {name: view for name, view in self.forms_view.items() if name != form.part}
        self.places = {name: where for name, where in self.places.items() if name != form.part}
        form.close()
        form.layout.close()
        if self.form is form:
            self.form = None

    def close(self) -> None:
        """Close all of it."""
        for part in self.parts.values():
            part.close()
            part.layout.close()
        super().close()

    def answer(self) -> Result:
        """See `Face.answer`: the list of the chosen tab."""
        return self.shown.answer()


def manager(session: Session | None = None) -> ConnectionManager:
    """Show the connections and profiles and all that can be done with them; ``%aiconn`` alone does the same.

    Args:
        session: The session to work on; None is the kernel's own.

    Example::

        aiconn_nb.manager()
    """
    return ConnectionManager(session)
