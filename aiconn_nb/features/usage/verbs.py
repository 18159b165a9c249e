"""What was asked in this kernel, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.

    from .results import Spending


class UsageVerbs(Core):
    """The verb on usage."""

    @verb(
        "usage",
        "calls, tokens, failures and time per profile and connection, in this kernel",
        examples=("usage",),
    )
    def usage(self) -> Spending:
        """Calls, tokens, failures and time per profile and connection, in this session. It asks nothing and raises nothing.

        Returns:
            A row for each, the one with the most tokens first. Tokens that the provider did not count are in ``untold_input`` and
            ``untold_output`` as calls; ``seconds`` is the time until the answers were complete.

        Example::

            sum(row.input_tokens for row in aiconn_nb.usage())
        """
        from .results import spending

        return spending(list(self._tally))
