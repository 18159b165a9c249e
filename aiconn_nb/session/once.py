"""Attributes that are created on first use, and are the same object for every thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it is used as `functools.cached_property` is
    """A thread-safe `functools.cached_property`, which from Python 3.12 on may create one object per thread.

    Both objects would then be used, and the counts and memory of one of them would be lost.
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
