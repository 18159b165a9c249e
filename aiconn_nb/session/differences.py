"""The differences from an existing entity when it is created again, as by a notebook that runs again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiconn_nb.model.secret import Sealed, Secret, redact

_LONGEST = 60


def differences(
    there: Mapping[str, Any], here: Mapping[str, Any], opened: Callable[[Sealed], Secret | None] = lambda sealed: None
) -> tuple[str, ...]:
    """The differences, by field, in words: ``name is 'Demo' there, and 'Other' here``. Secrets are compared but not shown.

    ``opened`` decrypts a stored secret; None if that is impossible here.
    """
    return tuple(
        _words(key, there.get(key), here.get(key))
        for key in _keys(there, here)
        if _differ(there.get(key), here.get(key), opened)
    )


def _keys(there: Iterable[str], here: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*here, *there]))


def _differ(there: Any, here: Any, opened: Callable[[Sealed], Secret | None]) -> bool:
    if isinstance(here, Secret) and isinstance(there, Sealed):
        known = opened(there)
        return known is None or not known.same_as(here)
    return bool(there != here)


def _words(key: str, there: Any, here: Any) -> str:
    if isinstance(there, Sealed | Secret) and isinstance(here, Sealed | Secret):
        return f"{key} is another secret"
    return f"{key} is {_shown(there)} there, and {_shown(here)} here"


def _shown(value: Any) -> str:
    if value is None or value == () or value == "":
        return "not set"
    if isinstance(value, Sealed | Secret):
        return "a secret"
    if isinstance(value, bool):
        return "on" if value else "off"
    text = redact(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
    return f"'{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}'"
