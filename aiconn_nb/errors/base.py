"""What every error has: fields, from which it makes its two lines.

A documented class of the tree takes fields, or has reasons, which are subclasses of it::

    @fields
    class ConnectionInactive(ConnectionProblem):
        \"\"\"The connection is switched off.\"\"\"

        alias: str

        def lines(self) -> Lines:
            return f"{self.alias} is switched off.", f"'{command('enable', self.alias)}' switches it on."

    raise ConnectionInactive(alias="openai-dev")

The lines are made when they are read, so a command in them is written as it is typed where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from enum import Enum
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from aiconn_nb.model.secret import redact

Lines = tuple[str, str]
"""What happened and why, and what to do; the second is '' where there is nothing to say."""


class AiconnError(Exception):
    """Base of everything that aiconn_nb raises on purpose.

    ``what`` says what happened and why; ``hint`` says what to do. ``str()`` joins them, one line each.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _is_reason: ClassVar[bool] = False
    says: ClassVar[Lines] = ("", "")
    """The lines of a class without fields."""
    field: str = ""
    """The field that it is about, where that is named before the line."""
    unfilled: tuple[str, str] | None = None
    """A place such as ``{name}`` that was typed where none is filled in, and the function that takes a value there."""
    partial: Any = None
    """What had come of an answer, a `Reply` or `Comparison`: it was paid for, so it is shown. None where nothing had."""

    def __new__(cls, *given: object, **named: object) -> Self:
        return super().__new__(cls)  # ``args`` would keep what was given, which may be a key in the place of a name

    def __init__(self, what: str = "", hint: str = "") -> None:
        super().__init__()
        self.told = (what, hint)

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value if name == "partial" else _changed(value, redact))

    def lines(self) -> Lines:
        """What happened, and what to do, made from the fields. The only method of a class that has words in it."""
        told: Lines = vars(self).get("told", self.says)
        return told

    @property
    def what(self) -> str:
        """What happened and why."""
        return f"{self.field}: {self.lines()[0]}" if self.field else self.lines()[0]

    @property
    def hint(self) -> str:
        """What to do; '' where there is nothing to say."""
        if self.unfilled:
            place, function = self.unfilled
            return f"{place} is filled in only within a prompt. In Python a name is a value: {function}."
        return self.lines()[1]

    @property
    def reason(self) -> str:
        """What happened, where the field or the connection is named beside it: ``is switched off``."""
        return self.lines()[0]

    @property
    def args(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The line that says what happened, as in other exceptions."""
        return (self.what,)

    def texts(self) -> Iterator[str]:
        """Every text in its fields."""
        found: list[str] = []
        for name, value in vars(self).items():
            if name != "partial":
                _changed(value, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
        yield from found

    def mask(self, masked: Callable[[str], str]) -> None:
        """Replace every text in its fields by what ``masked`` makes of it."""
        for name, value in vars(self).items():
            if name != "partial":
                super().__setattr__(name, _changed(value, masked))

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.what, self.hint)))

    def __repr__(self) -> str:
        given = [f"{name}={getattr(self, name)!r}" for name in self._fields] or [repr(self.what)]
        return f"{type(self).__qualname__}({', '.join(given)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # By its fields: BaseException would call the class with ``args``. An error that cannot be read back breaks a pool of
        # processes, or lets it wait for ever.
        return _blank, (type(self),), dict(vars(self))

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it draws a traceback. Two lines help more than forty, and a traceback in
        # the Verbose mode prints the locals of every frame. The cell fails all the same.
        return self._rendered(self.what)

    def _rendered(self, what: str) -> list[str]:
        return [f"\x1b[31m{type(self).__name__}\x1b[39m: {what}", *filter(None, [self.hint])]


def _blank(kind: type[AiconnError]) -> AiconnError:
    """An error without its fields, which pickle and copy add."""
    return kind.__new__(kind)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """A field's value with every text in it changed: text, bytes, collections, values with fields, other errors."""
    if isinstance(value, str):
        return _changed_text(value, change)
    if isinstance(value, bytes | bytearray):
        return change(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if isinstance(value, list | tuple):
        return tuple(_changed(each, change) for each in value)
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
    """A text, also one of a subclass such as numpy's: its characters count, whatever it says of itself."""
    text = str.__str__(value)
    changed = change(text)
    # A member of an enumeration, such as a `FailureKind`, stays what it is.
    return value if changed == text and isinstance(value, Enum) else changed


def home_shown(path: str) -> str:
    """A path with ``~`` for the home folder."""
    from aiconn_nb.model.place import tilde  # which raises errors of ours, and so imports them

    return tilde(path)


def path_shown(path: str) -> str:
    """A path relative to the working folder, where that is shorter."""
    from aiconn_nb.model.place import shown

    return shown(path)


def clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence.rstrip(".")


ErrorClass = TypeVar("ErrorClass", bound=type[AiconnError])


@dataclass_transform(eq_default=False, kw_only_default=True)
def fields(kind: ErrorClass) -> ErrorClass:
    """Lets an error class take its annotations as fields, by keyword, as a dataclass does.

    Not a dataclass: to write the methods of so many takes longer than the whole rest of a quick command.
    """
    kind._fields = tuple(dict.fromkeys((*kind._fields, *_own(kind))))
    kind.__init__ = _take  # type: ignore[assignment, method-assign]
    return kind


@dataclass_transform(eq_default=False, kw_only_default=True)
def reason(kind: ErrorClass) -> ErrorClass:
    """The same for one reason of the documented class above it, whose name it has in IPython, logs and JSON."""
    kind._is_reason = True
    kind.__name__ = next(each.__name__ for each in kind.__mro__ if not vars(each).get("_is_reason"))
    return fields(kind)


def _own(kind: type) -> list[str]:
    return [name for name, written in kind.__annotations__.items() if not str(written).startswith("ClassVar")]


def _take(self: AiconnError, **given: object) -> None:
    for name in self._fields:
        if name not in given and not hasattr(type(self), name):
            raise TypeError(f"{type(self).__qualname__} needs {name}")
    for name, value in given.items():
        if name not in self._fields:
            raise TypeError(f"{type(self).__qualname__} takes no {name}")
        setattr(self, name, value)
