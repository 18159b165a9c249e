"""The session: every verb of aiconn_nb, one method each. The faces call it; nothing below knows it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiconn_nb.config.resolver import resolve
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.errors import (
    AiconnError,
    CommandError,
    ConnectionInactive,
    FailureKind,
    NoConnectionInUse,
    ProviderError,
    ProviderFailed,
)
from aiconn_nb.model.field import Field
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret, redact

from . import editing, explaining, versions
from .answers import (
    Connections,
    Done,
    EnvironmentRow,
    Environments,
    Explanation,
    FieldLine,
    ModelRow,
    Models,
    ProviderRow,
    Providers,
    SecretKeys,
    SecretRow,
    Shown,
    Using,
)
from .columns import Columns
from .versions import Differences, Versions

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.exports import Exports
    from aiconn_nb.providers.registry import Registry

    from .ladder import Progress
    from .scanning import Scan
    from .tested import Tested, Tests


class Session:
    """Connections, their configuration, and which of them is in use here.

    Each kernel has one of its own (`kernel_session`); several share the store. What is not given comes from the environment:
    ``home`` from ``AICONN_HOME``, ``config_home`` from ``AICONN_CONFIG_HOME``, ``config_root`` from ``AICONN_CONFIG_ROOT``,
    ``environment`` from ``AICONN_ENVIRONMENT`` and the .NET variables. Every error is an `AiconnError`.
    """

    def __init__(
        self,
        *,
        home: str | os.PathLike[str] | None = None,
        config_home: str | os.PathLike[str] | None = None,
        config_root: str | os.PathLike[str] | None = None,
        environment: str | None = None,
        environ: MutableMapping[str, str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        def path(place: str | os.PathLike[str] | None) -> Path | None:
            return None if place is None else Path(place)

        self._columns = Columns(
            home=path(home),
            config_home=path(config_home),
            config_root=path(config_root),
            environment=environment,
            environ=environ,
            registry=registry,
        )
        self._in_use: str | None = None
        self._tested: dict[tuple[str, str], tuple[Tested, datetime]] = {}
        """By environment and connection: what holds in one says nothing of another."""

    @cached_property
    def _exports(self) -> Exports:
        from aiconn_nb.providers.exports import Exports

        return Exports(self._columns.environ)

    def __repr__(self) -> str:
        return f"<aiconn_nb.Session store={str(self._columns.home)!r} environment={self._columns.environment!r}>"

    # ---- looking ------------------------------------------------------------------------------------------------------

    def connections(
        self, text: str | None = None, *, provider: str | None = None, active: bool | None = None
    ) -> Connections:
        """The connections by alias; only those with ``text`` in name, alias or provider, of a provider, (in)active."""
        if provider is not None and provider not in self._columns.registry.ids():
            self._columns.registry.get(provider)
        snapshot = self._columns.store.read()
        configuration = self._columns.configuration()
        resolving = explaining.Resolving(configuration)
        rows = [explaining.row(resolving, each, in_use=each.id == self._in_use) for each in snapshot.connections]
        return Connections(
            [row for row in rows if explaining.matches(row, text, provider, active)],
            environment=self.current_environment,
            # A broken file makes every reference fail; the list says so once, rather than in every row.
            notes=[*self._columns.store.notes, *configuration.notes, *filter(None, [resolving.problem])],
            filtered=bool(rows),
        )

    def get(self, alias: str) -> Connection:
        """The connection as it is stored: settings are references, sealed, or harmless."""
        return self._columns.store.read().connection(alias)

    def find(self, connection_id: str) -> Connection | None:
        """The connection with this id, under whatever alias it goes by now; None where it was deleted."""
        return self._columns.store.read().connection_by_id(connection_id)

    def show(self, alias: str) -> Shown:
        """One connection with every field."""
        return self._shown(self.get(alias))

    def _shown(self, connection: Connection, verb: str = "", warnings: Sequence[str] = ()) -> Shown:
        return Shown(
            connection,
            explaining.provider_name(self._columns, connection),
            explaining.field_lines(self._columns, connection),
            self.dependents(connection.alias),
            connection.id == self._in_use,
            tuple(warnings),
            verb,
        )

    def dependents(self, *aliases: str) -> tuple[str, ...]:
        """The aliases of the profiles that depend on these connections."""
        snapshot = self._columns.store.read()
        ids = [snapshot.connection(alias).id for alias in aliases]
        return tuple(sorted({profile.alias for each in ids for profile in snapshot.dependents(each)}))

    # ---- changing -----------------------------------------------------------------------------------------------------

    def create(
        self,
        alias: str,
        provider: str,
        *,
        name: str | None = None,
        settings: editing.Given | None = None,
        active: bool = True,
    ) -> Shown:
        """Save a new connection.

        ``settings`` are written as in the form: ``$Section:Key`` is a reference, ``$$`` a literal ``$``; a sensitive literal (text
        or `Secret`) is sealed before it reaches the disk. A reference that does not resolve here is a warning of the answer.
        Raises `InvalidConnection` (all that is wrong, by field), `ConnectionExists`, `ProviderNotFound`.
        """
        taken, settings = editing.take(settings), None
        made = editing.create(self._columns, alias, provider, name=name, settings=taken, active=active)
        return self._shown(made, "created", explaining.warnings(self._columns, made))

    def edit(
        self,
        alias: str,
        *,
        name: str | None = None,
        settings: editing.Given | None = None,
        active: bool | None = None,
        provider: str | None = None,
        new_alias: str | None = None,
        expected_version: int | None = None,
    ) -> Shown:
        """Save a change. What is not named stays, sealed values included; a setting of None is taken away.

        Raises `InvalidConnection`, also for a change of the provider, which never changes; `ConnectionChanged` where the
        stored version is not ``expected_version``.
        """
        taken, settings = editing.take(settings), None
        made = editing.edit(
            self._columns,
            alias,
            name=name,
            settings=taken,
            active=active,
            provider_id=provider,
            expected_version=expected_version,
            new_alias=new_alias,
        )
        return self._shown(made, "saved", explaining.warnings(self._columns, made))

    def rename(self, alias: str, new_alias: str) -> Done:
        """Give a connection another alias; profiles follow."""
        self.edit(alias, new_alias=new_alias)
        return Done(f"{alias} is now {new_alias}.", (new_alias,))

    def duplicate(self, alias: str, new_alias: str | None = None, *, name: str | None = None) -> Shown:
        """Save a copy with its references and sealed values; without ``new_alias`` under a free one, such as ``alias-copy``."""
        made = editing.duplicate(self._columns, alias, new_alias, name=name)
        return self._shown(made, "created", explaining.warnings(self._columns, made))

    def delete(self, *aliases: str, force: bool = False) -> Done:
        """Delete connections, all or none. They are kept for 30 days and can be brought back.

        Raises `ConnectionInUse`, naming the profiles that depend on them, unless ``force``, which leaves those broken.
        """
        gone, broken = editing.delete(self._columns, aliases, force=force)
        if self._in_use in {each.id for each in gone}:
            self.use_none()
        names = tuple(each.alias for each in gone)
        return Done(
            f"Deleted {', '.join(names)}.", names, (f"Profiles left broken: {', '.join(broken)}.",) if broken else ()
        )

    def undelete(self, alias: str) -> Shown:
        """Bring the connection back that was deleted last under this alias, as it was, within 30 days."""
        made = editing.undelete(self._columns, alias)
        return self._shown(made, "is back", explaining.warnings(self._columns, made))

    def history(self, alias: str) -> Versions:
        """The versions of a connection, 50 at most, the newest first: when, by whom, what changed."""
        return versions.history(self._columns, self.get(alias))

    def diff(self, alias: str, before: int | None = None, after: int | None = None) -> Differences:
        """What differs between two versions; without numbers between the last two, with one between it and the present."""
        return versions.diff(self._columns, self.get(alias), before, after)

    def rollback(self, alias: str, version: int) -> Shown:
        """Save a former version as a new one; sealed values come back as they were."""
        made = versions.rollback(self._columns, alias, version)
        return self._shown(made, f"is as in version {version}", explaining.warnings(self._columns, made))

    def enable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Switch connections on, all or none.

        Raises `ConnectionChanged` where a stored version is not the one in ``expected_versions``, by alias.
        """
        return self._switch(aliases, True, expected_versions)

    def disable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Switch connections off, all or none: any use of them fails and says so, until they are enabled.

        Raises `ConnectionChanged` as `enable` does.
        """
        return self._switch(aliases, False, expected_versions)

    def _switch(self, aliases: Sequence[str], active: bool, expected_versions: Mapping[str, int] | None) -> Done:
        changed = editing.switch(self._columns, aliases, active, expected_versions or {})
        profiles = self.dependents(*changed) if changed and not active else ()
        return Done(
            f"{', '.join(changed)}: {'active' if active else 'inactive'}.",
            tuple(changed),
            (f"Profiles that use it: {', '.join(profiles)}.",) if profiles else (),
        )

    # ---- using --------------------------------------------------------------------------------------------------------

    def use(self, alias: str, *, export: bool = False) -> Using:
        """Make a connection this session's current one, after resolving it; another session's is not touched.

        ``export`` sets the provider's environment variables in this process, until another connection is used.
        Raises `ConnectionInactive`, `ReferenceNotFound` and the like; then the former one stays in use.
        """
        connection = self.get(alias)
        account = self._account(connection)
        if export:
            self._exports.set(account)
        else:
            self._exports.restore()
        self._in_use = connection.id
        return self.using()

    def use_none(self) -> Using:
        """Use no connection any more, and put exported variables back."""
        self._exports.restore()
        self._in_use = None
        return self.using()

    def using(self, *, bound: str = "") -> Using:
        """What is in use here."""
        connection = self._columns.store.read().connection_by_id(self._in_use) if self._in_use else None
        if connection is None:
            return Using("", "", "", self.current_environment)
        return Using(
            connection.alias,
            connection.name,
            explaining.provider_name(self._columns, connection) or connection.provider,
            self.current_environment,
            bound,
            self._exports.names,
            explaining.sources(explaining.field_lines(self._columns, connection)),
        )

    def _connection(self, alias: str | None) -> Connection:
        if alias is not None:
            return self.get(alias)
        connection = self._columns.store.read().connection_by_id(self._in_use) if self._in_use else None
        if connection is None:
            raise NoConnectionInUse("No connection is in use here.", "Name one, or 'use ALIAS' first.")
        return connection

    def _account(self, connection: Connection) -> Account:
        """The connection, resolved. Raises `ConnectionInactive` and whatever is wrong with its settings."""
        from aiconn_nb.providers.account import Account

        if not connection.active:
            raise ConnectionInactive(
                f"{connection.alias} is switched off.", f"'enable {connection.alias}' switches it on."
            )
        provider = self._columns.provider_of(connection)
        settings = resolve(
            connection.settings, provider.fields, self._columns.configuration(), self._columns.vault.open
        )
        return Account(provider, settings, label=connection.alias)

    def account(self, alias: str | None = None) -> Account:
        """A connection ready to be called, the current one by default."""
        return self._account(self._connection(alias))

    def client(self, alias: str | None = None) -> Any:
        """The provider's own SDK client for a connection, the current one by default."""
        return self.account(alias).client

    @contextmanager
    def environ(self, alias: str | None = None) -> Iterator[None]:
        """Export a connection's environment variables for the length of a ``with`` block, then put the former ones back."""
        from aiconn_nb.providers.exports import Exports

        exports = Exports(self._columns.environ)
        exports.set(self.account(alias))
        try:
            yield
        finally:
            exports.restore()

    def run(self, alias: str, command: Sequence[str]) -> int:
        """Run a command with a connection's variables in its environment; answers its exit status."""
        account = self.account(alias)
        try:
            return subprocess.run(  # noqa: S603 - the user's own command, no shell
                list(command), env=account.child_environment(self._columns.environ), check=False
            ).returncode
        except OSError as error:
            reason = error.strerror or type(error).__name__
        raise CommandError(f"{command[0]} could not be run: {reason}.", "Check the command behind --.")

    # ---- asking the provider ------------------------------------------------------------------------------------------

    def test(
        self, *aliases: str, all: bool = False, model: str | None = None, progress: Progress | None = None
    ) -> Tests:
        """Test connections beside each other, the current one by default; see `aiconn_nb.session.ladder`."""
        if all:
            chosen = list(self._columns.store.read().connections)
        elif aliases:
            chosen = [self.get(alias) for alias in dict.fromkeys(aliases)]
        else:
            chosen = [self._connection(None)]
        environment = self.current_environment
        from .ladder import run_tests

        found = run_tests(self._columns, chosen, model, progress)
        moment = now()
        self._tested.update(
            {(environment, each.id): (tested, moment) for each, tested in zip(chosen, found, strict=True)}
        )
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
        made = editing.draft(self._columns, alias, provider, kept_from=kept_from, settings=taken)
        from .ladder import run_tests

        return run_tests(self._columns, [made], model, progress)[0]

    def last_test(self, connection_id: str) -> tuple[Tested, datetime] | None:
        """What this session's last test of a connection in the current environment found, and when; None where there is none."""
        return self._tested.get((self.current_environment, connection_id))

    def last_tests(self) -> dict[str, tuple[Tested, datetime]]:
        """The same for all connections that were tested, by their ids."""
        environment = self.current_environment
        return {id: last for (where, id), last in self._tested.copy().items() if where == environment}

    def models(self, alias: str | None = None, *, capability: Capability | str | None = None) -> Models:
        """The provider's live list, sorted by id; with ``capability`` only models that have it, or may have it."""
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
        rows = [
            ModelRow(each.id, each.name, tuple(sorted(each.capabilities)))
            for each in sorted(found, key=lambda each: each.id)
            if wanted is None or not each.capabilities or wanted in each.capabilities
        ]
        return Models(connection.alias, rows)

    # ---- configuration ------------------------------------------------------------------------------------------------

    @property
    def current_environment(self) -> str:
        """The name of the environment that references are resolved in."""
        return self._columns.environment

    def environment(self, name: str | None = None) -> Environments:
        """The environments that have files; with ``name`` this session is switched to it first."""
        if name is not None:
            self._columns.switch(name)
        root = self._columns.config_root
        configuration = self._columns.configuration()
        rows = [
            EnvironmentRow(
                each,
                each == self.current_environment,
                self._columns.environment_origin if each == self.current_environment else "",
                tuple(
                    path.name
                    for path in (
                        *([root / f"appsettings.{each}.json"] if root else []),
                        self._columns.secrets.path(each),
                    )
                    if path.is_file()
                ),
            )
            for each in self._columns.environments()
        ]
        return Environments(rows, root=str(root or ""), notes=configuration.notes)

    def explain(self, alias: str | None = None, *, environment: str | None = None) -> Explanation:
        """Per field: as written, whether it resolves, from which file and line or variable, what it hides, what is missing."""
        connection = self._connection(alias)
        if environment is not None:
            self._columns.known_environment(environment)
        configuration = self._columns.configuration(environment)
        return Explanation(
            connection.alias,
            explaining.field_lines(self._columns, connection, environment),
            environment=configuration.environment,
            places=configuration.places,
            notes=configuration.notes,
        )

    def resolve(self, reference: str, *, environment: str | None = None) -> Explanation:
        """The same for one reference. Its value is never shown."""
        if environment is not None:
            self._columns.known_environment(environment)
        configuration = self._columns.configuration(environment)
        line = explaining.reference_line(self._columns, reference, environment)
        return Explanation(
            line.written,
            [line],
            environment=configuration.environment,
            places=configuration.places,
            notes=configuration.notes,
        )

    def explain_draft(self, provider: str, references: Mapping[str, str]) -> tuple[FieldLine, ...]:
        """The same for references that a form holds, by field: what would become of them if they were saved."""
        fields = [field for field in self.fields(provider) if field.key in references]
        return explaining.explained(self._columns, references, fields)

    def known_keys(self) -> list[str]:
        """The configuration keys of the current environment, for completion; none where a file is broken."""
        try:
            return self._columns.configuration().keys()
        except AiconnError:
            return []

    def set_secret(self, key: str, value: Secret, *, environment: str | None = None) -> Done:
        """Keep a value for a configuration key in the sealed user secrets, for all environments or for one."""
        key = key.removeprefix("$")
        self._columns.secrets.set(key, value, environment)
        return Done(f"${key} is kept in the user secrets" + (f" of {environment}." if environment else "."))

    def remove_secret(self, key: str, *, environment: str | None = None) -> Done:
        """Forget a user secret."""
        key = key.removeprefix("$")
        if not self._columns.secrets.remove(key, environment):
            known = self._columns.secrets.keys(environment)
            raise AiconnError(
                f"There is no user secret '{redact(key)}'" + (f" for {environment}." if environment else "."),
                did_you_mean(key, known) or "secret list shows them.",
            )
        return Done(f"${key} was removed from the user secrets" + (f" of {environment}." if environment else "."))

    def secrets(self) -> SecretKeys:
        """The keys of the user secrets; never a value."""
        places = [None, *self._columns.secrets.environments()]
        return SecretKeys(
            [SecretRow(key, place or "") for place in places for key in self._columns.secrets.keys(place)]
        )

    def scan(self, *notebooks: str, fix: bool = False) -> Scan:
        """Find keys in notebooks; with ``fix`` take them out of outputs and widget state, leaving a backup."""
        from .scanning import scan

        return scan(self._columns, notebooks, fix=fix)

    # ---- providers ----------------------------------------------------------------------------------------------------

    def providers(self) -> Providers:
        """The installed providers, and the broken plug-ins with their reason."""
        from aiconn_nb.providers.account import missing_modules

        rows = [
            ProviderRow(
                each.id,
                each.name,
                tuple(sorted(each.capabilities)),
                tuple(f"{f.key}{'*' if f.required else ''}{'!' if f.sensitive else ''}" for f in each.fields),
                tuple(missing_modules(each)),
                each.sdk.install if each.sdk else "",
                key_shapes=each.key_shapes,
            )
            for each in self._columns.registry.all()
        ]
        broken = [ProviderRow(id, id, broken=reason) for id, reason in self._columns.registry.broken().items()]
        return Providers([*rows, *broken])

    def fields(self, provider: str) -> tuple[Field, ...]:
        """What a provider asks for. Raises `ProviderNotFound`."""
        return self._columns.registry.get(provider).fields

    def provider_name(self, provider: str) -> str:
        """The display name of a provider, '' where it is not installed or broken."""
        try:
            return self._columns.registry.get(provider).name
        except ProviderError:
            return ""

    def provider_ids(self) -> list[str]:
        """The ids of the installed providers."""
        return self._columns.registry.ids()

    def deleted_aliases(self) -> list[str]:
        """The aliases of the connections that can be brought back."""
        return [each.connection.alias for each in self._columns.store.read().deleted]

    def aliases(self) -> list[str]:
        """The aliases of all connections."""
        return [each.alias for each in self._columns.store.read().connections]

    def close(self) -> None:
        """Put exported variables back."""
        self._exports.restore()


def as_capability(text: Capability | str) -> Capability:
    """The capability of this name. Raises `CommandError`, naming the nearest."""
    try:
        return Capability(text)
    except ValueError:
        known = [str(each) for each in Capability]
        raise CommandError(
            f"There is no capability '{redact(str(text))}'.",
            did_you_mean(str(text), known) or f"There are: {', '.join(known)}.",
        ) from None


@cache
def kernel_session() -> Session:
    """The one session of this process, which the magics and the module-level verbs share."""
    return Session()
