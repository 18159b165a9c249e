"""Using a connection: the current one, its SDK client, its variables and its models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import ListNotOffered, NotAble
from aiconn_nb.features.core import Core
from aiconn_nb.features.environments import field_lines, misplaced, sources
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.profile import Capability, as_capability
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Model

    from .results import ModelRow, Models, Using


class UseVerbs(Core):
    """The verbs that resolve a connection and hand it to its provider."""

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
            alias: The connection; None stops using one, and restores exported variables.
            export: Whether to set the provider's environment variables in this process, until another connection is used.

        Returns:
            The connection in use, with the places of its settings.

        Raises:
            ConnectionNotFound: No connection has this alias.
            ConnectionInactive: The connection is disabled.
            ReferenceNotFound: A reference does not resolve in this environment.
            UntrustedHost: A key would go to a host that is not allowed for it.

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
        from .bindings import Exported

        snapshot = self._context.store.read()
        connection = snapshot.connection(alias)
        account = self._account(connection, snapshot.trusted())
        if client:
            _ = account.client  # what is wrong with it comes before anything is changed
        if export:
            self._exports.set(account)
            self.bindings.keep(
                Exported(connection.alias, connection.id, self.current_environment, account, self._exports)
            )
        else:
            self._exports.restore()
        self._in_use = connection.id
        return self._using(connection), account

    def use_none(self) -> Using:
        """Stop using a connection, and restore exported variables."""
        self._let_go()
        return self.using()

    def using(self, *, bound: str = "") -> Using:
        """What is in use here."""
        connection = self._context.store.read().connection_by_id(self._in_use) if self._in_use else None
        return self._using(connection, bound)

    def _using(self, connection: Connection | None, bound: str = "") -> Using:
        from .results import Using

        if connection is None:
            return Using("", "", "", self.current_environment)
        return Using(
            connection.alias,
            connection.name,
            self._context.provider_name_of(connection) or connection.provider,
            self.current_environment,
            bound,
            self._exports.names,
            sources(field_lines(self._context, connection)),
            (*self._context.configuration().notes, *misplaced(self._context, connection)),
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

        Example::

            aiconn_nb.client("openai-dev").models.list()
        """
        return self.account(alias).client

    @verb()
    def async_client(self, alias: str | None = None) -> Any:
        """The provider's own SDK client for ``await``.

        Each call makes a new one: a client serves the event loop in which it is first used.

        Args:
            alias: The connection; the one in use where it is left out.

        Returns:
            What the provider's SDK calls its asynchronous client, such as an ``openai.AsyncOpenAI``. It holds the key.

        Raises:
            ProviderFailed: The SDK has no asynchronous client, as Amazon's.

            And what `client` raises.

        Example::

            client = aiconn_nb.async_client("openai-dev")
            await client.models.list()
        """
        account = self.account(alias)
        try:
            return account.async_client
        except NotImplementedError:
            raise NotAble(
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
        """Like `use`, and bind a name to the client, through ``put``; ``held`` says whether it is still bound to one.

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
        """Export a connection's environment variables for a ``with`` block, then restore the former ones.

        Other variables of the provider's ecosystem are removed meanwhile, so nothing of another account is left.

        Args:
            alias: The connection; the one in use where it is left out.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.

            And what `use` raises.

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
        """Run a command with a connection's variables in its environment; returns its exit status, as a shell reports it.

        With ``replace`` the command replaces this process, if the system supports that; then the call does not return.
        Raises `CommandNotRun`.
        """
        from .child_process import become, run

        environment = self.account(alias).child_environment(self._context.environ)
        return become(command, environment) if replace else run(command, environment)

    @verb(
        "models",
        "the models that the account can use, asked of the provider now",
        details="An error is shown as one, never as an empty list.",
        examples=("models openai-dev --capability embedding", "models openrouter-dev claude"),
        alias=Arg("the connection; the one in use if none is named", completes="alias"),
        text=Arg("only those with this in id or name"),
        capability=Arg("chat or embedding", completes="capability"),
    )
    def models(
        self, alias: str | None = None, text: str | None = None, *, capability: Capability | str | None = None
    ) -> Models:
        """The models that the account can use, in the order of their ids. The provider is asked now.

        Args:
            alias: The connection; the one in use where it is left out.
            text: Only models with this text in id or name, in any case.
            capability: Only models for ``"chat"`` or ``"embedding"``, and those whose provider does not say what they can do.

        Returns:
            A row for each, with its context window, price and last day where the list says so; empty where the provider
            answered that there is none. An error is raised, and never an empty list.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ProviderFailed: The provider did not answer with a list, or offers none; ``kind`` says how it failed.

            And what `use` raises.

        Example::

            [row.id for row in aiconn_nb.models("openai-dev", capability="embedding")]
        """
        from .results import Models

        connection = self._connection(alias)
        wanted = None if capability is None else as_capability(capability)
        try:
            found = self._account(connection).models()
        except NotImplementedError:
            raise ListNotOffered(alias=connection.alias) from None
        self._listings.remember(self.current_environment, connection, found)
        rows = [
            _model_row(each)
            for each in sorted(found, key=lambda each: each.id)
            if (wanted is None or not each.capabilities or wanted in each.capabilities)
            and (text or "").casefold() in f"{each.id}\n{each.name}".casefold()
        ]
        return Models(rows, alias=connection.alias)


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
