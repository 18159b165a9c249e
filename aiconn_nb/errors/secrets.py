"""Errors about what is done with user secrets."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines, reason


@reason
class NothingEntered(AiconnError):
    """A blank value for a user secret would take a good one's place unseen."""

    key: str

    def lines(self) -> Lines:
        remove = command("secret remove", self.key)
        return "Nothing was entered, and nothing was changed.", f"'{remove}' removes a value."


@reason
class ReferenceAsSecret(AiconnError):
    """A reference as the value of a user secret would never be resolved."""

    says = (
        "This is a reference, and nothing was changed: a user secret is a value, which is not resolved again.",
        "Give the key itself. Put a reference into the connection that uses the value.",
    )


@reason
class MaskAsSecret(AiconnError):
    """The given text is only a placeholder or a mask of a value."""

    says = "This is a mask, not the key itself.", "Paste the key."


@reason
class NoSecretGiven(AiconnError):
    """There is no value to be kept."""

    says = "There is no value.", "Type or paste it."


@reason
class NoUserSecret(AiconnError):
    """There is no user secret of this key for this environment."""

    key: str
    environment: str | None
    """None: for all environments."""
    nearest: str | None = None
    """The closest key that there is for it."""
    having: tuple[str | None, ...] = ()
    """The environments that have the key; None for all together."""
    options: tuple[str, ...] = ()
    """The options that name the first of them in a command."""

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


@reason
class NoFormerSecret(NoUserSecret):
    """There is no former value of a user secret that could be brought back."""

    action = "restore"

    def lines(self) -> Lines:
        return (
            f"There is no former value of '{self.key}'{of_environment(self.environment)}; they are kept for 30 days.",
            self._hint("shows what there is"),
        )


def of_environment(environment: str | None) -> str:
    """`` of Staging``, `` of all environments``."""
    return f" of {environment}" if environment else " of all environments"
