"""Errors about the requirements of a notebook."""

from __future__ import annotations

from aiconn_nb.model.hint import command, option

from .base import AiconnError, CommandError, Lines


class NoProjectFile(AiconnError):
    """No alias was given, and the working folder has no project file."""

    name: str

    def lines(self) -> Lines:
        return (
            f"There is no {self.name} in this folder, and no alias was named.",
            f"'{command('export -o', self.name)}' writes one; '{command('require ALIAS')}' checks a connection or profile.",
        )


class NotAHost(CommandError, is_reason=True):
    """The host to trust cannot be read, or programs disagree about it. The error does not repeat it."""

    def lines(self) -> Lines:
        what = f"{option('--trust', 'trust')} takes a host that every program reads in the same way."
        return what, "For example: https://gateway.example.com"


class NeedsNotMet(AiconnError):
    """A notebook that runs unattended lacks something; ``needs`` has each requirement with its remedy."""

    needs: tuple[str, ...]
    """Alias and problem of each requirement."""
    remedies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Problems with the environment, as sentences."""
    variables: tuple[str, ...] = ()
    """The environment variables that would give the missing values. A job cannot be asked for them."""

    def lines(self) -> Lines:
        count = "1 need is" if len(self.needs) == 1 else f"{len(self.needs)} needs are"
        plural = "s" if len(self.variables) > 1 else ""
        hints = [f"Set the environment variable{plural} {' and '.join(self.variables)}."] if self.variables else []
        if self.remedies:
            also = "Or, where you can be asked, run" if self.variables else "Run"
            hints.append(f"{also} " + " and ".join(f"'{each}'" for each in self.remedies) + ".")
        return f"{count} not met: {'; '.join(self.needs)}.", " ".join([*hints, *self.notes])
