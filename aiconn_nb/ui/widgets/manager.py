"""The manager: the lists and forms on one session; a form replaces the lists."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import count
from typing import Any, ClassVar

import traitlets

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.frames import takes_its_arguments
from aiconn_nb.session import Session
from aiconn_nb.session.results import Result

from .base_form import BaseForm, Outcome
from .base_list import BaseList, packed
from .base_widget import BaseWidget, bundle, part_of
from .connection_form import ConnectionForm
from .connection_list import ConnectionList
from .needs import Needs
from .profile_form import ProfileForm
from .profile_list import ProfileList
from .status_bar import StatusBar
from .tabs import Tabs

CONNECTIONS, PROFILES = "connections", "profiles"
FORMS = 8
"""Maximum number of open forms at different seats; beyond that, the oldest is closed."""


class ConnectionManager(BaseWidget):
    """The connections and profiles of a session: two tabs, and a form that replaces them.

    It is a single widget, so that it works in front ends without boxes; tabs, lists and forms are its parts. Several pages may
    show it. It stores the chosen tab and the open form for each browser tab (its *seat*): a page that reloads shows the same, and
    opening a form at one page does not affect the others.

    Args:
        session: The session; None means the kernel's own.

    Example::

        aiconn_nb.ConnectionManager()
    """

    _esm = bundle("manager.js")
    _css = bundle("page.css")
    ours: ClassVar = BaseWidget.ours | {
        *("bar_view", "needs_view", "tabs_view", "connections_view", "profiles_view", "forms_view", "places", "setups"),
    }

    bar_view = traitlets.Dict().tag(sync=True)
    needs_view = traitlets.Dict().tag(sync=True)
    """Without a kind, the requirements are not shown."""
    tabs_view = traitlets.Dict().tag(sync=True)
    connections_view = traitlets.Dict().tag(sync=True, to_json=packed)
    profiles_view = traitlets.Dict().tag(sync=True, to_json=packed)
    forms_view = traitlets.Dict().tag(sync=True)
    places = traitlets.Dict().tag(sync=True)
    """The places where each part is shown."""
    setups = traitlets.Dict().tag(sync=True)

    _is_ready = False
    """Whether it has all its parts."""

    def __init__(self, session: Session | None = None) -> None:
        self.form: BaseForm[Any] | None = None
        """The last opened form, as long as it is open."""
        self._forms: dict[str, BaseForm[Any]] = {}
        """The open form at each seat; the form of '' is open everywhere."""
        self.needs: Needs | None = None
        """The notebook's requirements, as long as they are shown."""
        self._numbers = count(1)
        super().__init__(session)
        self._is_ready = True

    def first_view(self) -> dict[str, Any]:
        """See `BaseWidget.first_view`."""
        return {"kind": "manager"}

    def first_state(self) -> dict[str, Any]:
        """See `BaseWidget.first_state`."""
        with part_of(self, "bar"):
            self.bar = StatusBar(self.session, self.refresh)
        with part_of(self, "tabs"):
            self.tabs = Tabs(self.session, {CONNECTIONS: "Connections", PROFILES: "Profiles"}, self.show_tab)
        with part_of(self, CONNECTIONS):
            self.list = ConnectionList(self.session, open_form=lambda alias: self.open_form(alias, self.list.asking))
        setups = {CONNECTIONS: dict(ConnectionList.made_of), PROFILES: dict(ProfileList.made_of)}
        places = {"tabs": self._where(self.tabs), CONNECTIONS: self._where(self.list)}
        views = {"bar_view": self.bar.view, "tabs_view": self.tabs.view, "connections_view": self.list.view}
        return {**views, "setups": setups, "places": places}

    @cached_property
    def profiles(self) -> ProfileList:
        """The list of profiles, created when its tab is first chosen."""
        with part_of(self, PROFILES):
            made = ProfileList(
                self.session,
                open_form=lambda alias: self.open_profile_form(alias, made.asking),
                open_connections=lambda: self.show_tab(CONNECTIONS, made.asking),
            )
        return made

    # ---- its parts ----------------------------------------------------------------------------------------------------

    @property
    def parts(self) -> dict[str, BaseWidget]:
        """The parts by name."""
        needs = [self.needs] if self.needs else []
        made: list[BaseWidget] = [self.bar, *needs, self.tabs, *self._lists(), *self._forms.values()]
        return {part.part: part for part in made}

    def changed(self, part: BaseWidget) -> None:
        """See `Host.changed`."""
        if not self._is_ready:
            return
        if part.where != self.places.get(part.part):
            self.places = {**self.places, part.part: dict(part.where)}
        name = f"{part.part}_view"
        if not isinstance(part, BaseForm):
            if self._trait_values.get(name) != part.view:
                setattr(self, name, part.view)
        elif part.part in self.parts:
            self.forms_view = {**self.forms_view, part.part: part.view}

    def _receive(self, _: object, content: object, buffers: object) -> None:
        name = content.get("part") if isinstance(content, dict) else None
        part = self.parts.get(name) if isinstance(name, str) else None
        if part is not None:
            part._receive(part, content, buffers)
            if part is self.needs:
                for each in self._lists():
                    each.refresh()
            if part is not self.bar:
                self.bar.refresh()
        elif name is None:
            super()._receive(_, content, buffers)

    def refresh(self) -> None:
        """Read the store again. A part that cannot shows why, and the others are refreshed."""
        for part in self.parts.values():
            try:
                part.refresh()
            except AiconnError as error:
                part.note(error.what, error.hint)

    def _lists(self) -> list[BaseList[Any]]:
        """Return the lists created so far."""
        return [self.list, self.profiles] if "profiles" in self.__dict__ else [self.list]

    @property
    def shown(self) -> BaseList[Any]:
        """The list of the last chosen tab."""
        return self._list_of(self.tabs.chosen)

    def show_tab(self, name: str, seat: str = "") -> None:
        """Show ``connections`` or ``profiles``, at one seat or everywhere."""
        self.tabs.choose(name, seat)
        self._list_of(name).refresh()
        self._arrange()

    def open_form(self, alias: str | None = None, seat: str = "") -> None:
        """Replace the lists by a form: for the connection with this alias, or for a new one."""
        with part_of(self, f"form{next(self._numbers)}"):
            form = ConnectionForm(alias, session=self.session, focus=True)
        self._open(CONNECTIONS, form, seat)

    def open_profile_form(self, alias: str | None = None, seat: str = "") -> None:
        """Replace the lists by a form: for the profile with this alias, or for a new one."""
        with part_of(self, f"form{next(self._numbers)}"):
            form = ProfileForm(alias, session=self.session, focus=True)
        self._open(PROFILES, form, seat)

    def open_needs(self) -> None:
        """Show the requirements of the project file above the lists. Raises the errors of `Session.require`."""
        found = self.session.require()
        self.close_needs()
        with part_of(self, "needs"):
            self.needs = Needs(found, self.session, on_close=self.close_needs)
        self.needs.where = self._where(self.needs)
        self.needs_view = self.needs.view

    def close_needs(self) -> None:
        """Show only the lists again."""
        if self.needs is not None:
            self.needs.close()
            self.needs.layout.close()
        self.needs, self.needs_view = None, {}

    def _open(self, tab: str, form: BaseForm[Any], seat: str) -> None:
        form.on_done = lambda outcome: self._done(outcome, form)
        present = [each for at, each in self._forms.items() if seat in ("", at) or at == ""]
        for other in [*present, *list(self._forms.values())[: 1 - FORMS]]:
            self._forget(other)
        self.form = self._forms[seat] = form
        form.seat = seat
        self.tabs.choose(tab, seat)
        self._arrange()
        self.changed(form)

    def _done(self, outcome: Outcome, form: BaseForm[Any]) -> None:
        """Show the list again, with the focus on the form's entry, at the page that ended the form."""
        shown, seat = self.profiles if isinstance(form, ProfileForm) else self.list, form.asking
        shown.refresh()
        if outcome.gone is not None:
            shown.offer_undo(outcome.gone, " ".join(outcome.warnings))
        told = outcome.kind == "saved"
        warnings = " ".join(outcome.warnings)
        shown.arrive(outcome.alias, outcome.what if told else "", warnings if told else "", seat=seat)
        self._forget(form)
        self._arrange()

    def _form_at(self, seat: str) -> BaseForm[Any] | None:
        return self._forms.get(seat) or self._forms.get("")

    def _list_of(self, tab: str) -> BaseList[Any]:
        return self.profiles if tab == PROFILES else self.list

    def _arrange(self) -> None:
        """Update each part's places."""
        for part in self.parts.values():
            part.where = self._where(part)

    def _where(self, part: BaseWidget) -> dict[str, Any]:
        seats = {*self.tabs.seats, *self._forms} - {""}
        made = {seat: self._is_at(part, seat) for seat in sorted(seats)}
        return {"others": self._is_at(part, ""), "seats": made}

    def _is_at(self, part: BaseWidget, seat: str) -> bool:
        if part in (self.bar, self.needs):
            return True
        form = self._form_at(seat)
        if form is not None or isinstance(part, BaseForm):
            return part is form
        return part is self.tabs or part.part == self.tabs.seats.get(seat, self.tabs.chosen)

    def _forget(self, form: BaseForm[Any]) -> None:
        self._forms = {seat: each for seat, each in self._forms.items() if each is not form}
        self.forms_view = {name: view for name, view in self.forms_view.items() if name != form.part}
        self.places = {name: where for name, where in self.places.items() if name != form.part}
        form.close()
        form.layout.close()
        if self.form is form:
            self.form = None

    def close(self) -> None:
        """Close the manager with all its parts."""
        for part in (
            self.parts.values() if self._is_ready else ()
        ):  # Python also closes a manager whose construction failed
            part.close()
            part.layout.close()
        super().close()

    def answer(self) -> Result:
        """See `BaseWidget.answer`: the list of the chosen tab."""
        return self.shown.answer()


@partial(takes_its_arguments, name="manager")
def manager(session: Session | None = None) -> ConnectionManager:
    """Show the connections and profiles with all their actions; the same as ``%aiconn`` without arguments.

    Args:
        session: The session; None means the kernel's own.

    Example::

        aiconn_nb.manager()
    """
    return ConnectionManager(session)
