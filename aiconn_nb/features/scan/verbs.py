"""Finding keys in notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.

    from .notebook_scan import Scan


class ScanVerbs(Core):
    """The verb that scans notebooks."""

    @verb(
        "scan",
        "find keys in notebooks: cells, outputs, metadata, widget state; status 1 where there are some",
        details="For pre-commit, too.",
        examples=("scan lesson.ipynb", "scan lesson.ipynb --fix", "scan ."),
        notebooks=Arg("the notebooks' files", name="notebook", is_needed=True),
        fix=Arg("take them out of outputs and widget state, leaving a backup"),
    )
    def scan(self, *notebooks: str, fix: bool = False) -> Scan:
        """Find keys in notebooks; with ``fix`` take them out of outputs and widget state, leaving a backup."""
        from .notebook_scan import scan

        return scan(self._context, notebooks, fix=fix)
