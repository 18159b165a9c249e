"""What every widget of ours is: a view goes down, one intent comes up, and no typed text is state.

A widget's state is saved into notebooks and sent again to each page that is loaded. So `Face.view` is the only state of ours,
made of what is stored; what the user types comes up in messages and is answered in messages.

::

    page -> kernel    {"intent": "save", "page": "k3x", "seat": "q8w", "seq": 7, ...}     one message with all that the intent needs
    kernel -> page    {"kind": "saved", "page": "k3x", "seq": 7, ...}      what a widget answers; kinds of its own
                      {"kind": "note", "tone": "bad", "what": ..., "hint": ..., "page": ..., "seq": ...}
                      {"kind": "done", "page": "k3x", "seq": 7}            the last answer to every intent

Several pages may show the same widget, of one person or of several. ``page`` is one view of it, and alone gets the answer; ``seat``
is the browser tab that the view is in, and keeps its name when it is loaded again. What is opened there is shown at that seat.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Protocol

import traitlets
from anywidget import AnyWidget

from aiconn_nb.errors import AiconnError
from aiconn_nb.session import Session, kernel_session
from aiconn_nb.session.results import Result, Rows
from aiconn_nb.ui.render import Card, Cell, View, as_text, view_of
from aiconn_nb.ui.render.html import as_html

Content = Mapping[str, Any]
"""What a page sent: anything at all."""

PAGE = 100
"""Rows of a list that is shown as text, in the place of a widget."""


VIEW = "application/vnd.jupyter.widget-view+json"
SAVED = "aiconn-saved"
"""The class of what face.css hides as long as a widget is alive beside it."""
SAVED_NOTE = (
    '<div style="margin-top:4px;font-size:var(--jp-ui-font-size0,11px);color:var(--jp-ui-font-color2,#6b6b6b)">'
    "As it was when the cell ran. Run the cell again to work with it.</div>"
)
SEATS = 32
"""Browser tabs that are told apart; of more than that the oldest is forgotten."""


@cache
def bundle(name: str) -> str:
    """The text of a bundle: a widget's module is loaded alone and cannot import another. Its source is in ``page/``."""
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


class InTexts:
    """A widget that is also shown as text, Markdown and HTML. A base class, named before the widget's own."""

    _text: str | None = None
    """The text of what is being shown: a widget asks for the repr as well, only to cut it off, and a list may be long."""

    @abstractmethod
    def answer(self) -> Result:
        """The same as text, Markdown and HTML. May raise `AiconnError`."""

    def __repr__(self) -> str:
        return as_text(self._shown_view()) if self._text is None else self._text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        texts = self._texts()
        self._text = texts["text/plain"]
        try:
            return with_texts(super()._repr_mimebundle_(**kwargs), texts)  # type: ignore[misc]  # the widget's own
        finally:
            self._text = None

    def _ipython_display_(self) -> None:
        """Show the widget, and the same as static HTML, which a widget that is alive hides.

        A front end that cannot show the widget, because its kernel is gone, takes nothing else of the same output: it writes an
        error there. So that what was shown is still to be seen, it is an output of its own.
        """
        from IPython.display import display

        widget, texts = super()._repr_mimebundle_(), self._texts()  # type: ignore[misc]  # the widget's own
        data, metadata = widget if isinstance(widget, tuple) else (widget or {}, {})
        alive = {VIEW: data[VIEW]} if VIEW in data else {}
        if alive:
            display(alive, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        saved = {**texts, "text/html": f'<div class="{SAVED}">{texts["text/html"]}{SAVED_NOTE if alive else ""}</div>'}
        display(saved, raw=True)  # type: ignore[no-untyped-call]

    def _shown_view(self, rows: int | None = None) -> View:
        """The view of the answer, or of what went wrong; of a list no more than so many rows."""
        try:
            answer = self.answer()
        except AiconnError as error:
            return Card(error.what, (), (error.hint,) if error.hint else ())
        if rows is None or not isinstance(answer, Rows) or len(answer) <= rows:
            return view_of(answer)
        view = view_of(answer.first(rows))
        return replace(view, notes=(*view.notes, Cell(f"The first {rows} of {len(answer):,}.", "quiet")))

    def _texts(self) -> dict[str, str]:
        """The same by MIME type. Of a long list it is the first page, as in the widget: every front end takes both before it shows
        anything."""
        view = self._shown_view(PAGE)
        return {"text/plain": as_text(view), "text/html": as_html(view)}


class Host(Protocol):
    """A widget that other ones are parts of."""

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the pages."""

    def changed(self, part: Face) -> None:
        """The view of a part is another one, or where it is shown."""


_within: ContextVar[tuple[Host | None, str]] = ContextVar("_within", default=(None, ""))


@contextmanager
def part_of(host: Host, name: str) -> Iterator[None]:
    """A `Face` that is made in here is a part of this one."""
    token = _within.set((host, name))
    try:
        yield
    finally:
        _within.reset(token)


class Face(InTexts, AnyWidget):
    """A widget on a session, the kernel's own by default.

    A subclass names its files in ``_esm`` and ``_css``, its intents in `intents`, and says in `answer` what is shown where no
    widget can be.
    """

    intents: ClassVar[Mapping[str, str]] = {}
    """Intent -> the name of the method that takes its message. What is not in here cannot be asked for."""

    view = traitlets.Dict().tag(sync=True)
    where = traitlets.Dict().tag(sync=True)
    """Whether it is shown, ``{"seats": {seat: bool}, "others": bool}``; everywhere where it says nothing."""

    asking = ""
    """The seat whose message is being handled; "" where none is."""

    host: Host | None
    """What this is a part of; then it has no channel of its own, and its state is the host's."""
    part: str
    """Its name there."""
    ours: ClassVar = frozenset({"view", "where", "setup"})
    """The traits that no page sets: what they hold comes from the store alone."""

    def __init__(self, session: Session | None = None) -> None:
        self.session = kernel_session() if session is None else session
        self.host, self.part = _within.get()
        if self.host is not None:
            # A part needs no module of its own. marimo would store it as a file, which it can do only while a cell runs.
            self.add_traits(_esm=traitlets.Unicode(""), _css=traitlets.Unicode(""))
        super().__init__(view=self.first_view(), **self.first_state())
        self.on_msg(self._receive)

    def first_view(self) -> dict[str, Any]:
        """What is shown at first; it travels with the message that makes the widget."""
        return {}

    def first_state(self) -> dict[str, Any]:
        """Other traits that travel with the message that makes the widget."""
        return {}

    @abstractmethod
    def refresh(self) -> None:
        """Look at the store again, which others share."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take state from a page, but nothing of `ours`."""
        super().set_state({key: value for key, value in sync_data.items() if key not in self.ours})

    def open(self) -> None:
        """Make the widget known to the pages, unless it is a part of one that is."""
        if self.host is None:
            super().open()

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the pages."""
        if self.host is None:
            super().send(content, buffers)
        else:
            self.host.send({**content, "part": self.part})

    @traitlets.observe("view", "where")
    def _tell_host(self, _: object) -> None:
        if self.host is not None:
            self.host.changed(self)

    def note(self, what: str, hint: str = "", *, tone: str = "bad", to: Content | None = None) -> None:
        """Tell something in one line, and in another what to do. ``to`` is the message that it answers."""
        self.reply(to or {}, "note", tone=tone, what=what, hint=hint)

    def reply(self, to: Content, kind: str, **answer: Any) -> None:
        """Answer the page that asked, and only it: others may show the same widget."""
        self.send({"kind": kind, "page": to.get("page"), "seq": to.get("seq"), **answer})

    def _receive(self, _: object, content: object, buffers: object) -> None:
        if not isinstance(content, dict):
            self.note("The page sent something that is no message.", "Reload the page.")
            return
        if "intent" not in content:
            return  # anywidget's own messages come this way too
        self.asking = seat_of(content)
        try:
            self._dispatch(content)
        except AiconnError as error:
            self.note(error.what, error.hint, to=content)
        except Exception as error:
            # No str(error): it may quote what the user typed.
            self.note(f"Internal error: {type(error).__name__}.", "Please report it.", to=content)
        finally:
            self.asking = ""
        self.reply(content, "done")

    def _dispatch(self, content: dict[str, Any]) -> None:
        intent = content["intent"]
        name = self.intents.get(intent) if isinstance(intent, str) else None
        if name is None:
            self.note("The page asked for something that is not known here.", "Reload the page.", to=content)
            return
        getattr(self, name)(content)


def seat_of(content: Content) -> str:
    """The browser tab that a message comes from; a page that names none is one of its own."""
    seat = content.get("seat", content.get("page"))
    return seat[:64] if isinstance(seat, str) else ""


def with_texts(bundle: Any, texts: Mapping[str, str]) -> Any:
    """What a widget shows of itself (a dictionary, perhaps with metadata), and the same for where no widget can be."""
    if isinstance(bundle, tuple):
        return ({**bundle[0], **texts}, *bundle[1:])
    return {**(bundle or {}), **texts}
