"""Wrong calls of the functions of ``aiconn_nb``, which are methods of the session with fewer parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import Signature

from aiconn_nb.errors import WrongCall, WrongType


@contextmanager
def about_the_function(name: str, signature: Callable[[], Signature]) -> Iterator[None]:
    """Make the error of a wrong call name the function and its parameters, and not those of the method."""
    try:
        yield
    except (WrongCall, WrongType) as error:
        if error.function == name:
            error.owner = "aiconn_nb"
            if isinstance(error, WrongCall):
                takes = signature().parameters
                error.takes = ", ".join(takes)
                error.nearest = error.nearest if error.nearest in takes else None
        raise
