"""The tabs: which of several widgets is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiconn_nb.session import Session
from aiconn_nb.session.results import Done, Result

from .face import SEATS, Content, Face, bundle, seat_of


class Tabs(Face):
    """Tabs by name, each with its title; ``on_choose`` shows what belongs to the one that is wanted, at the seat that wants it."""

    _esm = bundle("tabs.js")
    _css = bundle("page.css")

    intents: ClassVar = {"hello": "on_hello", "choose": "on_choose_tab"}

    def __init__(
        self, session: Session | None, titles: Mapping[str, str], on_choose: Callable[[str, str], None]
    ) -> None:
        self._titles = titles
        self._on_choose = on_choose
        self.chosen = next(iter(titles))
        """The one that was chosen last, which a new page begins with."""
        self.seats: dict[str, str] = {}
        """The one that is chosen where a page is open."""
        super().__init__(session)

    def first_view(self) -> dict[str, Any]:
        """See `Face.first_view`."""
        return {
            "kind": "tabs",
            "tabs": [{"id": name, "title": title} for name, title in self._titles.items()],
            "chosen": self.chosen,
            "seats": dict(self.seats),
        }

    def answer(self) -> Result:
        """What is shown where no widget can be."""
        return Done(f"{self._titles[self.chosen]} (of {', '.join(self._titles.values())})")

    def refresh(self) -> None:
        """Show which tab is chosen."""
        self.view = self.first_view()

    def choose(self, name: str, seat: str = "") -> None:
        """Mark a tab as the one that is shown at a seat; '' is everywhere."""
        self.chosen = name
        if seat:
            self.seats = dict(
                [*((other, tab) for other, tab in self.seats.items() if other != seat), (seat, name)][-SEATS:]
            )
        else:
            self.seats.clear()
        self.refresh()

    def on_hello(self, content: Content) -> None:
        """A page shows the tabs: it stays at its own, whatever is chosen elsewhere."""
        seat = seat_of(content)
        if seat and seat not in self.seats:
            self._on_choose(self.chosen, seat)

    def on_choose_tab(self, content: Content) -> None:
        """A page wants another tab."""
        name = content.get("tab")
        if isinstance(name, str) and name in self._titles:
            self._on_choose(name, seat_of(content))
