"""The base of every verb: the four services, and the connection in use here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiconn_nb.config.resolver import resolve
from aiconn_nb.errors import (
    AiconnError,
    ConfigurationError,
    ConnectionInactive,
    KnownKeyGiven,
    NoConnectionInUse,
)
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.hint import command
from aiconn_nb.session.context import Context
from aiconn_nb.session.once import once
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from aiconn_nb.features.asking import Turns
    from aiconn_nb.features.profiles import Listings
    from aiconn_nb.features.usage import Tally
    from aiconn_nb.features.use import Binding, Bindings
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
    def _listings(self) -> Listings:
        """The lists of models that this session has seen."""
        from aiconn_nb.features.profiles import Listings

        return Listings()

    @once
    def _turns(self) -> Turns:
        """The connections that failed and are not asked for a while."""
        from aiconn_nb.features.asking import Turns

        return Turns()

    @once
    def _tally(self) -> Tally:
        """What was asked here, and what it cost."""
        from aiconn_nb.features.usage import Tally

        return Tally()

    @property
    def current_environment(self) -> str:
        """The name of the environment that references are resolved in."""
        return self._context.environment

    def revision(self) -> object:
        """Equal to an earlier revision until something is stored, used or switched, or a configuration key comes or goes.

        For callers that keep what a verb returned. Raises what the store raises.
        """
        try:
            keys = self._context.configuration().keys()
        except ConfigurationError as error:
            keys = [repr(error)]
        return self._context.store.read(), self._in_use, self.current_environment, keys

    @verb()
    def get(self, alias: str) -> Connection:
        """The stored connection: its settings are references, sealed, or not sensitive.

        Args:
            alias: The connection.

        Raises:
            ConnectionNotFound: No connection has this alias; the hint names the nearest.

        Example::

            aiconn_nb.get("openai-dev").settings["api_key"]
        """
        return self._context.store.read().connection(alias)

    def find(self, connection_id: str) -> Connection | None:
        """The connection with this id, under its current alias; None if it was deleted."""
        return self._context.store.read().connection_by_id(connection_id)

    def _connection(self, alias: str | None) -> Connection:
        if alias is not None:
            return self.get(alias)
        connection = self._context.store.read().connection_by_id(self._in_use) if self._in_use else None
        if connection is None:
            raise NoConnectionInUse
        return connection

    @leaves_no_locals
    def _account(self, connection: Connection, trusted: Collection[tuple[str, str]] | None = None) -> Account:
        """The resolved connection. Raises `ConnectionInactive`, `UntrustedHost`, and an error for each problem of its settings.

        ``trusted`` has the allowed pairs, if the caller has read the store already.
        """
        from aiconn_nb.features.trust import require
        from aiconn_nb.providers.account import Account

        if not connection.active:
            raise ConnectionInactive(alias=connection.alias)
        provider = self._context.provider_of(connection)
        settings = resolve(
            connection.settings,
            provider.fields,
            self._context.configuration(),
            self._context.vault.open,
            machine_credentials=provider.machine_credentials,
        )
        require(self._context, connection, provider, settings, trusted)
        return Account(provider, settings, label=connection.alias)

    def account(self, alias: str | None = None) -> Account:
        """A connection ready to be called, the current one by default."""
        return self._account(self._connection(alias))

    @once
    def bindings(self) -> Bindings:
        """The names that SDK clients were bound to here."""
        from aiconn_nb.features.use import Bindings

        return Bindings()

    def _fresh_bindings(self) -> list[Binding]:
        """The bound clients that match their connection here and now."""
        return [each for each in self.bindings.held if not self._is_stale(each)]

    def _is_stale(self, binding: Binding) -> bool:
        connection = self.find(binding.connection)
        if connection is None or not connection.active or binding.environment != self.current_environment:
            return True
        try:
            return binding.is_stale(self._account(connection))
        except AiconnError:
            return True

    @contextmanager
    def _telling_of_clients(self) -> Iterator[list[str]]:
        """A context for a change. After it, the list has a sentence for each bound client that the change made stale.

        They are reported, not replaced: a notebook that silently goes on with another account would be worse.
        """
        told: list[str] = []
        before = self._fresh_bindings()
        yield told
        told += [
            self._stale_words(each, f"{each.name} still has what {each.alias} was; {each.remedy}")
            for each in before
            if self._is_stale(each)
        ]

    def _stale_words(self, binding: Binding, otherwise: str) -> str:
        """The message about a client whose connection cannot make another one; ``otherwise`` if it can."""
        connection = self.find(binding.connection)
        if connection is None:
            return f"{binding.name} still holds the key and settings of {binding.alias}."
        if not connection.active:
            enable = command("enable", connection.alias)
            return f"{binding.name} still holds the key and settings of {connection.alias}; '{enable}' switches it on."
        return otherwise

    def require_no_known_key(self, *texts: str | None) -> None:
        """Raise `CommandError` if one of these texts contains a key that this machine knows, of any shape.

        It says whose key it is and never shows it. Questions and the words of a command are checked with it.
        """
        from aiconn_nb.session.known_secrets import known_keys_in

        given = {str(number): text for number, text in enumerate(texts) if text}
        for words in known_keys_in(self._context, given).values():
            raise KnownKeyGiven(whose=words)

    def mask_known_keys(self, error: AiconnError) -> None:
        """Remove the keys that this machine knows from an error, which may repeat the user's input."""
        from aiconn_nb.session.known_secrets import mask_known_keys

        mask_known_keys(self._context, error)

    def _let_go(self) -> None:
        """Stop using a connection, and restore exported variables."""
        self._exports.restore()
        self._in_use = None
