"""Uses of a connection: as the current one, as an SDK client, as variables, for its models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb import errors
from aiconn_nb.features.core import Core
from aiconn_nb.features.environments import misplaced
from aiconn_nb.model.capability import Capability, as_capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import ONLY_USERS_FRAMES, leaves_no_locals
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from aiconn_nb.config.configuration import Configuration
    from aiconn_nb.config.resolver import Explained
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Model

    from .results import ModelRow, Models, Using


class UseVerbs(Core):
    """The verbs that resolve a connection and pass it to its provider."""

    @verb(
        "use",
        "make a connection this kernel's current one; without an alias, show the current one",
        details="'as NAME' binds the SDK client.",
        examples=("use openai-dev as client", "use openai-dev --env", "use --none"),
        export=Arg("export the provider's variables to this process", name="--env"),
    )
    def use(self, alias: str | None, *, export: bool = False) -> Using:
        """Make a connection this session's current one, after resolving it. Other kernels are not affected.

        Args:
            alias: The connection; None stops using one and restores the exported variables.
            export: Whether to set the provider's environment variables in this process until another connection is used.

        Returns:
            The connection in use, with the sources of its settings.

        Raises:
            ConnectionNotFound: No connection has this alias.
            ConnectionInactive: The connection is disabled.
            ReferenceNotFound: A reference does not resolve in this environment.
            UntrustedHost: A key would go to a host without permission.

            After an error, the previous connection stays in use.

        Example::

            aiconn_nb.use("openai-dev")
            client = aiconn_nb.client()
        """
        if alias is None:
            return self.use_none()
        return self._with_outdated(self._use(alias, export=export, client=False)[0])

    def use_client(self, alias: str, *, export: bool = False) -> tuple[Using, Any]:
        """`use` and `client` with a single resolution: returns the connection in use and the provider's own SDK client.

        >>> using, client = session.use_client("openai-dev")  # doctest: +SKIP
        """
        using, _, client = self._use(alias, export=export, client=True)
        return self._with_outdated(using), client

    @leaves_no_locals  # an SDK's client may show its key, and debug mode keeps a verb's locals
    def _use(self, alias: str, *, export: bool, client: bool) -> tuple[Using, Account, Any]:
        """Return the connection in use, its account, and the SDK's client if that is asked for."""
        from aiconn_nb.features.environments import sources

        from .bindings import Exported

        snapshot = self._context.store.read()
        connection = snapshot.connection(alias)
        configuration = self._context.configuration()
        account, explained = self._account_explained(connection, configuration, snapshot.trusted())
        made = account.client if client else None  # errors come before any change
        if export:
            self._exports.set(account)
            environment = configuration.environment
            told = sources(explained, environment)
            self.bindings.keep(Exported(connection.alias, connection.id, environment, account, self._exports, told))
        else:
            self._exports.restore()
        self._in_use = connection.id
        return self._using(connection, configuration, explained, account.provider.name), account, made

    def use_none(self) -> Using:
        """Stop using a connection, and restore exported variables."""
        self._let_go()
        return self.using()

    def using(self, *, compares: bool = False) -> Using:
        """Return the connection in use here, with the names bound to its client.

        It warns of names and variables from another environment. With ``compares``, it also warns of names whose connection
        has changed, here or in another kernel.
        """
        connection = self._context.store.read().connection_by_id(self._in_use) if self._in_use else None
        if connection is None:
            from .results import Using

            return self._with_outdated(Using("", "", "", self.current_environment))
        from aiconn_nb.features.environments import explained

        configuration = self._context.configuration()
        name = self._context.provider_name_of(connection) or connection.provider
        using = self._using(connection, configuration, explained(self._context, connection, configuration), name)
        using = replace(using, bound=", ".join(self._names_of(connection)))
        if compares:
            stale = [each for each in self.bindings.held if self._is_stale(each)]
            here = [each for each in stale if each.environment == using.environment]
            using = replace(using, warnings=(*using.warnings, *map(self._stale_since, here)))
        return self._with_outdated(using)

    def _names_of(self, connection: Connection) -> list[str]:
        """Return the names that are bound to a client of this connection."""
        from .bindings import Exported

        ours = [each for each in self.bindings.kept if each.connection == connection.id]
        return [each.name for each in ours if not isinstance(each, Exported) and each.held()]

    def _with_outdated(self, using: Using) -> Using:
        """Add a warning for each name, and for the exported variables, from another environment."""
        return replace(using, warnings=(*using.warnings, *self.bindings.outdated(using.environment)))

    def _using(
        self, connection: Connection, configuration: Configuration, found: Sequence[Explained], provider_name: str
    ) -> Using:
        from aiconn_nb.features.environments import notes_on, sources

        from .results import Using

        notes = notes_on(configuration, found)
        aside = self._context.environment_note(configuration)
        return Using(
            connection.alias,
            connection.name,
            provider_name,
            configuration.environment,
            "",
            self._exports.names,
            sources(found, configuration.environment),
            (*notes, *([aside] if aside else []), *misplaced(self._context, connection)),
        )

    @verb()
    def client(self, alias: str | None = None) -> Any:
        """Return the provider's own SDK client for a connection.

        Args:
            alias: The connection; by default, the one in use.

        Returns:
            The client class of the provider's SDK, such as ``openai.OpenAI``. It contains the key: do not print its attributes.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ProviderUnavailable: The SDK is not installed; the hint has the install command.

            And the errors of `use`.

        Example::

            aiconn_nb.client("openai-dev").models.list()
        """
        return self.account(alias).client

    @verb()
    def async_client(self, alias: str | None = None) -> Any:
        """Return the provider's own asynchronous SDK client.

        Each call makes a new client: a client belongs to the event loop in which it is first used.

        Args:
            alias: The connection; by default, the one in use.

        Returns:
            The asynchronous client class of the provider's SDK, such as ``openai.AsyncOpenAI``. It contains the key.

        Raises:
            ProviderFailed: The SDK has no asynchronous client, like Amazon's.

            And the errors of `client`.

        Example::

            client = aiconn_nb.async_client("openai-dev")
            await client.models.list()
        """
        account = self.account(alias)
        try:
            return account.async_client
        except NotImplementedError:
            raise errors.NotAble(
                alias=account.label, what_for="be called asynchronously: its SDK has no such client"
            ) from None

    def use_as(
        self,
        alias: str,
        name: str,
        put: Callable[[str, object], None],
        held: Callable[[object], bool],
        *,
        export: bool = False,
    ) -> Using:
        """Like `use`, and bind a name to the client through ``put``; ``held`` returns whether it is still bound to a client.

        `rotate` binds the name again; other changes of the connection report that its client is stale.
        """
        from .bindings import Binding

        using, made, client = self._use(alias, export=export, client=True)
        put(name, client)
        binding = Binding(
            name,
            using.alias,
            self._in_use or "",
            using.environment,
            made,
            put,
            lambda: held(binding.account.client),
            using.sources,
            export,
        )
        self.bindings.keep(binding)
        return self._with_outdated(replace(using, bound=name))

    @verb()
    @contextmanager
    def environ(self, alias: str | None = None) -> Iterator[None]:
        """Export a connection's environment variables for a ``with`` block, then restore the previous ones.

        Other variables of the provider's ecosystem are removed for the block, so that no other account interferes.

        Args:
            alias: The connection; by default, the one in use.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.

            And the errors of `use`.

        Example::

            with aiconn_nb.environ("openai-dev"):
                subprocess.run(["python", "train.py"])
        """
        from aiconn_nb.providers.exports import Exports

        exports = Exports(self._context.environ)
        try:
            with ONLY_USERS_FRAMES:
                exports.set(self.account(alias))
            yield
        finally:
            exports.restore()

    @verb(
        "run",
        "run a command with the connection's variables in its environment (terminal only)",
        details="Variables of other accounts of the same provider are removed. The exit status is the command's.",
        examples=("run openai-dev -- python train.py",),
        in_python=False,
        inner=("replace", "before"),
        alias=Arg("the connection", completes="alias"),
    )
    def run(
        self, alias: str, command: Sequence[str], *, replace: bool = False, before: Callable[[], None] = lambda: None
    ) -> int:
        """Run a command with a connection's variables in its environment; returns its exit status, as a shell reports it.

        With ``replace`` the command replaces this process, if the system supports that; then the call does not return, and
        ``before`` is called first. Raises `CommandNotRun`.
        """
        from .child_process import become, run

        environment = self.account(alias).child_environment(self._context.environ)
        return become(command, environment, before) if replace else run(command, environment)

    @verb(
        "models",
        "list the models that the account can use, as the provider reports them",
        details="A failure is an error, never an empty list.",
        examples=("models openai-dev --capability embedding", "models openrouter-dev claude"),
        alias=Arg("the connection; by default, the one in use", completes="alias"),
        text=Arg("filter by id or name"),
        capability=Arg("chat or embedding", completes="capability"),
    )
    def models(
        self, alias: str | None = None, text: str | None = None, *, capability: Capability | str | None = None
    ) -> Models:
        """Return the models available to the account, in the order of their ids, requested from the provider.

        Args:
            alias: The connection; by default, the one in use.
            text: Filter by text in id or name, in any case.
            capability: Only models for ``"chat"`` or ``"embedding"``, and models without known capabilities.

        Returns:
            A row for each, with context window, price and last day if the list has them; empty if the provider returned an empty
                list. A failure raises an error and never returns an empty list.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ProviderFailed: The provider returned no list, or does not offer one; ``kind`` is the type of failure.

            And the errors of `use`.

        Example::

            [row.id for row in aiconn_nb.models("openai-dev", capability="embedding")]
        """
        from .results import Models

        connection = self._connection(alias)
        wanted = None if capability is None else as_capability(capability)
        try:
            found = self._account_told(connection).models()
        except NotImplementedError:
            raise errors.ListNotOffered(alias=connection.alias) from None
        self._context.checks.listed(connection, found)
        rows = [
            _model_row(each)
            for each in sorted(found, key=lambda each: each.id)
            if (wanted is None or not each.capabilities or wanted in each.capabilities)
            and (text or "").casefold() in f"{each.id}\n{each.name}".casefold()
        ]
        return Models(rows, alias=connection.alias, is_whole=len(rows) == len(found))


def _model_row(model: Model) -> ModelRow:
    from .results import ModelRow

    price = model.price
    return ModelRow(
        model.id,
        model.name,
        tuple(sorted(model.capabilities)),
        context=model.context,
        input_price=price.input if price else None,
        output_price=price.output if price else None,
        shutdown=model.shutdown,
    )
