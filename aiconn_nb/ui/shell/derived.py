"""Commands derived from verbs: the arguments from a method's signature, and the call from the words of a line."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from importlib.machinery import PathFinder
from inspect import Parameter
from typing import Any, Final, NamedTuple

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result
from aiconn_nb.session.verb import Arg, Verb, verbs_of

from . import interactions
from .command import Argument, Command, Words
from .console import Console

Call = Callable[..., Any]
"""Calls the verb with the arguments of the line; keyword arguments override them."""


Runs = Callable[[Session, Words, Console, Call], Result]
"""Runs a command. It calls its verb, and does the rest: asks, confirms, binds a name."""


class Interaction(NamedTuple):
    """A command's own way to run, and the arguments that only a line has."""

    run: Runs
    arguments: tuple[Argument, ...]
    traits: dict[str, Any]
    """Whether it takes a cell, or the words after ``--``; see `Command`."""


_ELSEWHERE: Final = {"embed": "asking"}
"""The module of an interaction that is not in that of its verb's feature: it has the same output as those of asking."""
_INTERACTIONS: Final[dict[str, Interaction]] = {}
"""The interactions of the imported modules by command name."""


def interaction(command: str, *arguments: Argument, **traits: Any) -> Callable[[Runs], Runs]:
    """Register the function that runs a command."""

    def register(run: Runs) -> Runs:
        _INTERACTIONS[command] = Interaction(run, arguments, traits)
        return run

    return register


class Commands(Mapping[str, Command]):
    """A command for each verb with a command name, class by class in the order of `Session`.

    Each is built on demand: a line needs one, and building all takes longer than running most.
    """

    def __init__(self, *more: Command) -> None:
        named = ((method, verb) for base in Session.__bases__ for method, verb in verbs_of(base))
        self._verbs = {verb.command: (method, verb) for method, verb in named if verb.command}
        self._made = {command.name: command for command in more}
        self._names = [*self._verbs, *self._made]

    def __getitem__(self, name: str) -> Command:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = command_of(*self._verbs[name])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def command_of(method: str, verb: Verb) -> Command:
    """Build the command of one verb."""
    # The base class has the undecorated method; the session's copy hides its locals.
    parameters = inspect.signature(getattr(Session, method)).parameters
    taken = [(parameters[name], verb.args[name]) for name in parameters if name in verb.args]
    derived = [each for parameter, arg in taken for each in _arguments(parameter, arg)]
    own = _interaction(method, verb)
    more, traits = (own.arguments, own.traits) if own else ((), {})
    return Command(
        verb.command,
        verb.summary,
        partial(_run, method, verb, own),
        tuple(sorted([*derived, *more], key=lambda each: each.is_option)),
        verb.examples,
        details=verb.details,
        **traits,
    )


def _module_of(method: str, verb: Verb) -> str:
    """Return the module of a command's interaction, if it has one. Usually it has the name of the feature."""
    return _ELSEWHERE.get(verb.command) or getattr(Session, method).__module__.split(".")[2]


def _interaction(method: str, verb: Verb) -> Interaction | None:
    """Return the interaction of a command. Its module is imported for the first command that needs it."""
    module = _module_of(method, verb)
    if PathFinder.find_spec(module, interactions.__path__) is not None:
        import_module(f"{interactions.__name__}.{module}")
    return _INTERACTIONS.get(verb.command)


def _run(method: str, verb: Verb, own: Interaction | None, session: Session, words: Words, console: Console) -> Result:
    call = partial(_call, method, verb, session, words)
    try:
        result = call() if own is None else own.run(session, words, console, call)
    except (errors.ConnectionNotFound, errors.ProfileNotFound) as error:
        if error.elsewhere:
            error.instead = _for_the_other_kind(verb.command)
        raise
    assert isinstance(result, Result)
    return result


def _for_the_other_kind(command: str) -> str:
    """Return the command that does to a profile what this one does to a connection, or the other way round; '' if there is none."""
    other = command.removeprefix("profile ") if command.startswith("profile ") else f"profile {command}"
    return other if any(verb.command == other for _, verb in verbs_of(Session)) else ""


def _call(method: str, verb: Verb, session: Session, words: Words, **changes: Any) -> Any:
    bound = getattr(session, method)
    signature = inspect.signature(bound)
    given: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        if name in changes:
            given[name] = changes[name]
        elif name in verb.args:
            value = getattr(words, name)
            if value is not None and verb.args[name].completes == "version":
                value = _version(value, verb, words.alias)
            # Parameters that the line omits keep the method's default.
            if value is not None or parameter.default is Parameter.empty:
                given[name] = value
    arguments = inspect.BoundArguments(signature, OrderedDict(given))
    return bound(*arguments.args, **arguments.kwargs)


def _version(text: str, verb: Verb, alias: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        group = "profile " if verb.command.startswith("profile ") else ""
        raise errors.NotAVersion(alias=alias, prefix=group)
    return int(text)


def _arguments(parameter: Parameter, arg: Arg) -> Iterator[Argument]:
    """Yield the arguments for a parameter: one, or two for a boolean with an option for each value."""
    if parameter.annotation in ("bool", "bool | None"):
        yield from _switches(parameter, arg)
        return
    options: dict[str, Any] = {}
    is_option = arg.name.startswith("-") or parameter.kind is Parameter.KEYWORD_ONLY
    if arg.metavar:
        options["metavar"] = arg.metavar
    if arg.is_list:
        options |= {"nargs": "+", "action": "extend"}
    if arg.is_repeated:
        options["action"] = "append"
    if is_option:
        options["dest"] = parameter.name
        is_required = parameter.default is Parameter.empty
        # The command itself reports a missing value that it can ask for or list.
        if is_required and parameter.kind is Parameter.KEYWORD_ONLY:
            options["required"] = True
        name = arg.name or f"--{parameter.name.replace('_', '-')}"
        yield Argument(name, arg.help, arg.completes, options, needed=is_required)
        return
    if parameter.kind is Parameter.VAR_POSITIONAL:
        options["nargs"] = "+" if arg.is_needed else "*"
    elif parameter.default is not Parameter.empty:
        options["nargs"] = "?"
    options.setdefault("metavar", (arg.name or parameter.name).upper())
    yield Argument(parameter.name, arg.help, arg.completes, options)


def _switches(parameter: Parameter, arg: Arg) -> Iterator[Argument]:
    on = arg.name or f"--{parameter.name.replace('_', '-')}"
    shared = {"dest": parameter.name, "default": parameter.default}
    if parameter.default is not True:
        yield Argument(on, arg.help, arg.completes, {"action": "store_true", **shared})
    if arg.off:
        yield Argument(arg.off, arg.off_help or arg.help, "", {"action": "store_false", **shared})
