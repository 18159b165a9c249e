"""Whose key a reference is, by its name: the first parts of the usual names of each provider's keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aiconn_nb.model.pattern import late

if TYPE_CHECKING:
    from .base import Provider

_ENDS: Final = late(r"_(API_KEY|KEY|TOKEN)$")
_SHORTEST: Final = 5
"""The minimum length of a name that is made of a variable: ``CO_API_KEY`` does not make ``$Course:Key`` Cohere's."""


def letters(name: str) -> str:
    """A name without case and punctuation: ``xai``, ``lmstudio``."""
    return "".join(filter(str.isalnum, name)).casefold()


def key_names(provider: Provider) -> Iterator[str]:
    """A provider's id, its sections of the settings files, its variables, and these without their ends (``azureopenai``)."""
    yield letters(provider.id)
    for field in provider.fields:
        if not field.sensitive:
            continue
        if section := letters(field.suggested_reference.partition(":")[0]):
            yield section
        for variable in provider.variables.get(field.key, ()):
            yield letters(variable)
            if len(start := letters(_ENDS.sub("", variable))) >= _SHORTEST:
                yield start
