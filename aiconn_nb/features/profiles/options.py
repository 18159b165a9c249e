"""The options of a profile: which ones its connections' providers accept, and their valid values.

A provider declares its options as `Field`s (see `aiconn_nb.providers.values.model_options`); a profile also has a system prompt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Final

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.secret import holds_key, redact
from aiconn_nb.providers.values import model_options as declared
from aiconn_nb.session.context import Context

Value = str | int | float
"""An option as it is stored and sent."""
Given = Mapping[str, "Value | None"]
"""Options from the user: a number, or text with one; None or blank text removes an option."""
Offered = Mapping[str, Sequence[Field]]
"""Option -> its declarations by the providers that accept it, without duplicates."""

SYSTEM_LENGTH: Final = 100_000
"""Maximum characters of a system prompt."""
_LONGEST_NAME: Final = 60
"""Maximum characters of an unknown option's name in a message."""
SYSTEM: Final = Field("system", "System prompt", "instructions before every prompt", most=SYSTEM_LENGTH)

OPTIONS: Final[Mapping[Capability, tuple[Field, ...]]] = {
    Capability.CHAT: (*declared.CHAT, SYSTEM, *(each for each in declared.CHAT_OPTIONS if each not in declared.CHAT)),
    Capability.EMBEDDING: declared.EMBEDDING_OPTIONS,
}
"""The options that our own providers know, in display order. An option of another capability is refused."""


class NotAllowed(Exception):
    """An option's value is out of its range; ``str()`` says what it must be, never the value."""


def offered(context: Context, connections: Iterable[Connection], capability: Capability) -> Offered:
    """Return the options that at least one of the connections' providers accepts.

    It returns all known options if there is no connection, or if a provider is not installed here.
    """
    found: dict[str, list[Field]] = {each.key: [each] for each in _always(capability)}
    are_known = False
    for connection in connections:
        provider = context.registry.find(connection.provider)
        if provider is None:
            are_known = False
            break
        are_known = True
        for field in provider.chat_options if capability is Capability.CHAT else provider.embedding_options:
            if field not in found.setdefault(field.key, []):
                found[field.key].append(field)
    if not are_known:
        for field in OPTIONS[capability]:
            found.setdefault(field.key, [field])
    return found


def shown(offers: Offered, capability: Capability) -> tuple[Field, ...]:
    """Return the options as one list in display order, each with the widest range that a provider accepts."""
    order = [each.key for each in OPTIONS[capability]]
    keys = sorted(offers, key=lambda key: order.index(key) if key in order else len(order))
    return tuple(_widest(offers[key]) for key in keys)


def label_of(key: str) -> str:
    """Return the display name of an option."""
    known = (field for fields in OPTIONS.values() for field in fields if field.key == key)
    return next((field.label for field in known), key.replace("_", " ").capitalize())


def accept(field: Field, given: object) -> Value | None:
    """Return an option's value in its stored form; None if it is empty. Raises `NotAllowed`."""
    if _is_empty(given):
        return None
    value = _text(field, given) if field.type == "text" else _number(field, given)
    if value is None or not field.takes(value):
        raise NotAllowed(f"must be {field.range}")
    return value


def merged(
    capability: Capability,
    kept: Mapping[str, Value],
    given: Given,
    problems: dict[str, str],
    offers: Offered | None = None,
) -> dict[str, Value]:
    """Merge ``given`` over ``kept``, without empty values. Problems are added to ``problems``, by option.

    ``offers`` has the permitted options; by default, the options that our own providers know. Kept options are not checked: a
    reply reports each option that was not sent.
    """
    if offers is None:
        offers = {option.key: (option,) for option in OPTIONS[capability]}
    result = dict(kept)
    for key, value in given.items():
        if key not in offers:
            # An empty value counts as omitted.
            if not (_is_empty(value) and (key in kept or _owner(key))):
                problems[_shown(str(key))] = _unknown(capability, str(key), offers)
            elif key in kept:
                del result[key]
            continue
        try:
            accepted = _accepted(offers[key], value)
        except NotAllowed as problem:
            problems[key] = str(problem)
            continue
        if accepted is None:
            result.pop(key, None)
        else:
            result[key] = accepted
    order = [each.key for each in OPTIONS[capability]]
    return {
        key: result[key] for key in sorted(result, key=lambda key: order.index(key) if key in order else len(order))
    }


def _always(capability: Capability) -> tuple[Field, ...]:
    return (SYSTEM,) if capability is Capability.CHAT else ()


def _widest(fields: Sequence[Field]) -> Field:
    """Return one declaration that accepts every value that any of these accepts."""
    choices = dict.fromkeys(choice for each in fields for choice in each.choices)
    return replace(
        fields[0],
        least=_outermost(min, [each.least for each in fields]),
        most=_outermost(max, [each.most for each in fields]),
        choices=tuple(choices) if all(each.choices for each in fields) else (),
    )


def _outermost(choose: Callable[[list[float]], float], bounds: Sequence[float | None]) -> float | None:
    """Return the widest bound; None if one declaration has no bound."""
    there = [bound for bound in bounds if bound is not None]
    return choose(there) if len(there) == len(bounds) else None


def _accepted(fields: Sequence[Field], given: object) -> Value | None:
    """Return the value, if one of the declarations accepts it. Raises the first one's `NotAllowed`."""
    refused: NotAllowed | None = None
    for field in fields:
        try:
            return accept(field, given)
        except NotAllowed as error:
            refused = refused or NotAllowed(str(error))
    raise refused or NotAllowed("is not taken")


def _text(field: Field, given: object) -> str | None:
    if not isinstance(given, str):
        return None
    if holds_key(given):
        raise NotAllowed("holds what looks like a key, and a profile is not kept secret")
    return given


def _number(field: Field, given: object) -> int | float | None:
    """Return the number in it; None without one."""
    if isinstance(given, str):
        try:
            given = int(given) if field.type == "integer" else float(given)
        except ValueError:
            return None
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    number = int(given) if isinstance(given, Integral) else float(given)  # NumPy has its own types
    if isinstance(number, float) and not math.isfinite(number):
        return None
    if field.type == "integer":
        return int(number) if number == int(number) else None
    return number


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _owner(key: str) -> Capability | None:
    """Return the capability that knows an option; None if there is none."""
    return next((each for each, options in OPTIONS.items() if key in {option.key for option in options}), None)


def _shown(key: str) -> str:
    """Return the displayable name of an unknown option. A long one may be a key, and part of a key is not recognized as one."""
    return redact(key) if len(key) <= _LONGEST_NAME else f"a name of {len(key):,} characters"


def _unknown(capability: Capability, key: str, offers: Offered) -> str:
    owner = _owner(key)
    there = f"There are: {', '.join(each.key for each in shown(offers, capability))}."
    if owner not in (None, capability):
        return f"is an option of {owner}, and this is for {capability}"
    if owner is not None:
        return f"is not supported by the provider here. {there}"
    return f"is not an option of {capability}. {did_you_mean(key, offers) or there}"
