"""What a verb is: a method of the session that users call by a command, from Python, or both.

Each fact has one place: the method. The signature names the parameters, the docstring describes the verb in Python, and `@verb`
adds what only a command line has: a name, one line of help, the completion of each argument, examples. The parser, the
completion, ``help``, the guide's table, the functions of ``aiconn_nb`` and their stub are derived from the method.

An example::

    @verb(
        "models",
        "the models that the account can use, asked of the provider now",
        examples=("models openai-dev --capability embedding",),
        alias=Arg("the connection; the one in use if none is named", completes="alias"),
        capability=Arg("chat or embedding", completes="capability"),
    )
    def models(self, alias: str | None = None, *, capability: str | None = None) -> Models:
        ...

A new option is a parameter and its `Arg`. A parameter without one is not part of the command. A command that asks the user first
also has a function in ``aiconn_nb.ui.shell.interactions``.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from types import FunctionType
from typing import Final, NamedTuple, ParamSpec, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., object])
P = ParamSpec("P")
T = TypeVar("T")

_MARK: Final = "__aiconn_verb__"


class Arg(NamedTuple):
    """The facts about a parameter that its signature lacks, for an argument of a command."""

    help: str
    """A few words, without a full stop."""
    completes: str = ""
    """What the Tab key offers: alias, profile, provider, environment, model ... (see ``aiconn_nb.ui.shell.completion``)."""
    name: str = ""
    """Its spelling, if that differs from the parameter's name: ``--env``, ``-o``, or a word for a positional one."""
    off: str = ""
    """The option that means False, for a boolean parameter: ``--inactive``."""
    off_help: str = ""
    metavar: str = ""
    """The name of its value in the usage line."""
    is_needed: bool = False
    """Whether the command requires at least one, although Python does not."""
    is_list: bool = False
    """Whether it takes several words."""
    is_repeated: bool = False
    """Whether it can be repeated."""


class Verb(NamedTuple):
    """The facts that `@verb` adds to a method."""

    command: str
    """``use``, or ``profile new`` for a command of a group; '' for a verb without a command."""
    summary: str
    details: str
    examples: tuple[str, ...]
    in_python: bool
    """Whether ``aiconn_nb`` has a function with the method's name, on the kernel's session."""
    inner: frozenset[str]
    """Parameters that only widgets and commands pass; the function in ``aiconn_nb`` hides them."""
    args: Mapping[str, Arg]
    """Parameter -> its additional facts, for each parameter that the command takes."""


def verb(
    command: str = "",
    summary: str = "",
    *,
    details: str = "",
    examples: Sequence[str] = (),
    in_python: bool = True,
    inner: Sequence[str] = (),
    **args: Arg,
) -> Callable[[Method], Method]:
    """Make a method of the session a verb; see the module's docstring.

    Args:
        command: Its name on a line. Without one, only Python has the verb.
        summary: What it does, in one line.
        details: Additional text for ``help COMMAND`` and the guide.
        examples: Lines without ``%aiconn`` before them. References are written as in a notebook.
        in_python: Whether ``aiconn_nb`` has a function of this name.
        inner: Parameters that the function hides.
        args: The parameters that the command takes.
    """
    made = Verb(command, summary, details, tuple(examples), in_python, frozenset(inner), args)

    def mark(method: Method) -> Method:
        unknown = args.keys() - _parameters(method)
        if unknown:
            raise TypeError(f"{method.__name__} has no parameter {', '.join(sorted(unknown))}")
        setattr(method, _MARK, made)
        return method

    return mark


def same_arguments(model: Callable[P, object]) -> Callable[[Callable[..., T]], Callable[P, T]]:
    """Give a method the parameters of another one, with their documentation. The method passes them on.

    It is for the asynchronous form of a verb. Both docstrings need the section ``Returns:``.
    """

    def taken(method: Callable[..., T]) -> Callable[P, T]:
        signature = inspect.signature(model).replace(return_annotation=method.__annotations__["return"])
        method.__signature__ = signature  # type: ignore[attr-defined]
        args = (inspect.getdoc(model) or "").partition("Args:\n")[2].partition("Returns:\n")[0]
        method.__doc__ = (inspect.getdoc(method) or "").replace("Returns:\n", f"Args:\n{args}Returns:\n", 1)
        return method

    return taken


def _parameters(method: Callable[..., object]) -> set[str]:
    """The names of a method's parameters. Signature objects for all verbs would take as long as a command."""
    code = cast("FunctionType", inspect.unwrap(method)).__code__
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + stars])


def renamed(former: str, method: Method) -> Method:
    """The method under its former name, with a deprecation warning. The release after the next removes it."""

    @wraps(method)
    def call(*args: object, **options: object) -> object:
        warnings.warn(f"{former} is now {method.__name__}", DeprecationWarning, stacklevel=3)
        return method(*args, **options)

    delattr(call, _MARK)
    call.__name__ = former
    return call  # type: ignore[return-value]


def verb_of(method: object) -> Verb | None:
    """The verb facts of a method, or None."""
    said = getattr(method, _MARK, None)
    return said if isinstance(said, Verb) else None


def verbs_of(kind: type) -> Iterator[tuple[str, Verb]]:
    """The verbs of a class by the names of their methods, in source order, base classes first."""
    seen: dict[str, Verb] = {}
    for base in reversed(kind.__mro__):
        for name, written in vars(base).items():
            if verb_of(written) is None:
                continue
            said = verb_of(getattr(kind, name, None))
            if said is not None:
                seen.setdefault(name, said)
    yield from seen.items()
