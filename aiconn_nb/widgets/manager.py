"""The manager: the list and the form on one session, one in the place of the other."""

from __future__ import annotations

from typing import Any

from ipywidgets import VBox  # type: ignore[import-untyped]

from aiconn_nb.session import Session, kernel_session

from .connection_form import ConnectionForm, Outcome
from .connection_list import ConnectionList
from .face import with_texts


class ConnectionManager(VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The connections of a session, the kernel's own by default, and a form in their place while one is made or edited."""

    def __init__(self, session: Session | None = None) -> None:
        self.session = kernel_session() if session is None else session
        self.list = ConnectionList(self.session, open_form=self.open_form)
        self.form: ConnectionForm | None = None
        super().__init__([self.list])

    def open_form(self, alias: str | None = None) -> None:
        """Put a form in the place of the list: for the connection with this alias, or for a new one."""
        self._forget_form()
        self.form = ConnectionForm(alias, session=self.session, on_done=self._done, focus=True)
        self.children = (self.form,)

    def _done(self, outcome: Outcome) -> None:
        """Put the list back, with the focus where the form was about."""
        self.list.refresh()
        if outcome.kind == "deleted":
            self.list.offer_undo(outcome.alias)
        told = outcome.kind == "saved"
        self.list.arrive(outcome.alias, outcome.what if told else "", " ".join(outcome.warnings) if told else "")
        self.children = (self.list,)
        self._forget_form()

    def _forget_form(self) -> None:
        if self.form is not None:
            self.form.close()
            self.form.layout.close()
            self.form = None

    def close(self) -> None:
        """Close both, and the manager."""
        self._forget_form()
        self.list.close()
        super().close()

    def __repr__(self) -> str:
        return repr(self.list)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_texts(super()._repr_mimebundle_(**kwargs), self.list.shown_answer().view())


def manager(session: Session | None = None) -> ConnectionManager:
    """Show the connections and all that can be done with them; ``%aiconn`` alone does the same."""
    return ConnectionManager(session)
