"""Finding keys in notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # The verb imports the scanner only when it runs: a list must be fast.
    from .notebook_scan import Scan


class ScanVerbs(Core):
    """The verb that scans notebooks."""

    @verb(
        "scan",
        "find keys in notebooks: cells, outputs, metadata, widget state; exit status 1 if there are any",
        details="Suitable for pre-commit.",
        examples=("scan lesson.ipynb", "scan lesson.ipynb --fix", "scan ."),
        notebooks=Arg("notebooks, or folders with notebooks", name="notebook", is_needed=True),
        fix=Arg("remove them from outputs, metadata and widget state; a copy of the notebook is kept"),
    )
    def scan(self, *notebooks: str, fix: bool = False) -> Scan:
        """Find keys in notebooks: values that this machine knows, and the well-known shapes of keys.

        Args:
            notebooks: The files, or folders with notebooks.
            fix: Whether to remove keys from outputs, metadata and widget state. A copy of the old notebook is kept, and the result
                names it. Keys in code and prose are only reported.

        Returns:
            A row for each finding: the notebook, the place and the kind, never the key. ``ok`` is True if no key is left.

        Raises:
            AiconnError: The only named notebook cannot be read.

        Example::

            aiconn_nb.scan("lesson.ipynb", fix=True).ok
        """
        from .notebook_scan import scan

        return scan(self._context, notebooks, fix=fix)
