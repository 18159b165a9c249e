"""The base of every verb: the four services, and the connection in use here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from aiconn_nb import errors
from aiconn_nb.config.resolver import resolve_explained
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.hint import command
from aiconn_nb.model.notices import SecretHidesFile, note
from aiconn_nb.session.context import Context
from aiconn_nb.session.once import once
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from aiconn_nb.config.configuration import Configuration
    from aiconn_nb.config.resolver import Explained
    from aiconn_nb.features.asking import ReadyAccounts, Turns
    from aiconn_nb.features.usage import Meter
    from aiconn_nb.features.use import Binding, Bindings
    from aiconn_nb.model.capability import Capability
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.exports import Exports


class Core:
    """The services of a session, its current connection, and the ready account of a connection."""

    _context: Context
    _in_use: str | None = None
    """The id of the current connection."""

    @once
    def _exports(self) -> Exports:
        from aiconn_nb.providers.exports import Exports

        return Exports(self._context.environ)

    @once
    def _turns(self) -> Turns:
        """The connections that failed recently and are tried last."""
        from aiconn_nb.features.asking import Turns

        return Turns()

    @once
    def _meter(self) -> Meter:
        """The usage and its cost."""
        from aiconn_nb.features.usage import CallLog, Meter

        return Meter(self._context.home, CallLog(self._context))

    def _current_aliases(self) -> dict[str, str]:
        """Return the alias of each connection and profile, by id."""
        snapshot = self._context.store.read()
        names = {each.id: each.alias for each in snapshot.connections}
        return names | {each.id: each.alias for each in snapshot.profiles}

    def _caps_of(self, id: str) -> tuple[str, ...]:
        """Return the caps of a connection or profile and the amounts spent, as sentences; or why they are not known."""
        try:
            mine = [each for each in self._meter.caps() if each.target == id]
            return tuple(cap.words(spent) for cap, spent in self._meter.spent_of(mine)) if mine else ()
        except errors.UsageUnusable as error:
            return (f"not known: {error.place} {error.problem}",)

    @property
    def current_environment(self) -> str:
        """The environment for references."""
        return self._context.environment

    def revision(self) -> object:
        """Return a value that stays equal until something is stored, used or switched, or a configuration key comes or goes.

        For callers that keep what a verb returned. Raises what the store raises.
        """
        try:
            keys = self._context.configuration().keys()
        except errors.ConfigurationError as error:
            keys = [repr(error)]
        return self._context.store.read(), self._in_use, self.current_environment, keys

    @verb()
    def get(self, alias: str) -> Connection:
        """Return the stored connection: its settings are references, sealed, or not sensitive.

        Args:
            alias: The connection.

        Raises:
            ConnectionNotFound: No connection has this alias; the hint names the nearest.

        Example::

            aiconn_nb.get("openai-dev").settings["api_key"]
        """
        return self._context.store.read().connection(alias)

    def find(self, connection_id: str) -> Connection | None:
        """Return the connection with this id, under its current alias; None if it was deleted."""
        return self._context.store.read().connection_by_id(connection_id)

    def _connection(self, alias: str | None) -> Connection:
        if alias is not None:
            return self.get(alias)
        connection = self._context.store.read().connection_by_id(self._in_use) if self._in_use else None
        if connection is None:
            raise errors.NoConnectionInUse
        return connection

    def _account(self, connection: Connection) -> Account:
        """Return the resolved connection. Raises `ConnectionInactive`, `UntrustedHost`, and the errors of its settings."""
        return self._account_explained(connection)[0]

    @leaves_no_locals
    def _account_explained(
        self,
        connection: Connection,
        configuration: Configuration | None = None,
        trusted: Collection[tuple[str, str]] | None = None,
    ) -> tuple[Account, list[Explained]]:
        """Return what `_account` returns, and the source of each value.

        ``trusted`` has the permitted pairs, if the caller has read the store already.
        """
        from aiconn_nb.features.trust import check_host
        from aiconn_nb.providers.account import Account
        from aiconn_nb.providers.plug_ins.asked import selections

        if not connection.active:
            raise errors.ConnectionInactive(alias=connection.alias)
        provider = self._context.registry.get(connection.provider)
        try:
            settings, explained = resolve_explained(
                connection.settings,
                provider.fields,
                configuration or self._context.configuration(),
                self._context.vault.open,
                ways=partial(selections, provider),
            )
        except errors.InvalidConnection as error:
            error.alias = connection.alias
            raise
        check_host(self._context, connection, provider, settings, trusted)
        account = Account(provider, settings, label=connection.alias)
        account.told = partial(self._told, connection)
        return account, explained

    def _account_told(self, connection: Connection) -> Account:
        """Return the account for a use. Outside of Development, a note says where a user secret hides a file's value."""
        configuration = self._context.configuration()
        account, explained = self._account_explained(connection, configuration)
        if any(each.found is not None and each.found.hides_project_file for each in explained):
            from aiconn_nb.features.environments import hiding

            for text in hiding(explained, configuration.environment):
                note(f"{connection.alias}, {text}", SecretHidesFile)
        return account

    def _told(
        self, connection: Connection, model: str, capability: Capability, failure: errors.FailureKind | None
    ) -> None:
        """Record that a model of a connection answered or failed, so that the next kernel knows."""
        if failure is None:
            self._context.checks.answered(connection, model, capability)
        else:
            self._context.checks.failed(connection, model, capability, failure)

    @once
    def _ready(self) -> ReadyAccounts:
        from aiconn_nb.features.asking import ReadyAccounts

        return ReadyAccounts()

    def _asked_account(self, connection: Connection, patience: float | None) -> Account:
        """Return an account for a request, with its cached client if nothing has changed."""

        def make() -> Account:
            made = self._account_told(connection)
            made.patience = patience
            return made

        return self._ready.of(connection, patience, make)

    def account(self, alias: str | None = None) -> Account:
        """Return a connection ready for calls; by default, the current one."""
        return self._account_told(self._connection(alias))

    @once
    def bindings(self) -> Bindings:
        """The names bound to SDK clients here."""
        from aiconn_nb.features.use import Bindings

        return Bindings()

    def _fresh_bindings(self) -> list[Binding]:
        """Return the bound clients that match their connection in its present state."""
        return [each for each in self.bindings.held if not self._is_stale(each)]

    def _is_stale(self, binding: Binding) -> bool:
        connection = self.find(binding.connection)
        if connection is None or not connection.active or binding.environment != self.current_environment:
            return True
        try:
            return binding.is_stale(self._account(connection))
        except errors.AiconnError:
            return True

    @contextmanager
    def _telling_of_clients(self) -> Iterator[list[str]]:
        """A context for a change. After it, the list has a sentence for each bound client that the change made stale.

        They are reported, not replaced: a notebook that silently goes on with another account would be worse.
        """
        told: list[str] = []
        before = self._fresh_bindings()
        yield told
        told += [self._stale_since(each) for each in before if self._is_stale(each)]

    def _stale_since(self, binding: Binding) -> str:
        """Return the message about a client whose connection was changed after it was bound."""
        connection = self.find(binding.connection)
        if connection is None:
            return f"{binding.name} still holds the key and settings of {binding.alias}."
        if not connection.active:
            enable = command("enable", connection.alias)
            return (
                f"{binding.name} still holds the key and settings of {connection.alias}; '{enable}' enables it again."
            )
        return f"{binding.name} still has what {binding.alias} was; {binding.remedy}"

    def require_no_known_key(self, *texts: str | None) -> None:
        """Raise `CommandError` if one of these texts contains a key that this machine knows, of any shape.

        The message names the key's owner and never shows the key. It is called for prompts and the words of a command.
        """
        from aiconn_nb.session.known_secrets import known_keys_in

        given = {str(number): text for number, text in enumerate(texts) if text}
        for words in known_keys_in(self._context, given).values():
            raise errors.KnownKeyGiven(whose=words)

    def mask_known_keys(self, error: errors.AiconnError) -> None:
        """Mask the keys that this machine knows in an error, which may repeat the user's input."""
        from aiconn_nb.session.known_secrets import mask_known_keys

        mask_known_keys(self._context, error)

    def _let_go(self) -> None:
        """Stop using a connection, and restore exported variables."""
        self._exports.restore()
        self._in_use = None
