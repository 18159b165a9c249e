"""The verb that examines everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    from .results import Report


class DoctorVerbs(Core):
    """The verb that finds what is wrong."""

    @verb(
        "doctor",
        "what is the matter here: versions, store, keys, environments, network, every connection",
        details="Nothing is asked over the network. --json has no secret and no home folder in it, for a bug report.",
        examples=("doctor",),
    )
    def doctor(self) -> Report:
        """Examine everything that this package depends on here, and say what is wrong and what helps.

        It changes nothing and makes no request over the network; `test` does that for a connection.

        Returns:
            The findings, in the order of the parts. ``ok`` is true if none is a problem; ``problems`` has the problems.

        Raises:
            AiconnError: Never; a failure is a finding.

        Example::

            aiconn_nb.doctor().problems
        """
        from .examination import examine

        return examine(self._context, self._listings)
