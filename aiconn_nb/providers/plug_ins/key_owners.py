"""The provider that a key's name stands for: the first parts of the usual names of each provider's keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aiconn_nb.model.pattern import late

if TYPE_CHECKING:
    from ..base import Provider

_ENDS: Final = late(r"_(API_KEY|KEY|TOKEN)$")
_SHORTEST: Final = 5
"""The minimum length of a name derived from a variable, so that ``CO_API_KEY`` does not claim ``$Course:Key`` for Cohere."""


def letters(name: str) -> str:
    """Return a name without case and punctuation: ``xai``, ``lmstudio``."""
    return "".join(filter(str.isalnum, name)).casefold()


def key_names(provider: Provider) -> Iterator[str]:
    """Yield a provider's id, its sections in settings files, its variables, and those without their endings (``azureopenai``)."""
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
