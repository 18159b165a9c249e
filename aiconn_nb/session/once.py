"""An attribute that is created on first use, and is the same object for every thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it is used as `functools.cached_property` is
    """The same as `functools.cached_property`, which from Python 3.12 on creates two objects if two threads come at the same time.

    Both objects would then be used, and what one of them counted or remembered would be lost.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        # One atomic step: all threads use the object that was created first.
        made: T = vars(instance).setdefault(self._name, self._make(instance))
        return made
