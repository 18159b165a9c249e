"""The known names of configuration keys. A value that equals one of them is a reference without its ``$``."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import references
from aiconn_nb.model.key_name import reference_in

from .context import Context


class NamesKnown:
    """The names in the sources and references of a session. They are read only if a value may be one of them, which is rare."""

    def __init__(self, context: Context, suggested: str = "") -> None:
        self._context = context
        self._suggested = suggested.removeprefix("$")

    def reference_in(self, text: str) -> str:
        """See `aiconn_nb.model.key_name.reference_in`."""
        return reference_in(text, lambda name: self._spelled.get(fold(name), ""))

    def is_name(self, text: str) -> bool:
        """Whether a value is the name of a key."""
        return self.reference_in(text) != ""

    @cached_property
    def _spelled(self) -> dict[str, str]:
        """The names by their folded form."""
        stored = self._context.store.read().connections
        names = [written[1:] for each in stored for written in references(each.settings).values()]
        with suppress(AiconnError):  # a broken file is reported by every use
            names += self._context.configuration().keys()
        return {fold(name): name for name in (*names, *filter(None, [self._suggested]))}
