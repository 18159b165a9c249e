"""The verb that diagnoses everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    from .results import Report


class DoctorVerbs(Core):
    """The verb for diagnosis."""

    @verb(
        "doctor",
        "diagnose problems: versions, store, keys, environments, network, every connection",
        details="It makes no network request. For bug reports, --json contains no secret and no home folder.",
        examples=("doctor",),
    )
    def doctor(self) -> Report:
        """Examine everything that this package depends on here, and report problems and remedies.

        It changes nothing and makes no network request; `test` does that for a connection.

        Returns:
            The findings, in the order of the parts. ``ok`` is True if none is a problem; ``problems`` has the problems.

        Raises:
            AiconnError: Never; a failure becomes a finding.

        Example::

            aiconn_nb.doctor().problems
        """
        from .examination import examine

        return examine(self._context, self._meter)
