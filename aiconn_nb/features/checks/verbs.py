"""Testing connections, and the last test result of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.model.connection import now
from aiconn_nb.session.once import once
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # Each verb imports only what it needs: a list must be fast.
    from aiconn_nb.features.connections import Given
    from aiconn_nb.model.connection import Connection

    from .results import Rung, Tested, Tests


class CheckVerbs(Core):
    """The verbs that test connections."""

    @once
    def _tested(self) -> dict[tuple[str, str], tuple[Tested, datetime]]:
        """The last results, by environment and connection id: one environment says nothing about another."""
        return {}

    @verb(
        "test",
        "test whether connections work, step by step",
        details='Each step passes, fails or is "cannot tell". The first failed step says what to do; for a wrong base URL, it '
        "names the address that works. A result is ok only if the key is proven: by one token of --model, the provider's key "
        "endpoint, or a list of models that is refused without the key. In a terminal, the exit status is 0, 1 (failed) or 3 "
        "(cannot tell).",
        examples=("test openai-dev", "test --all", "test openai-dev --model gpt-4o-mini"),
        inner=("progress",),
        aliases=Arg("the connections; by default, the one in use", name="alias", completes="alias"),
        all=Arg("test all of them"),
        model=Arg("also request one token from this model", completes="model"),
    )
    def test(
        self,
        *aliases: str,
        all: bool = False,
        model: str | None = None,
        progress: Callable[[str, Rung], None] | None = None,
    ) -> Tests:
        """Test connections in parallel, step by step, and report for each whether it works.

        Args:
            aliases: The connections; by default, the one in use.
            all: Whether to test all connections.
            model: A model for a request of one token, or one vector, which proves a key even if a list of models does not.
            progress: Called with each finished step, from the testing threads.

        Returns:
            The steps of each test, which are true if all connections are proven; ``verdict`` of each is ``ok``, ``failed`` or
                ``unknown``. A failed test is a result, not an error.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ConnectionNotFound: No connection has one of the aliases.

        Example::

            aiconn_nb.test("openai-dev", model="gpt-5-mini").ok
        """

        self.require_no_known_key(model)
        if all:
            chosen = list(self._context.store.read().connections)
        elif aliases:
            chosen = self._context.store.read().connections_called(aliases)
        else:
            chosen = [self._connection(None)]
        environment = self.current_environment
        from .ladder import run_tests

        found = run_tests(self._context, chosen, model, progress)
        moment = now()
        self._tested.update(
            {(environment, each.id): (tested, moment) for each, tested in zip(chosen, found, strict=True)}
        )
        for each, tested in zip(chosen, found, strict=True):
            self._context.checks.tested(each, tested.models, key=tested.proves, asked=tested.answers(model))
        return found

    def keep_test(self, connection: Connection, tested: Tested, at: datetime) -> None:
        """Keep the result of `test_draft` as that of the connection that was saved with the same settings."""
        # A result that is older than the last change counts as outdated.
        self._tested[self.current_environment, connection.id] = (tested, max(at, connection.modified))
        self._context.checks.tested(connection, tested.models, key=tested.proves, asked=tested.answers(None))

    def test_draft(
        self,
        provider: str,
        settings: Given | None,
        *,
        alias: str = "draft",
        kept_from: str | None = None,
        model: str | None = None,
        progress: Callable[[str, Rung], None] | None = None,
    ) -> Tested:
        """Test the settings in a form before they are saved; ``kept_from`` is the connection that keeps its other settings.

        Raises `InvalidConnection` if they could not be saved.
        """
        from aiconn_nb.features.connections import draft, take

        self.require_no_known_key(model)
        taken, settings = take(settings), None
        made = draft(self._context, alias, provider, kept_from=kept_from, settings=taken)
        from .ladder import run_tests

        return run_tests(self._context, [made], model, progress, unsaved=kept_from is None)[0]

    def last_test(self, connection_id: str) -> tuple[Tested, datetime] | None:
        """Return the result and time of this session's last test of a connection in the current environment; None without one."""
        return self._tested.get((self.current_environment, connection_id))

    def last_tests(self) -> dict[str, tuple[Tested, datetime]]:
        """Return `last_test` of all tested connections, by their ids."""
        environment = self.current_environment
        return {id: last for (where, id), last in self._tested.copy().items() if where == environment}
