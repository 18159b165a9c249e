"""The check for a notebook's first cell: is everything there that it needs?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from .results import Requirements


class RequirementVerbs(Core):
    """The verb on what a notebook needs."""

    @verb(
        "require",
        "whether all is there that a notebook needs, and what to do where it is not",
        details=(
            "Without aliases it is what aiconn.json beside the notebook declares, which 'export -o aiconn.json' writes. "
            "--yes takes in what is missing and needs no secret: it trusts no host and replaces nothing. The status is 1 where "
            "something is missing."
        ),
        examples=("require", "require --yes", "require writer openai-dev", "require --from course.json"),
        aliases=Arg("connections and profiles", name="alias", completes="target"),
        file=Arg("a project file elsewhere", name="--from", metavar="FILE"),
        yes=Arg("take in what is missing, without asking"),
    )
    def require(self, *aliases: str, file: str | os.PathLike[str] | None = None, yes: bool = False) -> Requirements:
        """Whether everything that a notebook needs is there: one row for each need, with a remedy if it is not met.

        It shows everything that is missing at once, and makes no request over the network.

        Args:
            aliases: Connections and profiles; all that the project file declares if omitted.
            file: The project file, a bundle as `export` writes it; ``aiconn.json`` in the working folder if omitted.
            yes: Whether to import missing entries. This never trusts a host, changes an existing entry or replaces a default.

        Returns:
            The needs. ``ok`` is true if all are met, ``unmet`` has the others.

        Raises:
            NoProjectFile: No alias was named, and there is no ``aiconn.json`` here.
            BundleError: The project file cannot be read, or is no bundle.

        Example::

            aiconn_nb.require(yes=True)
        """
        from .project import required

        return required(self._context, self._listings, aliases, file, yes=yes)
