"""Reading and changing connections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from aiconn_nb.features.arguments import (
    AFTER,
    ALIAS_TO_BE,
    BEFORE,
    COPY_ALIAS,
    DISPLAY_NAME,
    NEW_ALIAS,
    UPDATE,
    VERSION,
)
from aiconn_nb.features.core import Core
from aiconn_nb.features.environments import Resolving, misplaced
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.capability import Capability, as_capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

from .listing import matches, row
from .results import Connections, Shown

if TYPE_CHECKING:
    # Each verb imports only what it needs: a list must be fast.
    from aiconn_nb.features.environments import FieldLine
    from aiconn_nb.features.trust import Answers, Question
    from aiconn_nb.session.versions import Differences, Versions

    from .editing import Given


SETTINGS = Arg(
    "settings; a value that starts with $ is a reference",
    name="--set",
    completes="setting",
    metavar="KEY=VALUE",
    is_list=True,
)


class ConnectionVerbs(Core):
    """The verbs on stored connections."""

    @verb(
        "list",
        "list connections: provider, active, whether they resolve here",
        details="The list also shows the profiles that use each connection, and the one in use.",
        examples=("list", "list openai --active", "list --capability embedding", "list --unresolved"),
        text=Arg("filter by alias, name or provider", completes="alias"),
        provider=Arg("only this provider's", completes="provider"),
        active=Arg("only active ones", off="--inactive", off_help="only inactive ones"),
        capability=Arg("only with a provider for chat, or for embedding", completes="capability"),
        resolves=Arg(
            "only those that resolve here", off="--unresolved", off_help="only those that do not resolve here"
        ),
    )
    def connections(
        self,
        text: str | None = None,
        *,
        provider: str | None = None,
        active: bool | None = None,
        capability: Capability | str | None = None,
        resolves: bool | None = None,
    ) -> Connections:
        """Return the connections, in the order of their aliases.

        Args:
            text: Filter by text in alias, name or provider.
            provider: Filter by provider id, such as ``"openai"``.
            active: Filter by state: only enabled (True) or disabled (False) ones.
            capability: Filter by the provider's capability, ``"chat"`` or ``"embedding"``. Connections whose provider is not
                installed are included, because its capabilities are unknown.
            resolves: Filter by whether every reference resolves here.

        Returns:
            A row for each: alias, provider, whether it is active, resolves here and is in use, and when it was checked.

        Raises:
            ProviderNotFound: No installed provider has this id.
            CommandError: The capability is unknown.

        Example::

            [row.alias for row in aiconn_nb.connections(active=True) if row.resolves]
        """
        if provider is not None and provider not in self._context.registry.ids():
            self._context.registry.get(provider)
        wanted = None if capability is None else as_capability(capability)
        snapshot = self._context.store.read()
        configuration = self._context.configuration()
        resolving = Resolving(configuration)
        trusted = snapshot.trusted()
        users = snapshot.users()
        answers: Answers = {}
        known = self._context.checks.of_each(snapshot.connections)
        rows = [
            row(
                each,
                in_use=each.id == self._in_use,
                missing=resolving.missing(self._context, each),
                profiles=users.get(each.id, ()),
                untrusted=untrusted(self._context, each, trusted, answers),
                known=known[each.id],
            )
            for each in snapshot.connections
        ]
        return Connections(
            [
                each
                for each in rows
                if matches(each, text, provider, active, resolves)
                and (wanted is None or self._context.can(each.connection, wanted))
            ],
            environment=self.current_environment,
            # A broken file makes every reference fail; the list says so once, rather than in every row.
            notes=(
                *self._context.store.notes,
                *configuration.notes,
                *filter(None, [resolving.problem]),
                *(note for each in snapshot.connections for note in resolving.misplaced(self._context, each)),
            ),
            aside=self._context.environment_note(configuration),
            filtered=bool(rows),
            store=self._context.store.shown,
        )

    @verb(
        "show",
        "one connection with every field",
        details='Each field shows the reference as written, "sealed", or its value if it is not sensitive.',
        examples=("show openai-dev",),
        alias=Arg("the connection", completes="alias"),
    )
    def show(self, alias: str) -> Shown:
        """Return one connection with every field.

        Args:
            alias: The connection.

        Returns:
            Its fields as written: a reference, ``sealed``, or a value that is not sensitive.

        Raises:
            ConnectionNotFound: No connection has this alias; the hint names the nearest.

        Example::

            aiconn_nb.show("openai-dev")
        """
        from aiconn_nb.features.environments import field_lines

        connection = self.get(alias)
        return self._shown(connection, field_lines(self._context, connection, self._context.configuration()))

    def _saved(
        self, connection: Connection, done: str, corrected: Sequence[str] = (), stale: Sequence[str] = ()
    ) -> Shown:
        """Return a connection that was just saved, with warnings about its references and the clients that it made stale."""
        from aiconn_nb.features.environments import doubts_in, explained_with_values, lines_of, warnings_of

        configuration = self._context.configuration()
        found, values = explained_with_values(self._context, connection, configuration)
        lines = lines_of(self._context.fields_of(connection), found, configuration.environment)
        return self._shown(
            connection,
            lines,
            done,
            (
                *corrected,
                *warnings_of(connection, found, lines, configuration),
                *(doubt.warning for doubt in doubts_in(self._context, connection, found, values)),
                *stale,
            ),
        )

    def _shown(
        self, connection: Connection, lines: tuple[FieldLine, ...], done: str = "", warnings: Sequence[str] = ()
    ) -> Shown:
        snapshot = self._context.store.read()
        question = untrusted(self._context, connection, snapshot.trusted())
        return Shown(
            connection,
            self._context.provider_name_of(connection),
            lines,
            tuple([profile.alias for profile in snapshot.dependents(connection.id)]),
            connection.id == self._in_use,
            (
                *warnings,
                *misplaced(self._context, connection),
                *([question.warning] if question else []),
            ),
            done,
            self._caps_of(connection.id),
        )

    def dependents(self, *aliases: str) -> tuple[str, ...]:
        """Return the aliases of the profiles that depend on these connections."""
        snapshot = self._context.store.read()
        ids = [snapshot.connection(alias).id for alias in aliases]
        return tuple(sorted({profile.alias for each in ids for profile in snapshot.dependents(each)}))

    def broken_without(self, *aliases: str) -> tuple[str, ...]:
        """Return the `dependents` that have no other connection, so they would break."""
        snapshot = self._context.store.read()
        ids = [snapshot.connection(alias).id for alias in aliases]
        return tuple(profile.alias for profile in snapshot.broken_without(ids))

    def deleted_aliases(self) -> list[str]:
        """Return the aliases of the connections that can be restored."""
        return [each.state.alias for each in self._context.store.read().deleted]

    def aliases(self) -> list[str]:
        """Return the aliases of all connections."""
        return [each.alias for each in self._context.store.read().connections]

    def active_aliases(self) -> list[str]:
        """Return the aliases of the enabled connections."""
        return [each.alias for each in self._context.store.read().connections if each.active]

    def connection_called(self, alias: str) -> Connection | None:
        """Return the connection with this alias; None if there is none."""
        return next((each for each in self._context.store.read().connections if each.alias == alias.lower()), None)

    def require_free(self, alias: str, provider: str) -> None:
        """Raise the error of `create` for this alias, before the user enters a key: `InvalidConnection`, `ConnectionExists`."""
        from . import editing

        editing.require_free(self._context, alias, provider)

    def require_settings(self, provider: str, keys: Collection[str]) -> None:
        """Raise `InvalidConnection` for keys that are not settings of the provider, before the user enters a value."""
        from . import editing

        editing.require_settings(self._context.registry.get(provider), keys)

    @verb(
        "new",
        "create a connection; prompts for missing required settings, for a secret without echo",
        details="Repeating it with the same values changes nothing. Other values are reported; --update applies them.",
        examples=(
            "new demo --provider demo",
            'new openai-dev --provider openai --name "OpenAI Development" --set api_key=$OpenAI:ApiKey',
        ),
        inner=("trusting", "kept", "again"),
        alias=ALIAS_TO_BE,
        provider=Arg("the provider", name="--provider", completes="provider"),
        name=DISPLAY_NAME,
        settings=SETTINGS,
        active=Arg("create it enabled", off="--inactive", off_help="create it disabled"),
        update=UPDATE,
    )
    def create(
        self,
        alias: str,
        provider: str,
        *,
        name: str | None = None,
        settings: Given | None = None,
        active: bool = True,
        trusting: Collection[str] = (),
        kept: Collection[str] = (),
        update: bool = False,
        again: bool = True,
    ) -> Shown:
        """Save a new connection. An existing one with the same values stays unchanged, so a notebook can run again.

        Args:
            alias: Its alias: a-z, 0-9 and -, at most 100 characters.
            provider: The id of an installed provider, such as ``"openai"``; ``aiconn providers`` lists them.
            name: The name for people; the alias if omitted.
            settings: Field -> value, as in the form: ``$Section:Key`` is a reference, ``$$`` a literal ``$``. A sensitive literal
                is sealed.
            active: Whether to create it enabled.
            trusting: The answers to an earlier `trust_question`.
            kept: Settings of the existing connection that stay unchanged.
            update: Whether to change an existing connection that differs.
            again: Whether an existing connection with the same values is left unchanged instead of raising an error.

        Returns:
            The connection with every field. A reference that does not resolve here causes a warning, not an error.

        Raises:
            InvalidConnection: ``problems`` has all problems, by field. Nothing was saved.
            ConnectionExists: Another connection has this alias; ``differences`` lists the differences, never a secret.
            ProviderNotFound: No installed provider has this id.

        Example::

            aiconn_nb.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
        """
        from . import editing

        taken, settings = editing.take(settings), None
        corrected: list[str] = []
        with self._telling_of_clients() as stale:
            made, done = editing.create(
                self._context,
                alias,
                provider,
                name=name,
                settings=taken,
                active=active,
                trusting=trusting,
                corrected=corrected,
                kept=kept,
                update=update,
                again=again,
            )
        return self._saved(made, done, [*corrected, *editing.written(made, taken)], stale)

    @verb(
        "edit",
        "change a connection; all other settings stay, sealed values included",
        examples=("edit openai-dev --set organization=org-1", "edit openai-dev --prompt api_key"),
        inner=("provider", "new_alias", "expected_version", "trusting"),
        alias=Arg("the connection", completes="alias"),
        name=DISPLAY_NAME,
        settings=SETTINGS,
        provider=Arg("cannot change; raises an error", completes="provider"),
    )
    def edit(
        self,
        alias: str,
        *,
        name: str | None = None,
        settings: Given | None = None,
        active: bool | None = None,
        provider: str | None = None,
        new_alias: str | None = None,
        expected_version: int | None = None,
        trusting: Collection[str] = (),
    ) -> Shown:
        """Save a change of a connection. All other settings stay, sealed values included.

        An existing key may not go to another host until `trust` allows it. Until then every use fails, and the result has a
        warning.

        Args:
            alias: The connection.
            name: The display name.
            settings: Field -> new value, as in `create`; a value of None removes the setting.
            active: Whether it is enabled.
            provider: It cannot change; another provider is an error.
            new_alias: The new alias.
            expected_version: The version that the caller saw; if the stored one differs, nothing changes.
            trusting: The answers to an earlier `trust_question`.

        Returns:
            The connection with every field, and warnings.

        Raises:
            ConnectionNotFound: No connection has this alias.
            InvalidConnection: ``problems`` has all problems, by field. Nothing was saved.
            ConnectionExists: Another connection has ``new_alias``.
            ConnectionChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.edit("openai-dev", settings={"organization": "org-1", "endpoint": None})
        """
        from . import editing

        taken, settings = editing.take(settings), None
        corrected: list[str] = []
        with self._telling_of_clients() as stale:
            made, done = editing.edit(
                self._context,
                alias,
                name=name,
                settings=taken,
                active=active,
                provider_id=provider,
                expected_version=expected_version,
                new_alias=new_alias,
                trusting=trusting,
                corrected=corrected,
            )
        return self._saved(made, done, [*corrected, *editing.written(made, taken)], stale)

    @verb(
        "rename",
        "change the alias of a connection; profiles follow",
        details="The old alias still finds it, with a note, until another connection takes that alias.",
        examples=("rename openai-dev openai-main",),
        alias=Arg("the connection", completes="alias"),
        new_alias=NEW_ALIAS,
    )
    def rename(self, alias: str, new_alias: str) -> Done:
        """Change the alias of a connection. Profiles follow, and the old alias finds it until another connection takes that alias.

        Args:
            alias: The connection.
            new_alias: The new alias: a-z, 0-9 and -, at most 100 characters.

        Raises:
            ConnectionNotFound: No connection has this alias.
            ConnectionExists: Another connection has the new alias.
            InvalidConnection: The new alias breaks a rule.

        Example::

            aiconn_nb.rename("openai-dev", "openai-main")
        """
        self.edit(alias, new_alias=new_alias)
        return Done(f"{alias} is now {new_alias}.", (new_alias,))

    @verb(
        "duplicate",
        "copy a connection with its references and sealed values",
        examples=("duplicate openai-dev openai-spare",),
        alias=Arg("the connection", completes="alias"),
        new_alias=COPY_ALIAS,
        name=DISPLAY_NAME,
    )
    def duplicate(self, alias: str, new_alias: str | None = None, *, name: str | None = None) -> Shown:
        """Save a copy of a connection, with its references and sealed values.

        Args:
            alias: The connection.
            new_alias: The alias of the copy; None picks a free one, such as ``openai-dev-copy``.
            name: The name of the copy.

        Raises:
            ConnectionNotFound: No connection has this alias.
            ConnectionExists: Another connection has the new alias.

        Example::

            aiconn_nb.duplicate("openai-dev", "openai-spare")
        """
        from . import editing

        made = editing.duplicate(self._context, alias, new_alias, name=name)
        return self._saved(made, "created")

    @verb(
        "delete",
        "delete connections; asks first, and names the profiles that depend on them",
        examples=("delete openai-old --yes",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
        force=Arg("also delete connections that profiles depend on, which breaks those profiles"),
    )
    def delete(self, *aliases: str, force: bool = False) -> Done:
        """Delete connections, all or none. They can be restored with `undelete` for 30 days.

        Args:
            aliases: The connections.
            force: Whether to delete even connections that profiles depend on.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionInUse: ``profiles`` depend on one of them, and ``force`` is not set.

        Example::

            aiconn_nb.delete("openai-old")
        """
        from aiconn_nb.session.collection import said_of_deletion

        from . import editing

        with self._telling_of_clients() as stale:
            gone, broken = editing.delete(self._context, aliases, force=force)
        if self._in_use in {each.id for each in gone}:
            self._let_go()
        names = tuple(each.alias for each in gone)
        return Done(said_of_deletion(names), names, (*self._left_by_deletion(broken), *stale))

    def _left_by_deletion(self, profiles: Sequence[str]) -> tuple[str, ...]:
        """Return the state of the profiles whose connections were deleted."""
        snapshot = self._context.store.read()
        left = [profile for profile in snapshot.profiles if profile.alias in profiles]
        broken = [each.alias for each in left if not any(map(snapshot.connection_by_id, each.connections))]
        others = [each.alias for each in left if each.alias not in broken]
        return (
            *([f"Profiles left broken: {', '.join(broken)}."] if broken else []),
            *([f"Profiles that continue with their other connections: {', '.join(others)}."] if others else []),
        )

    @verb(
        "undelete",
        "restore a deleted connection, within 30 days",
        examples=("undelete openai-dev",),
        inner=("id",),
        alias=Arg("its alias", completes="deleted"),
    )
    def undelete(self, alias: str, *, id: str | None = None) -> Shown:
        """Restore the connection that was deleted last under this alias, within 30 days.

        Args:
            alias: Its former alias.
            id: The id of the connection, if several had this alias.

        Raises:
            ConnectionNotFound: No connection was deleted under this alias within the last 30 days.
            ConnectionExists: Another connection has the alias now.

        Example::

            aiconn_nb.undelete("openai-dev")
        """
        from .kind import connections

        made = connections(self._context).undelete(alias, id)
        return self._saved(made, "is back")

    @verb(
        "history",
        "the versions of a connection: when, who, what changed",
        details="Every save keeps the previous state (50 versions).",
        examples=("history openai-dev",),
        alias=Arg("the connection", completes="alias"),
    )
    def history(self, alias: str) -> Versions:
        """Return the versions of a connection, 50 at most, the newest first: when, by whom, what changed.

        Args:
            alias: The connection.

        Raises:
            ConnectionNotFound: No connection has this alias.

        Example::

            [row.version for row in aiconn_nb.history("openai-dev")]
        """
        from .kind import connections

        return connections(self._context).history(alias)

    @verb(
        "diff",
        "the differences between two versions",
        examples=("diff openai-dev", "diff openai-dev 1 3"),
        alias=Arg("the connection", completes="alias"),
        before=BEFORE,
        after=AFTER,
    )
    def diff(self, alias: str, before: int | None = None, after: int | None = None) -> Differences:
        """Return the differences between two versions of a connection. Sealed values are only reported as different.

        Args:
            alias: The connection.
            before: A version; None means the one before the current one.
            after: A version; None means the current one.

        Raises:
            ConnectionNotFound: No connection has this alias.
            NoConnectionVersion: The version is not stored. It is a `ConnectionNotFound`, too.

        Example::

            aiconn_nb.diff("openai-dev", 1)
        """
        from .kind import connections

        return connections(self._context).diff(alias, before, after)

    @verb(
        "rollback",
        "restore an earlier version, as a new version",
        examples=("rollback openai-dev 2",),
        inner=("expected_version",),
        alias=Arg("the connection", completes="alias"),
        version=VERSION,
    )
    def rollback(self, alias: str, version: int, *, expected_version: int | None = None) -> Shown:
        """Save an earlier version of a connection as a new one. It restores sealed values, too; the alias stays.

        Args:
            alias: The connection.
            version: The version to restore; `history` lists them.
            expected_version: The version that the caller saw; if the stored one differs, nothing changes.

        Raises:
            ConnectionNotFound: No connection has this alias.
            NoConnectionVersion: The version is not stored. It is a `ConnectionNotFound`, too.
            ConnectionChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.rollback("openai-dev", 2)
        """
        from .kind import connections

        with self._telling_of_clients() as stale:
            made, done = connections(self._context).rollback(alias, version, expected_version)
        return self._saved(made, done, stale=stale)

    @verb(
        "enable",
        "enable connections",
        examples=("enable openai-dev",),
        inner=("expected_versions",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
    )
    def enable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Enable connections, all or none.

        Args:
            aliases: The connections.
            expected_versions: Alias -> the version that the caller saw; if a stored one differs, nothing changes.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionChanged: A stored version is not the one in ``expected_versions``.

        Example::

            aiconn_nb.enable("openai-dev", "openai-spare")
        """
        return self._switch(aliases, True, expected_versions)

    @verb(
        "disable",
        "disable connections: any use fails until they are enabled",
        examples=("disable openai-dev",),
        inner=("expected_versions",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
    )
    def disable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Disable connections, all or none. Until they are enabled, any use of them raises an error.

        Args:
            aliases: The connections.
            expected_versions: Alias -> the version that the caller saw; if a stored one differs, nothing changes.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionChanged: A stored version is not the one in ``expected_versions``.

        Example::

            aiconn_nb.disable("openai-dev")
        """
        return self._switch(aliases, False, expected_versions)

    def _switch(self, aliases: Sequence[str], active: bool, expected_versions: Mapping[str, int] | None) -> Done:
        from . import editing

        with self._telling_of_clients() as stale:
            changed = editing.switch(self._context, aliases, active, expected_versions or {})
        return Done(
            f"{', '.join(changed)}: {'active' if active else 'inactive'}.",
            tuple(changed),
            () if active else (*self._left_by_disabling(changed), *stale),
        )

    def _left_by_disabling(self, aliases: Sequence[str]) -> tuple[str, ...]:
        """Return the profiles that use these connections, and the ones left without an active connection."""
        profiles = self.dependents(*aliases)
        if not profiles:
            return ()
        snapshot = self._context.store.read()
        active = {each.id for each in snapshot.connections if each.active}
        idle = [alias for alias in profiles if active.isdisjoint(snapshot.profile(alias).connections)]
        return (
            f"Profiles that use it: {', '.join(profiles)}.",
            *([f"Without an active connection now: {', '.join(idle)}."] if idle else []),
        )

    def trust_question(
        self, alias: str | None, provider: str, settings: Given | None, *, name: str = ""
    ) -> Question | None:
        """Return the question to ask before these settings replace those of ``alias`` (None: for a new connection).

        `create` and `edit` accept its `Question.answers` as a yes. Raises `InvalidConnection` for settings that cannot be saved.
        """
        from aiconn_nb.features.trust import question_about

        from . import editing

        taken, settings = editing.take(settings), None
        if alias is not None and not taken:
            return None  # a name or a switch sends nothing, and can change without an installed provider
        made = editing.draft(self._context, name or alias or "it", provider, kept_from=alias, settings=taken)
        snapshot = self._context.store.read()
        before: Connection | None = None if alias is None else snapshot.connection(alias)
        return question_about(self._context, snapshot, made, before)
