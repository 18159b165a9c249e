"""The verbs as functions: ``aiconn_nb.ask(...)`` is ``kernel_session().ask(...)``.

Each function is derived from a method of `Session` on first use: its signature without ``self`` and without
parameters that only widgets pass, and its docstring. ``.ci/generate.py`` writes ``verbs.pyi`` for type checkers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.model.frames import ONLY_USERS_FRAMES
from aiconn_nb.session import Session, kernel_session
from aiconn_nb.session.verb import Verb, verbs_of

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Comparison, Reply
    from aiconn_nb.features.batch import Mapped

FORMER: Final = {"profile_history": "history_profile", "profile_diff": "diff_profile"}
"""Function names of 0.1.0 -> current names. 0.3.0 removes the former names."""


def last_reply() -> Reply | None:
    """Return the last answer in this kernel, even if it was interrupted; None if there was none.

    Example::

        aiconn_nb.last_reply().text
    """
    return kernel_session().last_reply


def last_comparison() -> Comparison | None:
    """Return the last comparison in this kernel, even if it was interrupted; None if there was none.

    Example::

        list(aiconn_nb.last_comparison().replies)
    """
    return kernel_session().last_comparison


def last_map() -> Mapped | None:
    """Return the result of the last `map` in this kernel, even if it was interrupted; None if there was none.

    Example::

        aiconn_nb.last_map().progress.cost
    """
    return kernel_session().last_map


def published() -> dict[str, Verb]:
    """The verbs that are functions here, by name."""
    return {name: verb for name, verb in verbs_of(Session) if verb.in_python}


def __getattr__(name: str) -> Any:
    verb = published().get(FORMER.get(name, name))
    if verb is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()[name] = _function(name, verb)
    return made


def signature_of(name: str, verb: Verb) -> inspect.Signature:
    """The signature of the function: the method's, without parameters that only widgets and commands pass."""
    signature = inspect.signature(getattr(Session, name))
    shown = [each for key, each in signature.parameters.items() if key != "self" and key not in verb.inner]
    return signature.replace(parameters=shown)


def doc_of(name: str, verb: Verb) -> str:
    """The docstring of the function: the method's, without parameters that the function does not take, and their errors."""
    doc = inspect.getdoc(getattr(Session, name)) or ""
    # No `map` here: this module has a function of that name.
    inner = "|".join(re.escape(each) for each in sorted(verb.inner))
    entry = rf"^    (?:(?:{inner}): .*|\w+: .*``(?:{inner})``.*)\n(?:     .*\n)*"
    return re.sub(entry, "", doc, flags=re.MULTILINE) if inner else doc


def _function(name: str, verb: Verb) -> Callable[..., Any]:
    method = getattr(Session, name)

    @wraps(method)
    async def awaited(*args: Any, **options: Any) -> Any:
        # Frameworks use `inspect.iscoroutinefunction`, which examines only the function itself.
        try:
            with ONLY_USERS_FRAMES, _interrupted_shortly(name), _about_the_function(name, verb):
                return await getattr(kernel_session(), name)(*args, **options)
        finally:
            del args, options

    @wraps(method)
    def called(*args: Any, **options: Any) -> Any:
        # Neither is kept in a frame: one may contain a key, and a traceback prints the locals of each frame.
        try:
            with ONLY_USERS_FRAMES, _interrupted_shortly(name), _about_the_function(name, verb):
                if "on_progress" in verb.inner - options.keys():
                    return _with_line(getattr(kernel_session(), name), args, options)
                if "on_batch" in verb.inner - options.keys():
                    return _with_bar(getattr(kernel_session(), name), args, options)
                return getattr(kernel_session(), name)(*args, **options)
        finally:
            del args, options

    call: Callable[..., Any] = awaited if inspect.iscoroutinefunction(inspect.unwrap(method)) else called
    call.__signature__ = signature_of(name, verb)  # type: ignore[attr-defined]
    call.__doc__ = doc_of(name, verb)
    call.__module__ = __name__
    call.__qualname__ = name
    return call


def _with_bar(call: Callable[..., Any], args: Any, options: Any) -> Any:
    from aiconn_nb.ui.progress import progress

    try:
        with progress("texts") as on_batch:
            return call(*args, on_batch=on_batch, **options)
    finally:
        del args, options


def _with_line(call: Callable[..., Any], args: Any, options: Any) -> Any:
    from aiconn_nb.ui.progress import progress_line

    try:
        with progress_line() as draw:
            return call(*args, on_progress=lambda progress: draw(progress.within), **options)
    finally:
        del args, options


def _about_the_function(name: str, verb: Verb) -> AbstractContextManager[None]:
    from aiconn_nb.ui.wrong_calls import about_the_function

    return about_the_function(name, lambda: signature_of(name, verb))


def _interrupted_shortly(name: str) -> AbstractContextManager[None]:
    from aiconn_nb.ui.interrupts import interrupted_shortly

    return interrupted_shortly(kernel_session(), name)
