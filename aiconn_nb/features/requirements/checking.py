"""Checks a notebook's requirements: each connection, profile and default. It reports all missing ones at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aiconn_nb.config.configuration import Configuration
from aiconn_nb.errors import ConfigurationFileError, ProviderError, ReferenceNotFound, VaultError
from aiconn_nb.features.environments import doubts_of, missing_because, shown_references, unopened, unset_keys
from aiconn_nb.features.profiles import Examination, Kind
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.hint import command, sentences
from aiconn_nb.model.key_name import before_equals, has_key, shown_name, without_syntax
from aiconn_nb.model.moment import at
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.context import Context

from .results import Lack, Need

if TYPE_CHECKING:
    from aiconn_nb.features.bundles import Merged
    from aiconn_nb.store.snapshot import Snapshot


_LACKS: Final[Mapping[Kind, Lack]] = {
    Kind.UNLISTED: Lack.UNLISTED,
    Kind.REFUSED: Lack.REFUSED,
    Kind.SHUT_DOWN: Lack.SHUT_DOWN,
    Kind.NOT_CHECKED: Lack.NOT_CHECKED,
    Kind.ENDING: Lack.ENDING,
    Kind.NO_FALLBACK: Lack.NO_FALLBACK,
}


class Checking:
    """Examines one snapshot of the store, in one environment."""

    def __init__(self, context: Context, snapshot: Snapshot, take_in: str = "") -> None:
        self._context = context
        self._snapshot = snapshot
        self._examination = Examination(context, snapshot)
        self._resolving = self._examination.resolving
        self._trusted = snapshot.trusted()
        self._plausible: set[object] = set()
        self._take_in = take_in
        """The command that imports the project file."""

    @property
    def configuration(self) -> Configuration:
        """What the references are resolved in."""
        return self._resolving.configuration

    def aliases(self, names: Iterable[str]) -> Iterator[Need]:
        """Yield the needs for named aliases, also former ones: a profile with its connections, or a connection."""
        for name in names:
            found = self._snapshot.target(name)
            if found is None:
                yield self._absent(name)
            else:
                if not isinstance(found, Connection):
                    yield from self.profile(found)
                for each in self._snapshot.connections_of(found):
                    yield from self.connection(each)

    def _absent(self, name: str) -> Need:
        """Return the need for an alias that neither a connection nor a profile has."""
        error = self._snapshot.no_target(name)
        if error.is_deleted:
            return Need(error.was, name, Lack.MISSING, f"the {error.was} was deleted", error.undelete)
        return Need("connection", name, Lack.MISSING, "neither a connection nor a profile", command("list"))

    def declared(
        self, rows: Sequence[Merged], defaults: Mapping[Capability, str], imported: Checking
    ) -> Iterator[Need]:
        """Yield the needs in a project file, compared with the store. ``imported`` examines the store after an import."""
        connections = {each.alias: each for each in self._snapshot.connections}
        profiles = {each.alias: each for each in self._snapshot.profiles}
        for row in rows:
            there = (connections if row.kind == "connection" else profiles).get(row.alias)
            if row.state == "clashing":
                # Not under another alias, as an import may: the notebook uses this one.
                free = command("rename" if row.kind == "connection" else "profile rename", row.alias, f"my-{row.alias}")
                yield Need(row.kind, row.alias, Lack.TAKEN, f"{row.alias} already exists, {row.has_alias}", free)
            elif row.state == "refused":
                yield Need(row.kind, row.alias, Lack.TAKEN, row.reason)
            elif there is None:
                then = imported.lacks_of(row.alias) if row.kind == "connection" else ""
                words = f"a {row.kind} of the project file{f'; after the import: {then}' if then else ''}"
                yield Need(row.kind, row.alias, Lack.MISSING, words, self._take_in, is_offered=True)
            else:
                needs = self.connection(there) if isinstance(there, Connection) else self.profile(there)
                yield from _relinkable(needs, row, self._take_in) if row.relinked else _differing(needs, row)
        merged = {row.alias for row in rows if row.kind == "profile" and row.is_merged}
        for capability, alias in defaults.items():
            yield self._default(capability, alias, is_merged=alias in merged)

    def lacks_of(self, alias: str) -> str:
        """Return the words of all that a connection lacks, with ``;`` between; '' if nothing is known."""
        found = next(each for each in self._snapshot.connections if each.alias == alias)
        return "; ".join(dict.fromkeys(each.words for each in self._lacks(found)))

    def connection(self, connection: Connection) -> Iterator[Need]:
        """Yield one row if the connection can be used here, otherwise one for each problem."""
        # The examination is cheaper: it stops at the first problem. If it finds none, there is none to list.
        is_usable = self._examination.connection(connection).state in ("ready", "refused", "not checked")
        lacks = [*([] if is_usable else self._lacks(connection)), *self._unopened(connection)]
        # A broken file is the problem of each reference.
        yield from dict.fromkeys(lacks) or [self._checked(connection)]

    def _unopened(self, connection: Connection) -> Iterator[Need]:
        """Yield a need for each sealed value that does not open."""
        for key, problem in unopened(self._context, connection):
            remedy = command("edit", connection.alias, "--prompt", key)
            yield Need("connection", connection.alias, Lack.UNOPENED, problem.what, remedy)

    def _checked(self, connection: Connection) -> Need:
        """Return what is known about a connection that can be asked."""
        link, alias = self._examination.connection(connection), connection.alias
        if link.state == "ready" and link.checked:
            return Need("connection", alias, words=f"{connection.provider}, checked {at(link.checked)}")
        if doubt := next(iter(doubts_of(self._context, connection, self.configuration, self._plausible)), None):
            words = f"{connection.provider}, {doubt.setting} {doubt.problem}"
            return Need("connection", alias, Lack.IMPLAUSIBLE, words, doubt.remedy)
        lack = Lack.REFUSED if link.state == "refused" else Lack.NOT_CHECKED
        return Need(
            "connection",
            alias,
            lack,
            f"{connection.provider}, {link.because.removeprefix('is ')}",
            command("test", alias),
        )

    def _lacks(self, connection: Connection) -> Iterator[Need]:
        from aiconn_nb.providers.account import missing_modules

        def need(lack: Lack, words: str, remedy: str = "") -> Need:
            return Need("connection", connection.alias, lack, words, remedy)

        if not connection.active:
            yield need(Lack.INACTIVE, "it is switched off", command("enable", connection.alias))
        try:
            provider = self._context.registry.get(connection.provider)
        except ProviderError as error:
            yield need(Lack.NO_PROVIDER, error.what, command("providers"))
            return
        if (absent := missing_modules(provider)) and provider.sdk is not None:
            yield need(Lack.NO_SDK, f"{', '.join(absent)} is not installed", provider.sdk.install)
        for key in unset_keys(self._context, connection):
            field = provider.field(key)
            suggested = field.suggested_reference if field else ""
            # A key that has no value here yet is asked for at once, and not in a second step.
            sets = suggested and (suggested in self._resolving or not (field and field.sensitive))
            change = ("--set", f"{key}={suggested}") if sets else ("--prompt", key)
            yield need(Lack.UNSET, f"{key} has no value", command("edit", connection.alias, *change))
        for written in dict.fromkeys(references(connection.settings).values()):
            if written not in self._resolving:
                yield self._unresolved(connection, written)
        if (question := untrusted(self._context, connection, self._trusted)) is not None:
            yield need(Lack.UNTRUSTED, f"it {question.words}", command("trust", connection.alias))

    def _unresolved(self, connection: Connection, written: str) -> Need:
        """Return the need for a reference without a value, with the remedy that its fields allow."""
        key, environment = written.removeprefix("$"), self._context.environment
        problem = missing_because(self.configuration, written)
        if isinstance(problem, ConfigurationFileError):  # no reference resolves until the file is correct
            words = sentences(problem.what, problem.hint)
            return Need("connection", connection.alias, Lack.UNRESOLVED, words)
        words = f"{shown_name(written)} has no value in {environment}"
        if isinstance(problem, VaultError):  # it has a value, which overrides any other
            words = problem.what
        plain = before_equals(key) or without_syntax(key)
        if has_key(key) or plain:
            field = next(field for field, each in references(connection.settings).items() if each == written)
            change = ("--set", f"{field}=${plain}") if plain else ("--prompt", field)
            hint = ReferenceNotFound(key=shown_name(key), environment=environment).hint
            remedy = command("edit", connection.alias, *change)
            return Need("connection", connection.alias, Lack.UNRESOLVED, f"{words}. {hint.rstrip('.')}", remedy)
        if fold(written) in map(fold, shown_references(self._context, connection).values()):
            hint = ReferenceNotFound(key=key, environment=environment, is_shown=True).hint
            words = f"{words}. {hint.rstrip('.')}"
            return Need("connection", connection.alias, Lack.UNRESOLVED, words, reference=written, is_shown=True)
        remedy = command("secret set", key)
        return Need("connection", connection.alias, Lack.UNRESOLVED, words, remedy, written)

    def profile(self, profile: Profile) -> Iterator[Need]:
        """Yield the health of a profile: met if one of its connections would answer and offers the model."""
        health = self._examination.health(profile)
        lack = _LACKS.get(health.kind) if health.answers else Lack.UNUSABLE
        words = f"{profile.capability}, {health.words}"
        if lack is None:
            yield Need("profile", profile.alias, words=words)
        elif lack in (Lack.NOT_CHECKED, Lack.REFUSED):
            yield Need("profile", profile.alias, lack, words, command("failover", profile.alias, "--live"))
        else:
            # A connection that cannot be used has a row and a remedy of its own; one that is gone has none.
            remedy = command("profile show", profile.alias) if health.answers else self._instead_of_gone(profile)
            yield Need("profile", profile.alias, lack, health.words, remedy)

    def _instead_of_gone(self, profile: Profile) -> str:
        """Return the command that repairs a profile without a connection that can answer, if one is gone; otherwise ''."""
        here = {each.alias: each for each in self._snapshot.connections}
        last = {each.state.alias: each.state.id for each in self._snapshot.deleted}
        wanted = []
        is_repaired = False
        links = self._examination.links(profile)
        for id, link in zip(profile.connections, links, strict=True):
            present = here.get(link.alias)
            if link.state == "gone":
                # `undelete` restores the connection that was deleted last.
                if present is None and last.get(link.alias) == id:
                    return command("undelete", link.alias)
                if present is None or not self._context.can(present, profile.capability):
                    continue
                is_repaired = True
            wanted.append(f"{link.alias}={profile.models[id]}" if id in profile.models else link.alias)
        if is_repaired or (not wanted and links):
            return command("profile edit", profile.alias, "--connection", ",".join(wanted) or "ALIAS")
        return ""

    def _default(self, capability: Capability, alias: str, *, is_merged: bool) -> Need:
        present = self._snapshot.profile_by_id(self._snapshot.defaults.get(capability, ""))
        if present is None:
            is_there = any(each.alias == alias for each in self._snapshot.profiles)
            make = command("profile default", alias) if is_there else self._take_in
            words = f"no default profile for {capability}"
            if not is_merged:  # a profile of this alias is another one
                return Need("default", alias, Lack.NO_DEFAULT, words)
            return Need("default", alias, Lack.NO_DEFAULT, words, make, is_offered=not is_there)
        if present.alias != alias:
            return Need("default", alias, Lack.DIFFERS, f"the default for {capability} is {present.alias} here")
        return Need("default", alias, words=f"the default for {capability}")


def _relinkable(needs: Iterator[Need], row: Merged, take_in: str) -> Iterator[Need]:
    """Yield the needs of a profile that an import links again to connections that were deleted."""
    for need in needs:
        lack = Lack.DIFFERS if need.is_met else need.lack
        words = f"{need.words}; the project file links it to {', '.join(row.relinked)} again"
        yield replace(need, lack=lack, words=words, remedy=take_in, is_offered=True, relinked=row.relinked)


def _differing(needs: Iterator[Need], row: Merged) -> Iterator[Need]:
    """Yield the needs of an existing entry, with its differences from the project file."""
    fields = ", ".join(each.field for each in row.changes)
    for need in needs:
        if need.is_met and fields:
            yield replace(need, lack=Lack.DIFFERS, words=f"{need.words}; its {fields} differs from the project file")
        else:
            yield need


def needs_of(context: Context) -> Iterator[Need]:
    """Yield the needs for every connection and profile of the store."""
    snapshot = context.store.read()
    checking = Checking(context, snapshot)
    for connection in snapshot.connections:
        yield from checking.connection(connection)
    for profile in snapshot.profiles:
        yield from checking.profile(profile)
