"""The base of our widgets: the view goes down, one intent comes up, and user input is never state.

A widget's state is saved in notebooks and sent to each page that loads. So our state, above all `BaseWidget.view`, comes from
the store; user input travels in messages, and so do the answers to it.

::

    page -> kernel    {"intent": "save", "page": "k3x", "seat": "q8w", "seq": 7, ...}     one message with all data of the intent
    kernel -> page    {"kind": "saved", "page": "k3x", "seq": 7, ...}      an answer; each widget defines its kinds
                      {"kind": "note", "tone": "bad", "what": ..., "hint": ..., "page": ..., "seq": ...}
                      {"kind": "said", "said": ...}                        a screen reader announces it, as in any answer
                      {"kind": "done", "page": "k3x", "seq": 7}            the last answer to every intent

Several pages may show the same widget, for one user or several. ``page`` identifies one view of it, which alone gets the answer.
``seat`` identifies the browser tab of the view, and survives a reload. A form opened there is shown at that seat.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Protocol, TypeVar
from weakref import ReferenceType, ref

import traitlets
from anywidget import AnyWidget

from aiconn_nb.errors import AiconnError, NotASession, Unexpected
from aiconn_nb.model.frames import takes_its_arguments
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.session import Session, kernel_session
from aiconn_nb.session.results import Result, Rows
from aiconn_nb.ui.render import Card, Cell, View, as_text, view_of
from aiconn_nb.ui.render.html import QUIET, as_html

Content = Mapping[str, Any]
"""A message from a page, unchecked."""

PAGE = 25
"""Rows of a list shown as text instead of a widget. JupyterLab checks each style of each cell before it shows the widget: a
hundred rows took a third of the time until the list was visible."""


VIEW = "application/vnd.jupyter.widget-view+json"
SAVED = "aiconn-saved"
"""The class that base.css hides as long as a live widget is beside it."""
SAVED_NOTE = (
    '<div style="margin-top:4px;font-family:var(--jp-ui-font-family,sans-serif);'
    f'font-size:var(--jp-ui-font-size0,11px);{QUIET}">'
    "As it was when the cell ran. Run the cell again to work with it.</div>"
)
SEATS = 32
"""Number of browser tabs to distinguish; beyond that, the oldest is forgotten."""


@cache
def bundle(name: str) -> str:
    """Return the text of a bundle. A widget's module is loaded alone and cannot import another. Its source is in ``page/``."""
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


def sendable(value: Any) -> Any:
    """Return JSON data without lone surrogates, which a message, as UTF-8, cannot contain.

    A name has one if it was cut within an emoji, or typed in a terminal with another encoding.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return _whole(value)
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_letters(value)
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list | tuple) else value


def given_session(session: Session | None) -> Session:
    """Return the session, by default the kernel's own. Raises `NotASession`."""
    if session is None:
        return kernel_session()
    if not isinstance(session, Session):
        raise NotASession(found=type(session).__name__)
    return session


def ours(error: Exception) -> AiconnError:
    """Return the error to show."""
    return error if isinstance(error, AiconnError) else Unexpected(kind=type(error).__name__)


class Host(Protocol):
    """A widget that has other widgets as parts."""

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the pages."""

    def changed(self, part: BaseWidget) -> None:
        """Handle a change of a part's view, or of the place where it is shown."""


_LATEST: deque[ReferenceType[BaseWidget]] = deque(maxlen=8)
"""The widgets that were shown last. A cell that runs again leaves its former widget behind, so there may be many more."""
_within: ContextVar[tuple[Host | None, str]] = ContextVar("_within", default=(None, ""))


@contextmanager
def part_of(host: Host, name: str) -> Iterator[None]:
    """Make each `BaseWidget` that is created in the block a part of the host."""
    token = _within.set((host, name))
    try:
        yield
    finally:
        _within.reset(token)


Handler = TypeVar("Handler", bound=Callable[..., None])


def intent(handler: Handler) -> Handler:
    """Mark a method ``on_x`` as the handler of the intent "x": it gets the message. Intents without a handler are refused."""
    handler.is_intent = True  # type: ignore[attr-defined]
    return handler


class BaseWidget(AnyWidget):
    """A widget on a session; by default, on the kernel's own.

    A subclass names its files in ``_esm`` and ``_css``, marks the handlers of its intents with `intent`, and returns the content
    for front ends without widgets from `answer`.
    """

    intents: ClassVar[Mapping[str, str]] = {}
    """Intent -> the name of its handler; collected for each class."""

    view = traitlets.Dict().tag(sync=True)
    where = traitlets.Dict().tag(sync=True)
    """The places where it is shown, ``{"seats": {seat: bool}, "others": bool}``; empty means everywhere."""

    asking = ""
    """The seat of the current message; "" outside of messages."""

    host: Host | None
    """The widget that this is a part of. A part has no channel; its state is in the host."""
    part: str
    """Its name in the host."""
    ours: ClassVar = frozenset({"view", "where", "setup"})
    """Traits that no page may set, because their content comes only from the store."""

    _text: str | None = None
    """The text of the current display: a widget also requests the repr only to cut it off, and a list may be long."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = takes_its_arguments(cls.__init__, cls.__name__)  # type: ignore[method-assign]
        named = [pair for base in reversed(cls.__mro__) for pair in vars(base).items()]
        cls.intents = {name.removeprefix("on_"): name for name, value in named if hasattr(value, "is_intent")}

    def __init__(self, session: Session | None = None) -> None:
        self.session = given_session(session)
        self.host, self.part = _within.get()
        if self.host is not None:
            # A part needs no module. marimo would store one as a file, which it can only do while a cell runs.
            self.add_traits(_esm=traitlets.Unicode(""), _css=traitlets.Unicode(""))
        super().__init__(view=self.first_view(), **self.first_state())
        self.on_msg(self._hear)
        if self.host is None:
            _LATEST.append(ref(self))

    def first_view(self) -> dict[str, Any]:
        """Return the initial view, included in the message that creates the widget."""
        return {}

    def first_state(self) -> dict[str, Any]:
        """Return the other traits for the message that creates the widget."""
        return {}

    @abstractmethod
    def refresh(self) -> None:
        """Read the store again, because others share it."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Accept state from a page, except the traits in `ours`."""
        super().set_state({key: value for key, value in sync_data.items() if key not in self.ours})

    def open(self) -> None:
        """Announce the widget to the pages, unless it is a part of an announced one."""
        if self.host is None:
            super().open()

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the pages."""
        if self.host is None:
            super().send(sendable(content), buffers)
        else:
            self.host.send({**content, "part": self.part})

    @traitlets.validate("view")
    def _sendable_view(self, proposal: Any) -> Any:
        return sendable(proposal["value"])

    @traitlets.observe("view", "where")
    def _tell_host(self, _: object) -> None:
        if self.host is not None:
            self.host.changed(self)

    def note(self, what: str, hint: str = "", *, tone: str = "bad", to: Content | None = None) -> None:
        """Show a message in one line, and a hint in another. ``to`` is the message that it answers."""
        self.reply(to or {}, "note", tone=tone, what=what, hint=hint)

    def say(self, said: str, to: Content) -> None:
        """Have a screen reader announce it."""
        self.reply(to, "said", said=said)

    def reply(self, to: Content, kind: str, **answer: Any) -> None:
        """Answer only the page that asked: others may show the same widget."""
        self.send({"kind": kind, "page": to.get("page"), "seq": to.get("seq"), **answer})

    def _hear(self, _: object, content: object, buffers: object) -> None:
        """Handle a message, and show what it changed in the other widgets of the notebook."""
        before = self._stored_state()
        self._receive(_, content, buffers)
        if self._stored_state() == before:
            return
        for each in [shown() for shown in _LATEST]:
            if each is not None and each is not self and each.session is self.session and each.comm is not None:
                with suppress(AiconnError):
                    each.refresh()

    def _stored_state(self) -> object:
        try:
            return self.session.revision()
        except AiconnError as error:
            return error.what

    def _receive(self, _: object, content: object, buffers: object) -> None:
        if not isinstance(content, dict):
            self.note("The page sent an invalid message.", "Reload the page.")
            return
        if "intent" not in content:
            return  # anywidget's own messages
        self.asking = seat_of(content)
        try:
            self._dispatch(content)
        except Exception as error:
            told = ours(error)
            self.note(told.what, told.hint, to=content)
        finally:
            self.asking = ""
            self.reply(content, "done")  # also after an interrupt: the page waits for it

    def _dispatch(self, content: dict[str, Any]) -> None:
        intent = content["intent"]
        name = self.intents.get(intent) if isinstance(intent, str) else None
        if name is None:
            self.note("The page sent an unknown request.", "Reload the page.", to=content)
            return
        getattr(self, name)(content)

    # ---- without a page --------------------------------------------------------------------------------------------------

    @abstractmethod
    def answer(self) -> Result:
        """Return the content as text, Markdown and HTML. May raise `AiconnError`."""

    def __repr__(self) -> str:
        return as_text(self._shown_view()) if self._text is None else self._text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle, texts = self._displayed(**kwargs)
        if isinstance(bundle, tuple):  # with metadata
            return ({**bundle[0], **texts}, *bundle[1:])
        return {**(bundle or {}), **texts}

    def _displayed(self, **kwargs: Any) -> tuple[Any, dict[str, str]]:
        """Return the widget's own MIME bundle, and the content by MIME type; of a long list, only its first rows."""
        view = self._shown_view(PAGE)
        texts = {"text/plain": as_text(view), "text/html": as_html(view)}
        self._text = texts["text/plain"]
        try:
            return super()._repr_mimebundle_(**kwargs), texts
        finally:
            self._text = None

    def _ipython_display_(self) -> None:
        """Show the widget, and the same content as static HTML, which a live widget hides.

        A front end that cannot show the widget because its kernel is gone writes an error, and ignores the rest of that output.
        So the static HTML is a separate output.
        """
        from IPython.display import display

        widget, texts = self._displayed()
        data, metadata = widget if isinstance(widget, tuple) else (widget or {}, {})
        alive = {VIEW: data[VIEW]} if VIEW in data else {}
        if alive:
            display(alive, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        saved = {**texts, "text/html": f'<div class="{SAVED}">{texts["text/html"]}{SAVED_NOTE if alive else ""}</div>'}
        display(saved, raw=True)  # type: ignore[no-untyped-call]

    def _shown_view(self, rows: int | None = None) -> View:
        """Return the view of the answer, or of the error; of a list, at most this many rows."""
        try:
            answer = self.answer()
        except AiconnError as error:
            return Card(error.what, (), (error.hint,) if error.hint else ())
        if rows is None or not isinstance(answer, Rows) or len(answer) <= rows:
            return view_of(answer)
        view = view_of(answer.first(rows))
        return view._replace(notes=(*view.notes, Cell(f"The first {rows} of {len(answer):,}.", "quiet")))


def seat_of(content: Content) -> str:
    """Return the browser tab of a message; a page without a seat counts as a tab."""
    seat = content.get("seat", content.get("page"))
    return seat[:64] if isinstance(seat, str) else ""
