"""Permission for a key to go to a host."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.features.arguments import texts_in
from aiconn_nb.features.core import Core
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

from .hosts import Question, untrusted


class TrustVerbs(Core):
    """The verbs on trust."""

    def untrusted(self, alias: str) -> Question | None:
        """Return what a connection would send to a host without permission in the current environment; None if nothing."""
        return untrusted(self._context, self.get(alias))

    @verb(
        "trust",
        "permit a connection to send its key to its current host",
        examples=("trust gateway", "trust gateway --yes"),
        inner=("answers",),
        alias=Arg("the connection", completes="alias"),
    )
    def trust(self, alias: str, *, answers: Sequence[str] | None = None) -> Done:
        """Permit a connection to send its key to its host in the current environment.

        The store keeps the reference, or the sealed field, with the host. Another connection with the same reference may send it
        there, too.

        Args:
            alias: The connection.
            answers: The user's answers to the `untrusted` question; None permits everything sent to the current host.

        Raises:
            ConnectionNotFound: No connection has this alias.
            UntrustedHost: The host is unknown, or differs from the host in the question.

        Example::

            aiconn_nb.trust("gateway")
        """
        from .grants import allow

        given = None if answers is None else tuple(texts_in("answers", answers))
        with self._context.store.change() as change:
            connection = change.connection(alias)
            question = allow(self._context, change, connection, given)
        if question is None:
            return Done(
                f"There is nothing to allow: in {self.current_environment}, {connection.alias} sends no key, "
                "or only to a host that may have it.",
                (connection.alias,),
            )
        if not question.host or (given is not None and given != question.answers):
            raise question.error
        return Done(f"{question.permission}.", (connection.alias,))
