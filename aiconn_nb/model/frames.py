"""Clear the frames of an exception: IPython's Verbose mode, crash reports and Sentry print the locals of every frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, iscoroutinefunction
from types import FunctionType
from typing import Any, Final, ParamSpec, TypeVar

from aiconn_nb import errors

from .nearest import nearest

_PLAIN: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "None": type(None)}
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Kind = TypeVar("Kind")


class OnlyUsersFrames:
    """A block whose errors of ours show no frame of this package, the block's own included; see `traceback_locals`.

    It is no generator: ``contextlib`` would restore the traceback.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, errors.AiconnError):
            from .traceback_locals import shorten

            shorten(error)


ONLY_USERS_FRAMES: Final = OnlyUsersFrames()


def leaves_no_locals(
    function: Callable[Given, Answer],
    masked: Callable[[Any, errors.AiconnError], None] | None = None,
    *,
    in_debug: bool = False,
) -> Callable[Given, Answer]:
    """Wrap a function so that an interrupt or an unexpected exception leaves no locals in its frames: Ctrl-C may come at any line,
    also while a key is in the clear. An `AiconnError` leaves no frames.

    For a method, ``masked`` takes the object and such an error, and removes secrets from the error. ``in_debug``: whether
    debug mode keeps locals that hold no key; see `aiconn_nb.model.traceback_locals`. A function for a callback is refused before
    the call if it is none.
    """
    callbacks = _callbacks_of(function)

    def wrong_call(
        error: BaseException, args: tuple[object, ...], options: Mapping[str, object]
    ) -> errors.CommandError | None:
        """Mask or clear an error. Return what is wrong with the call, if that caused the error."""
        from .traceback_locals import clear, shorten  # only an error needs them

        given = args if masked is None else args[1:]
        if isinstance(error, errors.AiconnError):
            # A function that this one calls was given a value of the caller's: name the function that the caller knows.
            is_inner = isinstance(error, errors.WrongCall | errors.WrongType) and error.function != function.__name__
            if is_inner and (wrong := _wrong(function, args, options)) is not None:
                error = wrong
            else:
                wrong = None
            if masked is not None:
                masked(args[0], error)
            if not shorten(error):
                clear(error.__traceback__, [given, options], in_debug=in_debug)
            return wrong
        clear(error.__traceback__, [given, options], in_debug=in_debug)
        is_about_types = isinstance(error, AttributeError | TypeError | ValueError)
        wrong = _wrong(function, args, options) if is_about_types else None
        if wrong is not None and masked is not None:
            masked(args[0], wrong)  # Python repeats the name of an argument that there is not
        return wrong

    @wraps(function)
    def call(*args: Given.args, **options: Given.kwargs) -> Answer:
        try:
            if not callbacks.isdisjoint(options):
                _require_functions(function.__name__, {name: options[name] for name in callbacks & options.keys()})
            return function(*args, **options)
        except BaseException as error:
            wrong = wrong_call(error, args, options)
            if wrong is None:
                raise
        finally:
            # An argument may be a key as well, and this frame is in the traceback too.
            del args, options
        with ONLY_USERS_FRAMES:
            raise wrong

    if not iscoroutinefunction(function):
        return call

    @wraps(function)
    async def awaited(*args: Given.args, **options: Given.kwargs) -> Any:
        try:
            if not callbacks.isdisjoint(options):
                _require_functions(function.__name__, {name: options[name] for name in callbacks & options.keys()})
            return await function(*args, **options)
        except BaseException as error:
            wrong = wrong_call(error, args, options)
            if wrong is None:
                raise
        finally:
            del args, options
        with ONLY_USERS_FRAMES:
            raise wrong

    return awaited  # type: ignore[return-value]


def takes_its_arguments(function: Callable[Given, Answer], name: str) -> Callable[Given, Answer]:
    """Wrap a function of ``aiconn_nb``, or the constructor of a class there, that is no verb: an argument that it does not have,
    and a callback that is no function, are errors of ours."""
    callbacks = _callbacks_of(function)

    @wraps(function)
    def call(*args: Given.args, **options: Given.kwargs) -> Answer:
        with ONLY_USERS_FRAMES:
            try:
                _require_functions(name, {each: options[each] for each in callbacks & options.keys()}, "aiconn_nb")
                return function(*args, **options)
            except TypeError:
                wrong = _wrong(function, args, options)
                if wrong is None:
                    raise
            finally:
                del args, options
            wrong.function, wrong.owner = name, "aiconn_nb"
            raise wrong

    return call


def _require_functions(function: str, callbacks: Mapping[str, object], owner: str = "aiconn_nb.Session") -> None:
    """Raise `WrongType` if a callback cannot be called: that would come out only after something was sent."""
    for name, given in callbacks.items():
        if (wrong := _no_function(function, name, given, owner)) is not None:
            raise wrong


def _no_function(function: str, name: str, given: object, owner: str = "aiconn_nb.Session") -> errors.WrongType | None:
    """Return the error of a callback that cannot be called; None if it can."""
    if given is None or callable(given):
        return None
    found = type(given).__name__
    return errors.WrongType(function=function, argument=name, wanted="a function", found=found, owner=owner)


def _callbacks_of(function: Callable[..., object]) -> frozenset[str]:
    """The names of a function's parameters for callbacks, which are keyword-only."""
    written = function.__annotations__.items()
    return frozenset(name for name, kind in written if name != "return" and _is_callback(kind))


def _is_callback(written: object) -> bool:
    """Whether a parameter with this annotation takes a function."""
    return str(written).startswith("Callable[")


def _wrong(
    function: Callable[..., object], given: tuple[object, ...], options: Mapping[str, object]
) -> errors.WrongCall | errors.WrongType | None:
    """Return the error in a call: in its arguments, or in the type of one; None if all fit. Only plain types are checked, and no
    value is shown."""
    from inspect import signature

    parameters = signature(function).parameters
    try:
        bound = signature(function).bind(*given, **options).arguments
    except TypeError as error:
        known = [name for name in parameters if name != "self"]
        unknown = next((name for name in options if name not in known), "")
        close = nearest(unknown, known) if unknown else None
        return errors.WrongCall(
            function=function.__name__,
            problem=str(error),
            takes=", ".join(known),
            unknown=unknown,
            nearest=close,
            belongs_in=next((name for name in ("settings", "options") if unknown and not close and name in known), ""),
        )
    for name, value in bound.items():
        if _is_callback(parameters[name].annotation):
            if (no_function := _no_function(function.__name__, name, value)) is not None:
                return no_function
            continue
        kinds = set(str(parameters[name].annotation).replace(" ", "").split("|"))
        values = value if parameters[name].kind is Parameter.VAR_POSITIONAL else (value,)
        wanted = tuple(_PLAIN.get(kind, object) for kind in kinds)
        wrong = next((type(each).__name__ for each in values if not isinstance(each, wanted)), "")
        if wrong:
            wants = " or ".join(sorted(kinds))
            return errors.WrongType(function=function.__name__, argument=name, wanted=wants, found=wrong)
    return None


def verbs_leave_no_locals(masked: Callable[[Any, errors.AiconnError], None]) -> Callable[[type[Kind]], type[Kind]]:
    """Apply `leaves_no_locals` to the public methods of a class, inherited ones too, with ``masked`` for their errors."""

    def guarded(kind: type[Kind]) -> type[Kind]:
        for name in dir(kind):
            verb = getattr(kind, name)
            if not name.startswith("_") and isinstance(verb, FunctionType):
                setattr(kind, name, leaves_no_locals(verb, masked, in_debug=True))
        return kind

    return guarded
