"""The check for a notebook's first cell: does it have everything that it needs?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiconn_nb.features.arguments import path_in, texts_in
from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from .results import Requirements


class RequirementVerbs(Core):
    """The verb on a notebook's needs."""

    @verb(
        "require",
        "check whether everything that a notebook needs is here, with a remedy for what is not",
        details=(
            "Without aliases, it checks aiconn.json beside the notebook, which 'export -o aiconn.json' writes. "
            "--yes imports missing entries that need no secret: it trusts no host and replaces nothing, but links a profile of the "
            "file again to connections that were deleted. A missing connection is listed with what it will still need after the "
            "import. A job, which cannot be asked, names the host that may have its keys: --trust https://HOST. "
            "The exit status is 1 if anything is missing."
        ),
        examples=(
            "require",
            "require --yes",
            "require --yes --trust https://gateway.example.com",
            "require writer openai-dev",
            "require --from course.json",
        ),
        aliases=Arg("connections and profiles", name="alias", completes="target"),
        file=Arg("another project file", name="--from", metavar="FILE"),
        yes=Arg("import missing entries without asking"),
        trust=Arg("permit these connections to send their keys to this host", metavar="HOST", is_repeated=True),
    )
    def require(
        self,
        *aliases: str,
        file: str | os.PathLike[str] | None = None,
        yes: bool = False,
        trust: str | Sequence[str] = (),
    ) -> Requirements:
        """Check whether everything that a notebook needs is here: one row for each need, with a remedy if it is not met.

        It reports all missing entries at once, each with what it will still need after the import, and makes no network request.

        Args:
            aliases: Connections and profiles; by default, everything in the project file.
            file: The project file, a bundle from `export`; by default, ``aiconn.json`` in the working folder.
            yes: Whether to import missing entries. This never trusts a host or replaces a default. It changes an existing entry
                only to link a profile again to deleted connections, if it is that of the file otherwise.
            trust: Hosts, such as ``"https://gateway.example.com"``, that may have the keys of these connections. Each permission is
                for a connection that leads to that host now. A host without a scheme is one with ``https://``.

        Returns:
            The needs, which are true if all are met; ``unmet`` has the others. ``raise_if_unmet()`` stops a script.

        Raises:
            NoProjectFile: No alias was named, and there is no ``aiconn.json`` here.
            BundleError: The project file cannot be read, or is not a bundle.
            CommandError: One of the hosts cannot be read.

        Example::

            aiconn_nb.require(yes=True).raise_if_unmet()
        """
        from .project import required

        given = None if file is None else path_in("file", file)
        return required(self._context, aliases, given, yes=yes, trust=texts_in("trust", trust))
