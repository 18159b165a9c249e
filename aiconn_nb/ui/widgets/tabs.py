"""The tabs: they select one of several widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiconn_nb.session import Session
from aiconn_nb.session.results import Done, Result

from .base_widget import SEATS, BaseWidget, Content, intent, seat_of


class Tabs(BaseWidget):
    """Tabs by name, each with its title; ``on_choose`` shows the content of the chosen tab, at the seat of the choice."""

    def __init__(
        self, session: Session | None, titles: Mapping[str, str], on_choose: Callable[[str, str], None]
    ) -> None:
        self._titles = titles
        self._on_choose = on_choose
        self.chosen = next(iter(titles))
        """The last chosen tab, with which a new page starts."""
        self.seats: dict[str, str] = {}
        """The chosen tab at each seat with an open page."""
        super().__init__(session)

    def first_view(self) -> dict[str, Any]:
        """See `BaseWidget.first_view`."""
        return {
            "kind": "tabs",
            "tabs": [{"id": name, "title": title} for name, title in self._titles.items()],
            "chosen": self.chosen,
            "seats": dict(self.seats),
        }

    def answer(self) -> Result:
        """Return the text for front ends without widgets."""
        return Done(f"{self._titles[self.chosen]} (of {', '.join(self._titles.values())})")

    def refresh(self) -> None:
        """Show the chosen tab."""
        self.view = self.first_view()

    def choose(self, name: str, seat: str = "") -> None:
        """Mark the tab shown at a seat; '' means everywhere."""
        self.chosen = name
        if seat:
            self.seats = dict(
                [*((other, tab) for other, tab in self.seats.items() if other != seat), (seat, name)][-SEATS:]
            )
        else:
            self.seats.clear()
        self.refresh()

    @intent
    def on_hello(self, content: Content) -> None:
        """Give a page that shows the tabs its own choice, which choices elsewhere do not change."""
        seat = seat_of(content)
        if seat and seat not in self.seats:
            self._on_choose(self.chosen, seat)

    @intent
    def on_choose(self, content: Content) -> None:
        """Show the tab that a page has chosen."""
        name = content.get("tab")
        if isinstance(name, str) and name in self._titles:
            self._on_choose(name, seat_of(content))
