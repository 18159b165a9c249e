"""Using a connection: the current one, its SDK client, its variables, its test and its models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.profile import Capability, as_capability
from aiconn_nb.session.verb import Arg, verb

from . import editing, explaining

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account

    from ..checks.ladder import Progress
    from ..checks.tested import Tested, Tests
    from .using import Models, Using

from ..core import Core


class UsingVerbs(Core):
    """The verbs that resolve a connection and hand it to its provider."""

    _tested: dict[tuple[str, str], tuple[Tested, datetime]]
    """By environment and connection: what holds in one says nothing of another."""

    @verb(
        "use",
        "make a connection this kernel's current one; says what is in use",
        details="'as NAME' binds the SDK client. Without an alias it says what is in use.",
        examples=("use openai-dev as client", "use openai-dev --env", "use --none"),
        export=Arg("export the provider's variables to this process", name="--env"),
    )
    def use(self, alias: str | None, *, export: bool = False) -> Using:
        """Make a connection this session's current one, after resolving it. Another kernel's is not touched.

        Args:
            alias: The connection; None uses none any more, and puts exported variables back.
            export: Whether to set the provider's environment variables in this process, until another connection is used.

        Returns:
            What is in use, with the places that its settings came from.

        Raises:
            ConnectionNotFound: There is no connection of this alias.
            ConnectionInactive: It is switched off.
            ReferenceNotFound: A reference does not resolve in this environment.
            UntrustedHost: A key would go to a host that it was not allowed for.

            Then the former connection stays in use.

        Example::

            aiconn_nb.use("openai-dev")
            client = aiconn_nb.client()
        """
        return self.use_none() if alias is None else self._use(alias, export=export, client=False)[0]

    def use_client(self, alias: str, *, export: bool = False) -> tuple[Using, Any]:
        """The same, and the provider's own SDK client: `use` and `client` of one resolution.

        >>> using, client = session.use_client("openai-dev")  # doctest: +SKIP
        """
        using, account = self._use(alias, export=export, client=True)
        return using, account.client

    @leaves_no_locals
    def _use(self, alias: str, *, export: bool, client: bool) -> tuple[Using, Account]:
        snapshot = self._context.store.read()
        connection = snapshot.connection(alias)
        account = self._account(connection, snapshot.trusted())
        if client:
            _ = account.client  # what is wrong with it comes before anything is changed
        if export:
            self._exports.set(account)
        else:
            self._exports.restore()
        self._in_use = connection.id
        return self._using(connection), account

    def use_none(self) -> Using:
        """Use no connection any more, and put exported variables back."""
        self._let_go()
        return self.using()

    def using(self, *, bound: str = "") -> Using:
        """What is in use here."""
        connection = self._context.store.read().connection_by_id(self._in_use) if self._in_use else None
        return self._using(connection, bound)

    def _using(self, connection: Connection | None, bound: str = "") -> Using:
        from .using import Using

        if connection is None:
            return Using("", "", "", self.current_environment)
        return Using(
            connection.alias,
            connection.name,
            explaining.provider_name(self._context, connection) or connection.provider,
            self.current_environment,
            bound,
            self._exports.names,
            explaining.sources(explaining.field_lines(self._context, connection)),
            (*self._context.configuration().notes, *explaining.misplaced(self._context, connection)),
        )

    @verb()
    def client(self, alias: str | None = None) -> Any:
        """The provider's own SDK client for a connection.

        Args:
            alias: The connection; the one in use where it is left out.

        Returns:
            What the provider's SDK calls its client, such as an ``openai.OpenAI``. It holds the key: do not print its attributes.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ProviderUnavailable: The SDK is not installed; the hint has the line that installs it.

            And what `use` raises.
        """
        return self.account(alias).client

    def use_as(
        self,
        alias: str,
        name: str,
        put: Callable[[str, object], None],
        held: Callable[[object], bool],
        *,
        export: bool = False,
    ) -> Using:
        """The same, and bind a name to the client, through ``put``; ``held`` answers whether it is still bound to one.

        `rotate` binds the name anew; other changes of the connection say that its client is stale.
        """
        from .bindings import Binding

        using, made = self._use(alias, export=export, client=True)
        put(name, made.client)
        binding = Binding(
            name,
            using.alias,
            self._in_use or "",
            self.current_environment,
            made,
            put,
            lambda: held(binding.account.client),
        )
        self.bindings.keep(binding)
        return replace(using, bound=name)

    @verb()
    @contextmanager
    def environ(self, alias: str | None = None) -> Iterator[None]:
        """Export a connection's environment variables for the length of a ``with`` block, then put the former ones back.

        Other variables of the provider's ecosystem are taken away meanwhile, so that nothing of another account is left.

        Args:
            alias: The connection; the one in use where it is left out.

        Example::

            with aiconn_nb.environ("openai-dev"):
                subprocess.run(["python", "train.py"])
        """
        from aiconn_nb.providers.exports import Exports

        exports = Exports(self._context.environ)
        account = self.account(alias)
        try:
            exports.set(account)
            yield
        finally:
            exports.restore()

    @verb(
        "run",
        "run a command with the connection's variables in its environment (terminal only)",
        examples=("run openai-dev -- python train.py",),
        in_python=False,
        inner=("replace",),
        alias=Arg("the connection", completes="alias"),
    )
    def run(self, alias: str, command: Sequence[str], *, replace: bool = False) -> int:
        """Run a command with a connection's variables in its environment; answers its exit status, as a shell says it.

        With ``replace`` this process becomes the command where the system can do that, and then nothing is answered.
        Raises `CommandNotRun`.
        """
        from .running import become, run

        environment = self.account(alias).child_environment(self._context.environ)
        return become(command, environment) if replace else run(command, environment)

    @verb(
        "test",
        "find out whether connections work, step by step",
        details='Each step is passed, failed or "cannot tell"; the first that fails says what to do, a wrong base URL with the '
        "address that works. It is ok only where the key is proven: by one token of --model, the provider's key endpoint, or a "
        "list of models that is refused without the key. In a terminal the status is 0, 1 (failed) or 3 (cannot tell).",
        examples=("test openai-dev", "test --all", "test openai-dev --model gpt-4o-mini"),
        inner=("progress",),
        aliases=Arg("the connections; the one in use if none is named", name="alias", completes="alias"),
        all=Arg("test all of them"),
        model=Arg("also ask this model for one token", completes="model"),
    )
    def test(
        self, *aliases: str, all: bool = False, model: str | None = None, progress: Progress | None = None
    ) -> Tests:
        """Test connections beside each other, step by step, and say for each whether it works.

        Args:
            aliases: The connections; the one in use where none is named.
            all: Whether to test all of them instead.
            model: A model that is asked for one token, or one vector, besides: that proves a key which a list of models does not.
            progress: Told each step as it is done, from the testing threads.

        Returns:
            The steps of each test; ``verdict`` of each is ``ok``, ``failed`` or ``unknown``, and ``ok`` whether all are proven.

        Example::

            aiconn_nb.test("openai-dev", model="gpt-5-mini").ok
        """

        if all:
            chosen = list(self._context.store.read().connections)
        elif aliases:
            chosen = self._context.store.read().connections_called(aliases)
        else:
            chosen = [self._connection(None)]
        environment = self.current_environment
        from ..checks.ladder import run_tests

        found = run_tests(self._context, chosen, model, progress)
        moment = now()
        self._tested.update(
            {(environment, each.id): (tested, moment) for each, tested in zip(chosen, found, strict=True)}
        )
        for each, tested in zip(chosen, found, strict=True):
            self._listings.remember(environment, each, tested.models)
        return found

    def test_draft(
        self,
        provider: str,
        settings: editing.Given | None,
        *,
        alias: str = "draft",
        kept_from: str | None = None,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> Tested:
        """Test what a form holds before it is saved; ``kept_from`` is the connection whose other settings stay.

        Raises `InvalidConnection` where it could not be saved either.
        """
        taken, settings = editing.take(settings), None
        made = editing.draft(self._context, alias, provider, kept_from=kept_from, settings=taken)
        from ..checks.ladder import run_tests

        return run_tests(self._context, [made], model, progress, unsaved=kept_from is None)[0]

    def last_test(self, connection_id: str) -> tuple[Tested, datetime] | None:
        """What this session's last test of a connection in the current environment found, and when; None where there is none."""
        return self._tested.get((self.current_environment, connection_id))

    def last_tests(self) -> dict[str, tuple[Tested, datetime]]:
        """The same for all connections that were tested, by their ids."""
        environment = self.current_environment
        return {id: last for (where, id), last in self._tested.copy().items() if where == environment}

    @verb(
        "models",
        "the models that the account can use, asked of the provider now",
        details="An error is shown as one, never as an empty list.",
        examples=("models openai-dev --capability embedding",),
        alias=Arg("the connection; the one in use if none is named", completes="alias"),
        capability=Arg("chat or embedding", completes="capability"),
    )
    def models(self, alias: str | None = None, *, capability: Capability | str | None = None) -> Models:
        """The provider's live list, sorted by id; with ``capability`` only models that have it, or may have it."""
        from .using import ModelRow, Models

        connection = self._connection(alias)
        wanted = None if capability is None else as_capability(capability)
        try:
            found = self._account(connection).models()
        except NotImplementedError:
            raise ProviderFailed(
                FailureKind.NOT_FOUND,
                f"{connection.alias}: this endpoint has no model list.",
                "Name the model yourself, as the provider's documentation or portal spells it.",
            ) from None
        self._listings.remember(self.current_environment, connection, found)
        rows = [
            ModelRow(each.id, each.name, tuple(sorted(each.capabilities)))
            for each in sorted(found, key=lambda each: each.id)
            if wanted is None or not each.capabilities or wanted in each.capabilities
        ]
        return Models(connection.alias, rows)
