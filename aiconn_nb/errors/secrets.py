"""Errors about operations on user secrets."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines


class NothingEntered(AiconnError, is_reason=True):
    """The value is blank. It would silently replace a good one."""

    key: str

    def lines(self) -> Lines:
        remove = command("secret remove", self.key)
        return "Nothing was entered, and nothing was changed.", f"'{remove}' removes a value."


class ReferenceAsSecret(AiconnError, is_reason=True):
    """The value of a user secret is a reference, which would never be resolved."""

    says = (
        "This is a reference, and nothing was changed: a user secret is a value, which is not resolved again.",
        "Give the key itself. Put a reference into the connection that uses the value.",
    )


class MaskAsSecret(AiconnError, is_reason=True):
    """The given text is only a placeholder or a masked value."""

    says = "This is a mask, not the key itself.", "Paste the key."


class SealedAsSecret(AiconnError, is_reason=True):
    """The given text is encrypted, by this package or in the same way."""

    says = "This is a sealed value, not the key itself.", "Paste the key."


class NoSecretGiven(AiconnError, is_reason=True):
    """There is no value to save."""

    says = "There is no value.", "Type or paste it."


class NoUserSecret(AiconnError, is_reason=True):
    """This environment has no user secret with this key."""

    key: str
    environment: str | None
    """None for all environments."""
    nearest: str | None = None
    """The closest existing key of that environment."""
    having: tuple[str | None, ...] = ()
    """The environments that have the key; None means all environments."""
    options: tuple[str, ...] = ()
    """The options that select the first of them in a command."""

    action = "remove"

    def lines(self) -> Lines:
        return f"There is no user secret '{self.key}'{of_environment(self.environment)}.", self._hint("shows them")

    def _hint(self, list_shows: str) -> str:
        if not self.having:
            return meant(self.nearest) or f"'{command('secret list')}' {list_shows}."
        there = command(f"secret {self.action}", self.key, *self.options)
        if self.having[0] is None:
            return f"There is one for all environments: '{there}'."
        return f"There is one for {' and for '.join(filter(None, self.having))} only: '{there}'."


class NoFormerSecret(NoUserSecret, is_reason=True):
    """A user secret has no former value to restore."""

    action = "restore"

    def lines(self) -> Lines:
        return (
            f"There is no former value of '{self.key}'{of_environment(self.environment)}; they are kept for 30 days.",
            self._hint("shows what there is"),
        )


def of_environment(environment: str | None) -> str:
    """Return the end of a sentence: `` for Staging``, `` for all environments``."""
    return f" for {environment}" if environment else " for all environments"
