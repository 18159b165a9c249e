"""Errors about the requirements of a notebook."""

from __future__ import annotations

from aiconn_nb.model.hint import command

from .base import AiconnError, Lines, fields


@fields
class NoProjectFile(AiconnError):
    """No alias was given, and the working folder has no project file."""

    name: str

    def lines(self) -> Lines:
        return (
            f"There is no {self.name} in this folder, and no alias was named.",
            f"'{command('export -o', self.name)}' writes one; '{command('require ALIAS')}' checks a connection or profile.",
        )


@fields
class NeedsNotMet(AiconnError):
    """A notebook that runs unattended lacks something; ``needs`` has each requirement with its remedy."""

    needs: tuple[str, ...]
    """Alias and problem of each requirement."""
    remedies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Problems with the environment, as sentences."""

    def lines(self) -> Lines:
        count = "1 need is" if len(self.needs) == 1 else f"{len(self.needs)} needs are"
        run = ["Run " + " and ".join(f"'{each}'" for each in self.remedies) + "."] if self.remedies else []
        return f"{count} not met: {'; '.join(self.needs)}.", " ".join([*run, *self.notes])
