"""Profiles: connections in order, a model and options, under one alias."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.arguments import (
    AFTER,
    ALIAS_TO_BE,
    BEFORE,
    COPY_ALIAS,
    DISPLAY_NAME,
    NEW_ALIAS,
    UPDATE,
    VERSION,
    named_options,
)
from aiconn_nb.features.core import Core
from aiconn_nb.model.capability import Capability, as_capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, renamed, verb

if TYPE_CHECKING:
    # Each verb imports what only profiles need: a list of connections must be fast.
    from aiconn_nb.model.profile import Profile
    from aiconn_nb.providers.account import Account
    from aiconn_nb.session.versions import Differences, Versions
    from aiconn_nb.store.snapshot import Snapshot

    from .health import Examination, Health
    from .options import Given, Value
    from .results import Defaults, Profiles, ShownProfile


CONNECTIONS = Arg(
    "the connections, separated by commas: the first answers, the others are fallbacks in order; A=M sets the model of A",
    name="--connection",
    completes="connections",
    metavar="A[=M][,B]",
    is_repeated=True,
)
MODEL = Arg("the model of all other connections", name="--model", completes="model", metavar="M")
OPTION = Arg(
    "another option of the model, as its provider declares it",
    name="--option",
    metavar="KEY=VALUE",
    completes="model option",
    is_repeated=True,
)


class ProfileVerbs(Core):
    """The verbs on profiles."""

    # ---- looking ------------------------------------------------------------------------------------------------------

    @verb(
        "profile list",
        "list profiles: connections in order with their state, model, health; ★ marks a default",
        examples=("profile list", "profile list --capability embedding"),
        text=Arg("only those with this in alias, name, model, tag or connection", completes="profile"),
        capability=Arg("only those for chat, or for embedding", completes="capability"),
        tags=Arg("only with this tag, or with all of them", name="--tag", completes="tag", is_list=True),
        resolves=Arg(
            "only if every connection resolves here",
            off="--unresolved",
            off_help="only with a connection that does not resolve here",
        ),
    )
    def profiles(
        self,
        text: str | None = None,
        *,
        capability: Capability | str | None = None,
        tags: str | Sequence[str] = (),
        resolves: bool | None = None,
    ) -> Profiles:
        """Return the profiles, in the order of their aliases, each with its health.

        Args:
            text: Only those with this text in alias, name, model, tag or connection.
            capability: Only those for ``"chat"`` or ``"embedding"``.
            tags: Filter by tag; with several, a profile must have all of them.
            resolves: Filter by whether every connection resolves here.

        Returns:
            A row for each; ``health`` says which of its connections would answer now, and whether it has been checked.

        Raises:
            CommandError: The capability is unknown.

        Example::

            [row.alias for row in aiconn_nb.profiles(capability="chat") if row.health.answers]
        """
        from .editing import words_of
        from .listing import matches, row_of
        from .results import Profiles

        wanted = None if capability is None else as_capability(capability)
        snapshot = self._context.store.read()
        examination = self._examination(snapshot)
        rows = [row_of(each, snapshot, examination) for each in snapshot.profiles]
        return Profiles(
            [
                row
                for row in rows
                if wanted in (None, row.capability)
                and matches(row, text)
                and {*words_of("tags", tags)} <= {*row.tags}
                and resolves in (None, all(link.state != "unresolved" for link in row.connections))
            ],
            notes=(*self._context.store.notes, *filter(None, [examination.problem])),
            filtered=bool(rows),
        )

    @verb()
    def profile(self, alias: str) -> Profile:
        """Return the stored profile.

        Args:
            alias: The profile.

        Raises:
            ProfileNotFound: No profile has this alias; the hint names the nearest.

        Example::

            aiconn_nb.profile("writer").model
        """
        return self._context.store.read().profile(alias)

    def find_profile(self, profile_id: str) -> Profile | None:
        """Return the profile with this id, under its current alias; None if it was deleted."""
        return self._context.store.read().profile_by_id(profile_id)

    @verb(
        "profile show",
        "one profile with every stored field",
        examples=("profile show writer",),
        alias=Arg("the profile", completes="profile"),
    )
    def show_profile(self, alias: str) -> ShownProfile:
        """Return one profile with every stored field, and its health.

        Args:
            alias: The profile.

        Raises:
            ProfileNotFound: No profile has this alias; the hint names the nearest.

        Example::

            aiconn_nb.show_profile("writer").health.answers
        """
        return self._shown_profile(self.profile(alias))

    def profile_health(self, profile: Profile | str) -> Health:
        """Return the health of a profile: which of its connections would answer here, as far as is known without a call."""
        snapshot = self._context.store.read()
        return self._examination(snapshot).health(snapshot.profile(profile) if isinstance(profile, str) else profile)

    def default_alias(self, capability: Capability | str = Capability.CHAT) -> str:
        """Return the alias of the default profile of a capability; '' if there is none."""
        snapshot = self._context.store.read()
        default = snapshot.profile_by_id(snapshot.defaults.get(as_capability(capability), ""))
        return default.alias if default else ""

    def profile_aliases(self) -> list[str]:
        """Return the aliases of all profiles."""
        return [each.alias for each in self._context.store.read().profiles]

    def deleted_profile_aliases(self) -> list[str]:
        """Return the aliases of the profiles that can be restored."""
        return [each.state.alias for each in self._context.store.read().deleted_profiles]

    def connections_for(self, capability: Capability | str) -> list[Connection]:
        """Return the connections whose provider has a capability or is not installed here."""
        wanted = as_capability(capability)
        return [each for each in self._context.store.read().connections if self._context.can(each, wanted)]

    def option_fields(
        self, capability: Capability | str = Capability.CHAT, connections: Sequence[str] | None = None
    ) -> tuple[Field, ...]:
        """Return the options that the providers of these connections (aliases) accept; by default, of all connections."""
        from .options import offered, shown

        wanted = as_capability(capability)
        named = (
            self._context.store.read().connections_called(connections) if connections else self.connections_for(wanted)
        )
        return shown(offered(self._context, named, wanted), wanted)

    def listed_models(self) -> list[str]:
        """Return every model that this session has seen in a list, for completion."""
        return self._context.checks.models()

    # ---- changing -----------------------------------------------------------------------------------------------------

    @verb(
        "profile new",
        "create a profile; omitted options are not sent",
        details="Repeating it with the same values changes nothing. Other values are reported; --update applies them.",
        inner=("again",),
        examples=(
            "profile new writer --connection demo --model demo-chat --default",
            "profile new robust --connection openai-dev=gpt-5-mini,claude-dev=claude-sonnet-5",
            'profile new brief --connection openai-dev,demo --model gpt-5 --temperature 0.2 --system "Be brief."',
            "profile new vectors --connection demo --model demo-embedding --capability embedding",
        ),
        alias=ALIAS_TO_BE,
        connections=CONNECTIONS,
        model=MODEL,
        capability=Arg("chat or embedding", completes="capability", metavar="C"),
        name=DISPLAY_NAME,
        temperature=Arg("chat: 0 to 2", metavar="T"),
        max_tokens=Arg("chat: the maximum tokens of a reply, 1 or more", metavar="N"),
        system=Arg("chat: the system prompt", metavar="TEXT"),
        dimensions=Arg("embedding: numbers per vector, 1 or more", metavar="N"),
        options=OPTION,
        tags=Arg("tags for searching", name="--tag", completes="tag", is_list=True),
        default=Arg("make it the default of its capability"),
        update=UPDATE,
    )
    def create_profile(
        self,
        alias: str,
        *,
        connections: str | Sequence[str],
        model: str = "",
        capability: Capability | str = Capability.CHAT,
        name: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        system: str | None = None,
        dimensions: Value | None = None,
        options: Given | None = None,
        tags: str | Sequence[str] = (),
        default: bool = False,
        check_model: bool = False,
        update: bool = False,
        again: bool = True,
    ) -> ShownProfile:
        """Save a new profile. An existing one with the same values stays unchanged, so a notebook can run again.

        Args:
            alias: Its alias: a-z, 0-9 and -, at most 100 characters.
            connections: The aliases of connections: the first answers, the others are fallbacks in this order. A connection with
                its own model has it after the first ``=``: ``"openai-dev=gpt-5-mini"``.
            model: The model of all other connections, as the provider spells it.
            capability: ``"chat"`` or ``"embedding"``; it cannot change later.
            name: The name for people; the alias if omitted.
            temperature: Chat: 0 to 2. An omitted option is not sent.
            max_tokens: Chat: the maximum tokens of a reply, 1 or more.
            system: Chat: the system prompt.
            dimensions: Embedding: numbers per vector, 1 or more.
            options: These and all other options that the connections' providers declare, such as ``{"reasoning_effort": "low"}``.
            tags: Tags for searching.
            default: Whether to make it the default of its capability.
            check_model: Whether to ask the provider, for at most three seconds, whether it lists the model. A model that it does
                not list causes a warning; a missing list is ignored.
            update: Whether to change an existing profile that differs.
            again: Whether an existing profile with the same values is left unchanged instead of raising an error.

        Returns:
            The profile with its health, and warnings.

        Raises:
            InvalidProfile: ``problems`` has all problems, by field. Nothing was saved.
            ProfileExists: Another profile has this alias; ``differences`` lists the differences.

        Example::

            aiconn_nb.create_profile("writer", connections=["openai-dev=gpt-5-mini", "demo=demo-chat"])
        """
        from . import editing
        from .listing import notes

        named = {"temperature": temperature, "max_tokens": max_tokens, "system": system, "dimensions": dimensions}
        options = {**named_options(options), **{key: value for key, value in named.items() if value is not None}}
        draft = editing.Draft(
            alias=alias,
            name=name,
            capability=as_capability(capability),
            connections=connections,
            model=model,
            options=options,
            tags=tags,
        )
        made, verb = editing.create(self._context, draft, default=default, update=update, again=again)
        return self._shown_profile(
            made, verb, self._model_warnings(made, check_model), notes(made, self._context.store.read())
        )

    @verb(
        "profile edit",
        "change a profile; all other fields stay",
        examples=("profile edit writer --connection openai-dev,demo", "profile edit writer --unset temperature"),
        inner=("capability", "expected_version"),
        alias=Arg("the profile", completes="profile"),
        name=DISPLAY_NAME,
        connections=CONNECTIONS,
        model=MODEL,
        options=OPTION,
        tags=Arg("tags that replace the current ones", name="--tag", completes="tag", is_list=True),
        capability=Arg("cannot change; raises an error", completes="capability"),
    )
    def edit_profile(
        self,
        alias: str,
        *,
        name: str | None = None,
        new_alias: str | None = None,
        connections: str | Sequence[str] | None = None,
        model: str | None = None,
        options: Given | None = None,
        tags: str | Sequence[str] | None = None,
        capability: Capability | str | None = None,
        expected_version: int | None = None,
        check_model: bool = False,
    ) -> ShownProfile:
        """Save a change of a profile. All other fields stay.

        Args:
            alias: The profile.
            name: The display name.
            new_alias: The new alias.
            connections: The connections in order; they replace the current ones.
            model: The model, as the provider spells it.
            options: Option -> new value, such as ``{"temperature": 0.2}``; a value of None removes the option.
            tags: The tags; they replace the current ones.
            capability: It cannot change; another capability is an error.
            expected_version: The version that the caller saw; if the stored one differs, nothing changes.
            check_model: As in `create_profile`, if connections or model are given.

        Returns:
            The profile with its health, and warnings.

        Raises:
            ProfileNotFound: No profile has this alias.
            InvalidProfile: ``problems`` has all problems, by field. Nothing was saved.
            ProfileExists: Another profile has the new alias.
            ProfileChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.edit_profile("writer", connections="openai-spare", options={"temperature": None})
        """
        from . import editing

        draft = editing.Draft(
            alias=new_alias,
            name=name,
            capability=None if capability is None else as_capability(capability),
            connections=connections,
            model=model,
            options=named_options(options),
            tags=tags,
        )
        before = self.profile(alias)
        made = editing.edit(self._context, alias, draft, expected_version=expected_version)
        ask = check_model and (connections is not None or model is not None)
        verb = "nothing to change" if made.version == before.version else "saved"
        return self._shown_profile(made, verb, self._model_warnings(made, ask))

    @verb(
        "profile rename",
        "change the alias of a profile; a default stays the default",
        details="The old alias still finds it, with a note, until another profile takes that alias.",
        examples=("profile rename writer author",),
        alias=Arg("the profile", completes="profile"),
        new_alias=NEW_ALIAS,
    )
    def rename_profile(self, alias: str, new_alias: str) -> Done:
        """Change the alias of a profile. It stays a default, and the old alias finds it until another profile takes that alias.

        Args:
            alias: The profile.
            new_alias: The new alias: a-z, 0-9 and -, at most 100 characters.

        Raises:
            ProfileNotFound: No profile has this alias.
            ProfileExists: Another profile has the new alias.
            InvalidProfile: The new alias breaks a rule.

        Example::

            aiconn_nb.rename_profile("writer", "author")
        """
        made = self.edit_profile(alias, new_alias=new_alias)
        return Done(f"{alias} is now {made.alias}.", (made.alias,))

    @verb(
        "profile duplicate",
        "copy a profile",
        examples=("profile duplicate writer writer-2",),
        alias=Arg("the profile", completes="profile"),
        new_alias=COPY_ALIAS,
        name=DISPLAY_NAME,
    )
    def duplicate_profile(self, alias: str, new_alias: str | None = None, *, name: str | None = None) -> ShownProfile:
        """Save a copy of a profile.

        Args:
            alias: The profile.
            new_alias: The alias of the copy; None picks a free one, such as ``writer-copy``.
            name: The name of the copy.

        Raises:
            ProfileNotFound: No profile has this alias.
            ProfileExists: Another profile has the new alias.

        Example::

            aiconn_nb.duplicate_profile("writer", "writer-2")
        """
        from . import editing

        return self._shown_profile(editing.duplicate(self._context, alias, new_alias, name=name), "created")

    @verb(
        "profile delete",
        "delete profiles; asks first, and names deleted defaults",
        examples=("profile delete writer --yes",),
        aliases=Arg("the profiles", name="alias", completes="profile", is_needed=True),
    )
    def delete_profile(self, *aliases: str) -> Done:
        """Delete profiles, all or none. They can be restored with `undelete_profile` for 30 days.

        Args:
            aliases: The profiles.

        Raises:
            ProfileNotFound: No profile has one of the aliases.

        Example::

            aiconn_nb.delete_profile("writer")
        """
        from aiconn_nb.session.collection import said_of_deletion

        from . import editing

        gone, defaults = editing.delete(self._context, aliases)
        names = tuple(each.alias for each in gone)
        return Done(
            said_of_deletion(names, "profile "),
            names,
            tuple(f"{each.alias} was the default for {each.capability}; there is none now." for each in defaults),
        )

    @verb(
        "profile undelete",
        "restore a deleted profile, within 30 days",
        examples=("profile undelete writer",),
        inner=("id",),
        alias=Arg("its alias", completes="deleted profile"),
    )
    def undelete_profile(self, alias: str, *, id: str | None = None) -> ShownProfile:
        """Restore the profile that was deleted last under this alias, within 30 days, but not as a default.

        Args:
            alias: Its former alias.
            id: The id of the profile, if several had this alias.

        Raises:
            ProfileNotFound: No profile was deleted under this alias within the last 30 days.
            ProfileExists: Another profile has the alias now.

        Example::

            aiconn_nb.undelete_profile("writer")
        """
        from .kind import profiles

        return self._shown_profile(profiles(self._context).undelete(alias, id), "is back")

    @verb(
        "profile default",
        "the default profiles; with a profile, make it the default of its capability",
        examples=("profile default writer", "profile default --none --capability embedding"),
        alias=Arg("the profile", completes="profile"),
        capability=Arg("only the default of chat, or of embedding", name="--capability", completes="capability"),
    )
    def default_profile(
        self, alias: str | None = None, capability: Capability | str | None = None
    ) -> Defaults | ShownProfile:
        """Return the default profile of each capability; with an alias, make that profile the default first.

        Args:
            alias: The new default profile; None changes nothing.
            capability: Only ``"chat"`` or ``"embedding"``. With an alias, it must be the profile's capability.

        Returns:
            The defaults; with an alias, the profile.

        Raises:
            ProfileNotFound: No profile has this alias.
            InvalidProfile: The profile is for another capability.

        Example::

            aiconn_nb.default_profile("writer")
        """
        from . import editing
        from .results import DefaultRow, Defaults

        if alias is not None:
            wanted = None if capability is None else as_capability(capability)
            made, former = editing.make_default(self._context, alias, wanted)
            return self._shown_profile(
                made, f"is the default for {made.capability}" + (f" instead of {former.alias}" if former else "")
            )
        snapshot = self._context.store.read()
        shown = list(Capability) if capability is None else [as_capability(capability)]
        found = {each: snapshot.profile_by_id(snapshot.defaults.get(each, "")) for each in shown}
        return Defaults([DefaultRow(each, profile.alias if profile else "") for each, profile in found.items()])

    def no_default_profile(self, capability: Capability | str = Capability.CHAT) -> Done:
        """Remove the default profile of a capability."""
        from . import editing

        wanted = as_capability(capability)
        former = editing.no_default(self._context, wanted)
        return Done(
            f"{former.alias} is no longer the default for {wanted}; there is none now."
            if former
            else f"There was no default for {wanted}."
        )

    @verb(
        "profile history",
        "the versions of a profile: when, who, what changed",
        examples=("profile history writer",),
        alias=Arg("the profile", completes="profile"),
    )
    def history_profile(self, alias: str) -> Versions:
        """Return the versions of a profile, 50 at most, the newest first: when, by whom, what changed.

        Args:
            alias: The profile.

        Raises:
            ProfileNotFound: No profile has this alias.

        Example::

            [row.version for row in aiconn_nb.history_profile("writer")]
        """
        from .kind import profiles

        return profiles(self._context).history(alias)

    @verb(
        "profile diff",
        "the differences between two versions of a profile",
        examples=("profile diff writer", "profile diff writer 1 3"),
        alias=Arg("the profile", completes="profile"),
        before=BEFORE,
        after=AFTER,
    )
    def diff_profile(self, alias: str, before: int | None = None, after: int | None = None) -> Differences:
        """Return the differences between two versions of a profile.

        Args:
            alias: The profile.
            before: A version; None means the one before the current one.
            after: A version; None means the current one.

        Raises:
            ProfileNotFound: No profile has this alias.
            NoProfileVersion: The version is not stored. It is a `ProfileNotFound`, too.

        Example::

            aiconn_nb.diff_profile("writer", 1)
        """
        from .kind import profiles

        return profiles(self._context).diff(alias, before, after)

    @verb(
        "profile rollback",
        "restore an earlier version of a profile, as a new version",
        examples=("profile rollback writer 2",),
        inner=("expected_version",),
        alias=Arg("the profile", completes="profile"),
        version=VERSION,
    )
    def rollback_profile(self, alias: str, version: int, *, expected_version: int | None = None) -> ShownProfile:
        """Save an earlier version of a profile as a new one; the alias stays.

        Args:
            alias: The profile.
            version: The version to restore; `history_profile` lists them.
            expected_version: The version that the caller saw; if the stored one differs, nothing changes.

        Raises:
            ProfileNotFound: No profile has this alias.
            NoProfileVersion: The version is not stored. It is a `ProfileNotFound`, too.
            ProfileChanged: The stored version is not ``expected_version``.

        Example::

            aiconn_nb.rollback_profile("writer", 2)
        """
        from .kind import profiles

        made, done = profiles(self._context).rollback(alias, version, expected_version)
        return self._shown_profile(made, done, self._model_warnings(made, False))

    profile_history = renamed("profile_history", history_profile)
    profile_diff = renamed("profile_diff", diff_profile)

    # ---- results ------------------------------------------------------------------------------------------------------

    def _examination(self, snapshot: Snapshot) -> Examination:
        from .health import Examination

        return Examination(self._context, snapshot)

    def _model_warnings(self, profile: Profile, ask: bool) -> tuple[str, ...]:
        """Return a warning for each model that is known to be unavailable. A list that this session has is not requested again."""
        from . import seen_models

        snapshot = self._context.store.read()
        examination = self._examination(snapshot)
        unknown: list[Connection] = []
        accounts: list[Account] = []
        for connection in examination.unknown(profile) if ask else ():
            with suppress(AiconnError):  # the connection's own test says what is wrong with it
                accounts.append(self._account(connection))
                unknown.append(connection)
        for connection, models in zip(unknown, seen_models.ask(accounts), strict=True):
            self._context.checks.listed(connection, models)
        return (self._examination(snapshot) if unknown else examination).model_warnings(profile)

    def _shown_profile(
        self, profile: Profile, verb: str = "", warnings: Sequence[str] = (), notes: Sequence[str] = ()
    ) -> ShownProfile:
        from .listing import row_of
        from .results import ShownProfile

        snapshot = self._context.store.read()
        row = row_of(profile, snapshot, self._examination(snapshot))
        return ShownProfile(profile, row, tuple(warnings), verb, tuple(notes), self._caps_of(profile.id))
