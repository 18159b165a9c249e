"""The base of all errors: an error has fields and builds its two lines from them.

A documented class either has fields itself or has reasons, which are its subclasses::

    class ConnectionInactive(ConnectionProblem):
        \"\"\"The connection is switched off.\"\"\"

        alias: str

        def lines(self) -> Lines:
            return f"{self.alias} is switched off.", f"'{command('enable', self.alias)}' switches it on."

    raise ConnectionInactive(alias="openai-dev")

The annotations of a class are its fields. An error is not a dataclass, because generating the methods of so many classes takes
longer than all the rest of a quick command.

An error builds its lines when they are read, so that a command in them has the syntax of the interface that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from enum import Enum
from typing import Any, ClassVar, Final, Self, dataclass_transform

from aiconn_nb.model.letters import printable
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import redact

_LONG_WORD: Final = late(r"\S{1000,}")
"""Longer than any real path or address."""
Lines = tuple[str, str]
"""What happened and why; and what to do, or '' if there is no advice."""


@dataclass_transform(eq_default=False, kw_only_default=True)
class AiconnError(Exception):
    """Base class of everything that aiconn_nb raises deliberately.

    ``what`` says what happened and why; ``hint`` says what to do. ``str()`` joins them with a newline.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _is_reason: ClassVar[bool] = False
    says: Lines = ("", "")
    """The lines of a class whose wording only names its fields, as ``{alias}``."""
    field: str = ""
    """The field that the error is about, if the line starts with its name."""
    unfilled: tuple[str, str] | None = None
    """A placeholder such as ``{name}`` typed where none is filled in, and the Python function that takes a value there."""
    partial: Any = None
    """The part of an answer that arrived, a `Reply` or `Comparison`, or None. It is shown because it was paid for."""

    def __init_subclass__(cls, *, is_reason: bool = False) -> None:
        """Make the annotations of a class its fields, passed by keyword as for a dataclass.

        ``is_reason`` marks a reason of the documented class above it. IPython, logs and JSON show the name of that class.
        """
        cls._is_reason = is_reason
        if is_reason:
            cls.__name__ = next(each.__name__ for each in cls.__mro__ if not vars(each).get("_is_reason"))
        if "__init__" not in vars(cls):
            own = [name for name, written in cls.__annotations__.items() if not str(written).startswith("ClassVar")]
            cls._fields = (*cls._fields, *(name for name in own if name not in cls._fields))
            if own or is_reason:
                cls.__init__ = _take  # type: ignore[assignment]

    def __new__(cls, *given: object, **named: object) -> Self:
        return super().__new__(cls)  # ``args`` would keep the arguments, and one of them may be a key

    def __init__(self, what: str = "", hint: str = "") -> None:
        super().__init__()
        if what:
            self.says = (str(what), str(hint))  # a plug-in may give an exception

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value if name == "partial" else _changed(value, redact))

    def add_note(self, note: str, /) -> None:
        """Add a note for a traceback, as other exceptions do. It is redacted like a field."""
        # BaseException appends to the list that it sets, but `__setattr__` stores a copy.
        self.__notes__ = [*getattr(self, "__notes__", ()), note]

    def lines(self) -> Lines:
        """Return what happened and what to do, built from the fields. Only this method contains wording."""
        given: Lines | None = vars(self).get("says")
        if given:
            return given
        fields = {name: getattr(self, name) for name in self._fields}
        return self.says[0].format(**fields), self.says[1].format(**fields)

    @property
    def what(self) -> str:
        """What happened and why."""
        what = _shown(self.lines()[0])
        return f"{self.field}: {what}" if self.field else what

    @property
    def hint(self) -> str:
        """What to do, or ''."""
        if self.unfilled:
            place, function = self.unfilled
            return f"{place} is filled in only within a prompt. In Python a name is a value: {function}."
        return _shown(self.lines()[1])

    @property
    def reason(self) -> str:
        """What happened, for a place that already names the field or the connection: ``is switched off``."""
        return _shown(self.lines()[0])

    @property
    def args(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The line that says what happened, as for other exceptions."""
        return (self.what,)

    def texts(self) -> Iterator[str]:
        """Yield all texts in the fields."""
        found: list[str] = []
        for name, value in vars(self).items():
            if name != "partial":
                _changed(value, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
        yield from found

    def mask(self, masked: Callable[[str], str]) -> None:
        """Replace each text in the fields by the result of ``masked``."""
        for name, value in vars(self).items():
            if name != "partial":
                super().__setattr__(name, _changed(value, masked))

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.what, self.hint)))

    def __repr__(self) -> str:
        given = [f"{name}={getattr(self, name)!r}" for name in self._fields] or [repr(self.what)]
        return f"{type(self).__qualname__}({', '.join(given)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickle by fields: BaseException would call the class with ``args``. An error that cannot be unpickled breaks a process
        # pool or makes it wait forever.
        return _blank, (type(self),), dict(vars(self))

    def _render_traceback_(self) -> list[str]:
        # IPython calls this before it prints a traceback. Two lines help more than forty, and the traceback of the Verbose mode
        # prints the locals of every frame. The cell still fails.
        return self._rendered(self.what)

    def _rendered(self, what: str) -> list[str]:
        return [f"\x1b[31m{type(self).__name__}\x1b[39m: {what}", *filter(None, [self.hint])]


class CommandError(AiconnError):
    """A command line or a call is wrong: an unknown command or option, a missing argument."""


def _blank(kind: type[AiconnError]) -> AiconnError:
    """Return an error without its fields; pickle and copy add them."""
    return kind.__new__(kind)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text in a field's value: text, bytes, collections, values with fields, other errors."""
    if isinstance(value, str):
        return _changed_text(value, change)
    if isinstance(value, bytes | bytearray):
        return change(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if isinstance(value, list | tuple):
        changed = tuple(_changed(each, change) for each in value)
        return value._make(changed) if hasattr(value, "_make") else changed
    if isinstance(value, set | frozenset):
        return frozenset(_changed(each, change) for each in value)
    if isinstance(value, AiconnError):
        value.mask(change)
    elif is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _changed(getattr(value, each.name), change) for each in fields_of(value)})
    elif isinstance(value, Mapping):
        return {_changed(key, change): _changed(each, change) for key, each in value.items()}
    return value


def _changed_text(value: str, change: Callable[[str], str]) -> str:
    """Change a text. For a subclass of ``str``, such as numpy's, use its characters and not its ``str()``."""
    text = str.__str__(value)
    changed = change(text)
    # A member of an enumeration, such as a `FailureKind`, stays as it is.
    return value if changed == text and isinstance(value, Enum) else changed


def _shown(line: str) -> str:
    """Return a line as it is shown: a field may come from a file or a server, or be a whole file that was pasted as a name."""
    return _LONG_WORD.sub(lambda word: f"{word[0][:100]}…", printable(line))


def home_shown(path: str) -> str:
    """Return a path with ``~`` for the home folder."""
    from aiconn_nb.model.place import tilde  # a late import: this module raises our errors, so it imports them

    return tilde(path)


def path_shown(path: str) -> str:
    """Return a path relative to the working folder if that is shorter."""
    from aiconn_nb.model.place import shown

    return shown(path)


def clause(sentence: str) -> str:
    """Turn a sentence into a clause of another sentence."""
    return sentence.rstrip(".")


def _take(self: AiconnError, **given: object) -> None:
    for name in self._fields:
        if name not in given and not hasattr(type(self), name):
            raise TypeError(f"{type(self).__qualname__} needs {name}")
    for name, value in given.items():
        if name not in self._fields:
            raise TypeError(f"{type(self).__qualname__} takes no {name}")
        setattr(self, name, value)
