"""Compares messages between kernel and page with their declarations."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict


def problems(value: Any, kind: Any, place: str = "") -> Iterator[str]:
    """The deviations of a value from its declaration: one line for each place."""
    args, origin = get_args(kind), get_origin(kind)
    if kind is Any:
        return
    if is_typeddict(kind):
        if not isinstance(value, dict):
            yield f"{place}: no {kind.__name__}"
            return
        hints = get_type_hints(kind)
        yield from (f"{place}.{key}: is missing" for key in sorted(kind.__required_keys__ - value.keys()))
        yield from (f"{place}.{key}: is not declared" for key in value.keys() - hints.keys())
        for key in value.keys() & hints.keys():
            yield from problems(value[key], hints[key], f"{place}.{key}")
    elif origin is list:
        if not isinstance(value, list):
            yield f"{place}: no list"
            return
        for at, each in enumerate(value):
            yield from problems(each, args[0], f"{place}[{at}]")
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{place}: no dictionary"
            return
        for key, each in value.items():
            yield from problems(each, args[1], f"{place}[{key}]")
    elif origin is Literal:
        if value not in args:
            yield f"{place}: {value!r} is none of {args}"
    elif origin in (types.UnionType, Union):
        if all(any(True for _ in problems(value, each)) for each in args):
            yield f"{place}: {value!r} is no {kind}"
    elif not isinstance(value, (int, float) if kind is float else kind) or (
        kind is not bool and isinstance(value, bool)
    ):
        yield f"{place}: {value!r} is no {kind.__name__}"
