"""Profiles: connections in order, a model and options, under one name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.core import Core
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile, as_capability
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, renamed, verb

if TYPE_CHECKING:
    # What is about profiles is imported by the verbs that do it: a list of connections is to be quick.
    from aiconn_nb.session.versions import Differences, Versions
    from aiconn_nb.store.snapshot import Snapshot

    from .health import Examination, Health
    from .options import Given, Value
    from .results import Defaults, Profiles, ShownProfile


class ProfileVerbs(Core):
    """The verbs on profiles."""

    # ---- looking ------------------------------------------------------------------------------------------------------

    @verb(
        "profile list",
        "the profiles: connections in order with their state, model, health; ★ marks a default",
        examples=("profile list", "profile list --capability embedding"),
        text=Arg("only those with this in alias, name, model, tag or connection", completes="profile"),
        capability=Arg("only those for chat, or for embedding", completes="capability"),
    )
    def profiles(self, text: str | None = None, *, capability: Capability | str | None = None) -> Profiles:
        """The profiles by alias, each with its health; only those with ``text`` in alias, name, model, tag or connection."""
        from .listing import matches, row_of
        from .results import Profiles

        wanted = None if capability is None else as_capability(capability)
        snapshot = self._context.store.read()
        examination = self._examination(snapshot)
        rows = [row_of(each, snapshot, examination) for each in snapshot.profiles]
        return Profiles(
            [row for row in rows if wanted in (None, row.capability) and matches(row, text)],
            notes=(*self._context.store.notes, *filter(None, [examination.problem])),
            filtered=bool(rows),
        )

    @verb()
    def profile(self, alias: str) -> Profile:
        """The profile as it is stored. Raises `ProfileNotFound`, naming the nearest."""
        return self._context.store.read().profile(alias)

    def find_profile(self, profile_id: str) -> Profile | None:
        """The profile with this id, under whatever alias it goes by now; None where it was deleted."""
        return self._context.store.read().profile_by_id(profile_id)

    @verb(
        "profile show",
        "one profile with everything that is stored of it",
        examples=("profile show writer",),
        alias=Arg("the profile", completes="profile"),
    )
    def show_profile(self, alias: str) -> ShownProfile:
        """One profile with everything that is stored of it, and its health."""
        return self._shown_profile(self.profile(alias))

    def profile_health(self, profile: Profile | str) -> Health:
        """Which of its connections would answer here and now, as far as can be told without a call."""
        snapshot = self._context.store.read()
        return self._examination(snapshot).health(snapshot.profile(profile) if isinstance(profile, str) else profile)

    def default_alias(self, capability: Capability | str = Capability.CHAT) -> str:
        """The alias of the default profile of a capability, '' where there is none."""
        snapshot = self._context.store.read()
        default = snapshot.profile_by_id(snapshot.defaults.get(as_capability(capability), ""))
        return default.alias if default else ""

    def profile_aliases(self) -> list[str]:
        """The aliases of all profiles."""
        return [each.alias for each in self._context.store.read().profiles]

    def deleted_profile_aliases(self) -> list[str]:
        """The aliases of the profiles that can be brought back."""
        return [each.profile.alias for each in self._context.store.read().deleted_profiles]

    def connections_for(self, capability: Capability | str) -> list[Connection]:
        """The connections whose provider has a capability, and those of a provider that is not installed here."""
        from . import editing

        wanted = as_capability(capability)
        return [each for each in self._context.store.read().connections if editing.can(self._context, each, wanted)]

    def listed_models(self) -> list[str]:
        """Every model that this session has seen listed, for completion."""
        return self._listings.models()

    # ---- changing -----------------------------------------------------------------------------------------------------

    @verb(
        "profile new",
        "create a profile; what is left out is not sent",
        details="Run again with the same values, it changes nothing; with others it says what differs, and --update changes that.",
        inner=("again",),
        examples=(
            "profile new writer --connection demo --model demo-chat --default",
            'profile new brief --connection openai-dev,demo --model gpt-5 --temperature 0.2 --system "Be brief."',
            "profile new vectors --connection demo --model demo-embedding --capability embedding",
        ),
        alias=Arg("a-z, 0-9 and -"),
        connections=Arg(
            "the connections, with commas: the first answers, the others are fallbacks in order",
            name="--connection",
            completes="connections",
            metavar="A[,B]",
            is_repeated=True,
        ),
        model=Arg("the model, as the provider spells it", name="--model", completes="model", metavar="M"),
        capability=Arg("chat or embedding", completes="capability", metavar="C"),
        name=Arg("the name to show"),
        temperature=Arg("chat: 0 to 2", metavar="T"),
        max_tokens=Arg("chat: the longest answer, 1 or more", metavar="N"),
        system=Arg("chat: what it is told before every question", metavar="TEXT"),
        dimensions=Arg("embedding: numbers per vector, 1 or more", metavar="N"),
        tags=Arg("words to find it by", name="--tag", completes="tag", is_list=True),
        default=Arg("make it the default of its capability"),
        update=Arg("change the one that is there, where it differs"),
    )
    def create_profile(
        self,
        alias: str,
        *,
        connections: str | Sequence[str],
        model: str,
        capability: Capability | str = Capability.CHAT,
        name: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        system: str | None = None,
        dimensions: Value | None = None,
        tags: str | Sequence[str] = (),
        default: bool = False,
        check_model: bool = False,
        update: bool = False,
        again: bool = True,
    ) -> ShownProfile:
        """Save a new profile: the first connection answers, the others are fallbacks in order. One that is there with the same
        values is left unchanged; with ``update`` what differs is changed; without ``again`` an alias that is there is an error.

        Chat knows ``temperature`` (0 to 2), ``max_tokens`` (1 or more) and ``system``, embedding knows ``dimensions`` (1 or more);
        what is left empty is not stored and not sent. It becomes the default of its capability only with ``default``.
        A model that its provider does not list is a warning of the answer; with ``check_model`` the provider is asked for the
        list, for three seconds at most. A list that cannot be had is no matter.
        Raises `InvalidProfile` (all that is wrong, by field), `ProfileExists` (what differs).
        """
        from . import editing
        from .listing import notes

        options = {"temperature": temperature, "max_tokens": max_tokens, "system": system, "dimensions": dimensions}
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
        "change a profile; what is not named stays",
        examples=("profile edit writer --connection openai-dev,demo", "profile edit writer --unset temperature"),
        inner=("capability", "expected_version"),
        alias=Arg("the profile", completes="profile"),
        name=Arg("the name to show"),
        connections=Arg(
            "the connections, with commas: the first answers, the others are fallbacks in order",
            name="--connection",
            completes="connections",
            metavar="A[,B]",
            is_repeated=True,
        ),
        model=Arg("the model, as the provider spells it", name="--model", completes="model", metavar="M"),
        tags=Arg("words to find it by, instead of the present ones", name="--tag", completes="tag", is_list=True),
        capability=Arg("never changes; says so", completes="capability"),
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
        """Save a change. What is not named stays; an option of None is taken away; connections and tags are replaced as a whole.

        ``check_model`` as in `create_profile`, where connections or model are named. Raises `InvalidProfile`, also for a change of
        the capability, which never changes; `ProfileChanged` where the stored version is not ``expected_version``.
        """
        from . import editing

        draft = editing.Draft(
            alias=new_alias,
            name=name,
            capability=None if capability is None else as_capability(capability),
            connections=connections,
            model=model,
            options=options,
            tags=tags,
        )
        before = self.profile(alias)
        made = editing.edit(self._context, alias, draft, expected_version=expected_version)
        ask = check_model and (connections is not None or model is not None)
        verb = "nothing to change" if made.version == before.version else "saved"
        return self._shown_profile(made, verb, self._model_warnings(made, ask))

    @verb(
        "profile rename",
        "give a profile another alias; it stays the default if it is",
        details="The old alias leads to it, with a note, until another profile takes it.",
        examples=("profile rename writer author",),
        alias=Arg("the profile", completes="profile"),
        new_alias=Arg("the new alias", name="new"),
    )
    def rename_profile(self, alias: str, new_alias: str) -> Done:
        """Give a profile another alias; it stays the default if it is."""
        made = self.edit_profile(alias, new_alias=new_alias)
        return Done(f"{alias} is now {made.alias}.", (made.alias,))

    @verb(
        "profile duplicate",
        "copy a profile",
        examples=("profile duplicate writer writer-2",),
        alias=Arg("the profile", completes="profile"),
        new_alias=Arg("the copy's alias; a free one if none is named", name="new"),
        name=Arg("the name to show"),
    )
    def duplicate_profile(self, alias: str, new_alias: str | None = None, *, name: str | None = None) -> ShownProfile:
        """Save a copy; without ``new_alias`` under a free one, such as ``alias-copy``."""
        from . import editing

        return self._shown_profile(editing.duplicate(self._context, alias, new_alias, name=name), "created")

    @verb(
        "profile delete",
        "delete profiles; asks first, and says if one was the default",
        examples=("profile delete writer --yes",),
        aliases=Arg("the profiles", name="alias", completes="profile", is_needed=True),
    )
    def delete_profile(self, *aliases: str) -> Done:
        """Delete profiles, all or none. They are kept for 30 days and can be brought back."""
        from . import editing

        gone, defaults = editing.delete(self._context, aliases)
        names = tuple(each.alias for each in gone)
        return Done(
            f"Deleted {', '.join(names)}.",
            names,
            tuple(f"{each.alias} was the default for {each.capability}; there is none now." for each in defaults),
        )

    @verb(
        "profile undelete",
        "bring a deleted profile back, within 30 days",
        examples=("profile undelete writer",),
        inner=("id",),
        alias=Arg("its alias", completes="deleted profile"),
    )
    def undelete_profile(self, alias: str, *, id: str | None = None) -> ShownProfile:
        """Bring the profile back that was deleted last under this alias, but not as a default; with ``id`` just that one."""
        from .kind import profiles

        return self._shown_profile(profiles(self._context).undelete(alias, id), "is back")

    @verb(
        "profile default",
        "the default profiles; with a profile, make it the default of its capability",
        examples=("profile default writer", "profile default --none --capability embedding"),
        alias=Arg("the profile", completes="profile"),
        capability=Arg("only of chat, or of embedding", name="--capability", completes="capability"),
    )
    def default_profile(
        self, alias: str | None = None, capability: Capability | str | None = None
    ) -> Defaults | ShownProfile:
        """The defaults, one per capability; with ``alias`` that profile becomes the default of its capability."""
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
        """Let a capability have no default profile."""
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
        """The versions of a profile, 50 at most, the newest first: when, by whom, what changed."""
        from .kind import profiles

        return profiles(self._context).history(alias)

    @verb(
        "profile diff",
        "what differs between two versions of a profile",
        examples=("profile diff writer", "profile diff writer 1 3"),
        alias=Arg("the profile", completes="profile"),
        before=Arg("a version; the one before the present if none is named", completes="version", metavar="V1"),
        after=Arg("a version; the present one if none is named", completes="version", metavar="V2"),
    )
    def diff_profile(self, alias: str, before: int | None = None, after: int | None = None) -> Differences:
        """What differs between two versions; without numbers between the last two, with one between it and the present."""
        from .kind import profiles

        return profiles(self._context).diff(alias, before, after)

    @verb(
        "profile rollback",
        "bring a former version of a profile back, as a new version",
        examples=("profile rollback writer 2",),
        inner=("expected_version",),
        alias=Arg("the profile", completes="profile"),
        version=Arg("which one", completes="version"),
    )
    def rollback_profile(self, alias: str, version: int, *, expected_version: int | None = None) -> ShownProfile:
        """Save a former version as a new one. Raises `ProfileChanged` where the stored version is not ``expected_version``."""
        from .kind import profiles

        made = profiles(self._context).rollback(alias, version, expected_version)
        return self._shown_profile(made, f"is as in version {version}", self._model_warnings(made, False))

    profile_history = renamed("profile_history", history_profile)
    profile_diff = renamed("profile_diff", diff_profile)

    # ---- answers ------------------------------------------------------------------------------------------------------

    def _examination(self, snapshot: Snapshot) -> Examination:
        from .health import Examination

        return Examination(self._context, snapshot, self._listings)

    def _model_warnings(self, profile: Profile, ask: bool) -> tuple[str, ...]:
        """That the model is not offered, where that is known. What this session saw listed is not asked for again."""
        from . import seen_models

        examination = self._examination(self._context.store.read())
        connection = examination.answering(profile)
        if ask and connection is not None and not examination.knows_model(profile):
            with suppress(AiconnError):  # the connection's own test says what is wrong with it
                found = seen_models.ask(self._account(connection))
                self._listings.remember(self.current_environment, connection, found)
        return examination.model_warnings(profile)

    def _shown_profile(
        self, profile: Profile, verb: str = "", warnings: Sequence[str] = (), notes: Sequence[str] = ()
    ) -> ShownProfile:
        from .listing import row_of
        from .results import ShownProfile

        snapshot = self._context.store.read()
        row = row_of(profile, snapshot, self._examination(snapshot))
        return ShownProfile(profile, row, tuple(warnings), verb, tuple(notes))
