"""Reading and changing connections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.features.environments import Resolving, field_lines, misplaced, required_keys, warnings_of
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.origin import Origin
from aiconn_nb.model.place import tilde
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

from .listing import matches, row
from .results import Connections, Shown

if TYPE_CHECKING:
    # Each verb imports what only it needs: a list must be fast.
    from aiconn_nb.features.trust import Question
    from aiconn_nb.session.versions import Differences, Versions

    from .editing import Given


class ConnectionVerbs(Core):
    """The verbs on stored connections."""

    @verb(
        "list",
        "the connections: provider, active, whether they resolve here",
        details="Also the profiles that use each one, and which one is in use.",
        examples=("list", "list openai --active"),
        text=Arg("only those with this in alias, name or provider", completes="alias"),
        provider=Arg("only those of a provider", completes="provider"),
        active=Arg("only active ones", off="--inactive", off_help="only inactive ones"),
    )
    def connections(
        self, text: str | None = None, *, provider: str | None = None, active: bool | None = None
    ) -> Connections:
        """The connections, in the order of their aliases.

        Args:
            text: Only those with this text in alias, name or provider.
            provider: Only those of the provider with this id, such as ``"openai"``.
            active: Only those that are switched on (True) or off (False).

        Returns:
            A row for each: alias, provider, whether it is active, resolves here, and is in use.

        Raises:
            ProviderNotFound: No installed provider has this id.

        Example::

            [row.alias for row in aiconn_nb.connections(active=True) if row.resolves]
        """
        if provider is not None and provider not in self._context.registry.ids():
            self._context.registry.get(provider)
        snapshot = self._context.store.read()
        configuration = self._context.configuration()
        resolving = Resolving(configuration)
        trusted = snapshot.trusted()
        users = snapshot.users()
        origins: dict[object, Origin | str] = {}
        secret: dict[str, bool] = {}
        providers = {each.provider for each in snapshot.connections}
        required = {each: required_keys(self._context, each) for each in providers}
        rows = [
            row(
                resolving,
                each,
                in_use=each.id == self._in_use,
                required=required[each.provider],
                profiles=users.get(each.id, ()),
                untrusted=untrusted(self._context, each, trusted, origins),
            )
            for each in snapshot.connections
        ]
        return Connections(
            [each for each in rows if matches(each, text, provider, active)],
            environment=self.current_environment,
            # A broken file makes every reference fail; the list says so once, rather than in every row.
            notes=(
                *self._context.store.notes,
                *configuration.notes,
                *filter(None, [resolving.problem]),
                *(note for each in snapshot.connections for note in misplaced(self._context, each, secret)),
            ),
            aside=self._context.environment_note,
            filtered=bool(rows),
            store=tilde(self._context.home),
        )

    @verb(
        "show",
        "one connection with every field",
        details='A field is shown as the reference that was written, as "sealed", or with its value where it is not sensitive.',
        examples=("show openai-dev",),
        alias=Arg("the connection", completes="alias"),
    )
    def show(self, alias: str) -> Shown:
        """One connection with every field.

        Args:
            alias: The connection.

        Returns:
            Its fields as they are written: a reference, ``sealed``, or a value that is not sensitive.

        Raises:
            ConnectionNotFound: No connection has this alias; the hint names the nearest.

        Example::

            aiconn_nb.show("openai-dev")
        """
        return self._shown(self.get(alias))

    def _shown(self, connection: Connection, verb: str = "", warnings: Sequence[str] = ()) -> Shown:
        question = untrusted(self._context, connection)
        return Shown(
            connection,
            self._context.provider_name_of(connection),
            field_lines(self._context, connection),
            self.dependents(connection.alias),
            connection.id == self._in_use,
            (
                *warnings,
                *misplaced(self._context, connection),
                *([question.warning] if question else []),
            ),
            verb,
        )

    def dependents(self, *aliases: str) -> tuple[str, ...]:
        """The aliases of the profiles that depend on these connections."""
        snapshot = self._context.store.read()
        ids = [snapshot.connection(alias).id for alias in aliases]
        return tuple(sorted({profile.alias for each in ids for profile in snapshot.dependents(each)}))

    def broken_without(self, *aliases: str) -> tuple[str, ...]:
        """Those of the `dependents` that have no other connection and would break."""
        snapshot = self._context.store.read()
        ids = [snapshot.connection(alias).id for alias in aliases]
        return tuple(profile.alias for profile in snapshot.broken_without(ids))

    def deleted_aliases(self) -> list[str]:
        """The aliases of the connections that can be restored."""
        return [each.connection.alias for each in self._context.store.read().deleted]

    def aliases(self) -> list[str]:
        """The aliases of all connections."""
        return [each.alias for each in self._context.store.read().connections]

    def connection_called(self, alias: str) -> Connection | None:
        """The connection that has this alias now; None if there is none."""
        return next((each for each in self._context.store.read().connections if each.alias == alias.lower()), None)

    def require_free(self, alias: str, provider: str) -> None:
        """Raise what `create` would for this alias, before the user is asked for a key: `InvalidConnection`, `ConnectionExists`."""
        from . import editing

        editing.require_free(self._context, alias, provider)

    def require_settings(self, provider: str, keys: Collection[str]) -> None:
        """Raise `InvalidConnection` for keys that are no settings of the provider, before the user is asked for a value."""
        from . import editing

        editing.require_settings(self._context.registry.get(provider), keys)

    @verb(
        "new",
        "create a connection; what is required and not named is asked for, a secret without echo",
        details="Run again with the same values, it changes nothing; with others it says what differs, and --update changes that.",
        examples=(
            "new demo --provider demo",
            'new openai-dev --provider openai --name "OpenAI Development" --set api_key=$OpenAI:ApiKey',
        ),
        inner=("trusting", "kept", "again"),
        alias=Arg("a-z, 0-9 and -"),
        provider=Arg("who it is with", name="--provider", completes="provider"),
        name=Arg("the name to show"),
        settings=Arg(
            "settings; a value that starts with $ is a reference",
            name="--set",
            completes="setting",
            metavar="KEY=VALUE",
            is_list=True,
        ),
        active=Arg("create it switched on", off="--inactive", off_help="create it switched off"),
        update=Arg("change the one that is there, where it differs"),
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
                (text or `Secret`) is encrypted before it reaches the disk.
            active: Whether it can be used at once.
            trusting: The answers to a `trust_question` that was asked before.
            kept: Settings of the existing connection that stay as they are.
            update: Whether to change an existing connection that differs.
            again: Whether an existing connection with the same values stays unchanged, instead of being an error.

        Returns:
            The connection with every field. A reference that does not resolve here is a warning, not an error.

        Raises:
            InvalidConnection: ``problems`` has all that is wrong, by field. Nothing was saved.
            ConnectionExists: Another connection has this alias; ``differences`` says how it differs, never a secret.
            ProviderNotFound: No installed provider has this id.

        Example::

            aiconn_nb.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
        """
        from . import editing

        taken, settings = editing.take(settings), None
        corrected: list[str] = []
        with self._telling_of_clients() as stale:
            made, verb = editing.create(
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
        return self._shown(made, verb, (*corrected, *warnings_of(self._context, made), *stale))

    @verb(
        "edit",
        "change a connection; what is not named stays, sealed values included",
        examples=("edit openai-dev --set organization=org-1", "edit openai-dev --prompt api_key"),
        inner=("provider", "new_alias", "expected_version", "trusting"),
        alias=Arg("the connection", completes="alias"),
        name=Arg("the name to show"),
        settings=Arg(
            "settings; a value that starts with $ is a reference",
            name="--set",
            completes="setting",
            metavar="KEY=VALUE",
            is_list=True,
        ),
        provider=Arg("never changes; says so", completes="provider"),
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
        """Save a change of a connection. What is not named stays, sealed values included.

        A key that was there before may not go to another host until `trust` allows it. Until then every use fails, and the result
        warns of it.

        Args:
            alias: The connection.
            name: The name to show.
            settings: Field -> new value, as in `create`; a value of None removes the setting.
            active: Whether it can be used.
            provider: It never changes; another provider is an error.
            new_alias: The new alias.
            expected_version: The version that the caller saw; if another is stored, nothing is changed.
            trusting: The answers to a `trust_question` that was asked before.

        Returns:
            The connection with every field, and warnings.

        Raises:
            ConnectionNotFound: No connection has this alias.
            InvalidConnection: ``problems`` has all that is wrong, by field. Nothing was saved.
            ConnectionExists: Another connection has the new alias.
            ConnectionChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.edit("openai-dev", settings={"organization": "org-1", "base_url": None})
        """
        from . import editing

        taken, settings = editing.take(settings), None
        before = self.get(alias)
        corrected: list[str] = []
        with self._telling_of_clients() as stale:
            made = editing.edit(
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
        verb = "nothing to change" if made.version == before.version else "saved"
        return self._shown(made, verb, (*corrected, *warnings_of(self._context, made), *stale))

    @verb(
        "rename",
        "give a connection another alias; profiles follow",
        details="The old alias leads to it, with a note, until another connection takes it.",
        examples=("rename openai-dev openai-main",),
        alias=Arg("the connection", completes="alias"),
        new_alias=Arg("the new alias", name="new"),
    )
    def rename(self, alias: str, new_alias: str) -> Done:
        """Give a connection another alias. Profiles follow, and the old alias leads to it until another connection takes it.

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
        new_alias=Arg("the copy's alias; a free one if none is named", name="new"),
        name=Arg("the name to show"),
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
        return self._shown(made, "created", warnings_of(self._context, made))

    @verb(
        "delete",
        "delete connections; asks first, names the profiles that depend on them",
        examples=("delete openai-old --yes",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
        force=Arg("delete even what profiles depend on, and leave those broken"),
    )
    def delete(self, *aliases: str, force: bool = False) -> Done:
        """Delete connections, all or none. They are kept for 30 days; `undelete` restores one.

        Args:
            aliases: The connections.
            force: Whether to delete connections that profiles depend on, too.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionInUse: ``profiles`` depend on one of them, and ``force`` is not set.

        Example::

            aiconn_nb.delete("openai-old")
        """
        from . import editing

        with self._telling_of_clients() as stale:
            gone, broken = editing.delete(self._context, aliases, force=force)
        if self._in_use in {each.id for each in gone}:
            self._let_go()
        names = tuple(each.alias for each in gone)
        return Done(f"Deleted {', '.join(names)}.", names, (*self._left_by_deletion(broken), *stale))

    def _left_by_deletion(self, profiles: Sequence[str]) -> tuple[str, ...]:
        """The state of the profiles whose connections were deleted."""
        snapshot = self._context.store.read()
        left = [profile for profile in snapshot.profiles if profile.alias in profiles]
        broken = [each.alias for each in left if not any(map(snapshot.connection_by_id, each.connections))]
        others = [each.alias for each in left if each.alias not in broken]
        return (
            *([f"Profiles left broken: {', '.join(broken)}."] if broken else []),
            *([f"Profiles that go on with their other connections: {', '.join(others)}."] if others else []),
        )

    @verb(
        "undelete",
        "bring a deleted connection back, within 30 days",
        examples=("undelete openai-dev",),
        inner=("id",),
        alias=Arg("its alias", completes="deleted"),
    )
    def undelete(self, alias: str, *, id: str | None = None) -> Shown:
        """Restore the connection that was deleted last under this alias, within 30 days.

        Args:
            alias: The alias that it had.
            id: The id of the connection, if several had this alias.

        Raises:
            ConnectionNotFound: No connection was deleted under this alias within the last 30 days.
            ConnectionExists: Another connection has the alias now.

        Example::

            aiconn_nb.undelete("openai-dev")
        """
        from .kind import connections

        made = connections(self._context).undelete(alias, id)
        return self._shown(made, "is back", warnings_of(self._context, made))

    @verb(
        "history",
        "the versions of a connection: when, who, what changed",
        details="Every save keeps the former state (50 versions).",
        examples=("history openai-dev",),
        alias=Arg("the connection", completes="alias"),
    )
    def history(self, alias: str) -> Versions:
        """The versions of a connection, 50 at most, the newest first: when, by whom, what changed.

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
        "what differs between two versions",
        examples=("diff openai-dev", "diff openai-dev 1 3"),
        alias=Arg("the connection", completes="alias"),
        before=Arg("a version; the one before the present if none is named", completes="version", metavar="V1"),
        after=Arg("a version; the present one if none is named", completes="version", metavar="V2"),
    )
    def diff(self, alias: str, before: int | None = None, after: int | None = None) -> Differences:
        """What differs between two versions of a connection. For sealed values it says only that they differ.

        Args:
            alias: The connection.
            before: A version; None is the one before the current one.
            after: A version; None is the current one.

        Raises:
            ConnectionNotFound: No connection has this alias, or the version is not kept.

        Example::

            aiconn_nb.diff("openai-dev", 1)
        """
        from .kind import connections

        return connections(self._context).diff(alias, before, after)

    @verb(
        "rollback",
        "bring a former version back, as a new version",
        examples=("rollback openai-dev 2",),
        inner=("expected_version",),
        alias=Arg("the connection", completes="alias"),
        version=Arg("which one", completes="version"),
    )
    def rollback(self, alias: str, version: int, *, expected_version: int | None = None) -> Shown:
        """Save a former version of a connection as a new one. It restores sealed values, too; the alias stays.

        Args:
            alias: The connection.
            version: The version to restore; `history` lists them.
            expected_version: The version that the caller saw; if another is stored, nothing is changed.

        Raises:
            ConnectionNotFound: No connection has this alias, or the version is not kept.
            ConnectionChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.rollback("openai-dev", 2)
        """
        from .kind import connections

        with self._telling_of_clients() as stale:
            made = connections(self._context).rollback(alias, version, expected_version)
        warnings = (*warnings_of(self._context, made), *stale)
        return self._shown(made, f"is as in version {version}", warnings)

    @verb(
        "enable",
        "switch connections on",
        examples=("enable openai-dev",),
        inner=("expected_versions",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
    )
    def enable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Enable connections, all or none.

        Args:
            aliases: The connections.
            expected_versions: Alias -> the version that was looked at; where another is stored, nothing is changed.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionChanged: A stored version is not the expected one.

        Example::

            aiconn_nb.enable("openai-dev", "openai-spare")
        """
        return self._switch(aliases, True, expected_versions)

    @verb(
        "disable",
        "switch connections off: any use fails until they are enabled",
        examples=("disable openai-dev",),
        inner=("expected_versions",),
        aliases=Arg("the connections", name="alias", completes="alias", is_needed=True),
    )
    def disable(self, *aliases: str, expected_versions: Mapping[str, int] | None = None) -> Done:
        """Disable connections, all or none. Until they are enabled, any use of them fails and says so.

        Args:
            aliases: The connections.
            expected_versions: Alias -> the version that was looked at; where another is stored, nothing is changed.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            ConnectionChanged: A stored version is not the expected one.

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
        """The profiles that use these connections, and those of them that have no active connection left."""
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
        """What to ask before these settings are saved over those of ``alias`` (None: as a new connection).

        `create` and `edit` take its `Question.answers` as a yes. Raises `InvalidConnection` for settings that cannot be saved.
        """
        from aiconn_nb.features.trust import question_about

        from . import editing

        taken, settings = editing.take(settings), None
        if alias is not None and not taken:
            return None  # a name or a switch sends nothing, and can be changed without the provider as well
        made = editing.draft(self._context, name or alias or "it", provider, kept_from=alias, settings=taken)
        snapshot = self._context.store.read()
        before: Connection | None = None if alias is None else snapshot.connection(alias)
        return question_about(self._context, snapshot, made, before)
