"""What an exception's frames hold, taken away: IPython's Verbose mode and crash reports print the locals of every frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from traceback import clear_frames
from types import FunctionType
from typing import ParamSpec, TypeVar

from .errors import AiconnError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Kind = TypeVar("Kind")


def leaves_no_locals(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The function, whose interruption or unforeseen exception has no locals in its frames: Ctrl-C may come at any line, also
    where a key is in the clear. An `AiconnError` shows no frames, and is raised where no local holds one."""

    @wraps(function)
    def call(*args: Given.args, **options: Given.kwargs) -> Answer:
        try:
            return function(*args, **options)
        except AiconnError:
            raise
        except BaseException as error:
            clear_frames(error.__traceback__)
            raise
        finally:
            # What was given may be a key as well, and this frame is in the traceback too.
            del args, options

    return call


def verbs_leave_no_locals(kind: type[Kind]) -> type[Kind]:
    """A class whose public methods, inherited ones too, are such functions."""
    for name in dir(kind):
        verb = getattr(kind, name)
        if not name.startswith("_") and isinstance(verb, FunctionType):
            setattr(kind, name, leaves_no_locals(verb))
    return kind
