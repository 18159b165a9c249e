"""Turns finds into proposals: the settings to save, the alias, and whether such a connection exists already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiconn_nb.config.resolver import resolve
from aiconn_nb.errors import AiconnError
from aiconn_nb.features.environments import Resolving
from aiconn_nb.features.trust import is_official
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, Setting, alias_from
from aiconn_nb.model.field import FieldValue
from aiconn_nb.model.hint import command
from aiconn_nb.model.origin import origin_of
from aiconn_nb.model.secret import MASK, Secret, redact
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.base import Provider
from aiconn_nb.providers.plug_ins.asked import endpoint_of
from aiconn_nb.session.collection import copy_alias
from aiconn_nb.session.context import Context

from . import clouds, local_servers, tools, variables
from .candidate import Candidate, Unread
from .results import Proposal, State

Source = Callable[[Context, Mapping[str, Provider]], Iterator[Candidate]]

SOURCES: Final[tuple[Source, ...]] = (
    variables.in_environment,
    variables.in_dotenv,
    tools.of_llm,
    tools.of_jupyter_ai,
    tools.of_continue,
    clouds.of_aws,
    clouds.of_gcloud,
)
"""The order of the sources: of two finds with the same values, the first is proposed."""

Values = Mapping[str, FieldValue | Secret]


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal, and the values it would save."""

    proposal: Proposal
    settings: Mapping[str, str]
    """The settings to save: references and literals."""
    secrets: Mapping[str, Secret]
    """Key of the user secrets -> the value to store there."""


def planned(context: Context, *, local: bool) -> tuple[list[Plan], list[str]]:
    """Return all finds, and a note for each unreadable file."""
    providers = {each.id: each for each in context.registry.all() if each.id != "demo"}
    found, notes = list[Candidate](), list[str]()
    for source in (*SOURCES, *([local_servers.on_this_machine] if local else [])):
        try:
            found += source(context, providers)
        except Unread as unread:
            notes.append(str(unread))
    return list(_plans(context, providers, found)), notes


def _plans(context: Context, providers: Mapping[str, Provider], found: Sequence[Candidate]) -> Iterator[Plan]:
    stored = context.store.read().connections
    known = [(each, _values_of(context, providers, each)) for each in stored]
    taken = {each.alias for each in stored}
    resolving = Resolving(context.configuration())
    used: set[str] = set()
    seen: list[tuple[str, Values]] = []
    for candidate in found:
        provider = providers[candidate.provider]
        values = _values(context, provider, candidate)
        if any(id == provider.id and _same(provider, values, other, candidate) for id, other in seen):
            continue
        seen.append((provider.id, values))
        there = next(
            (
                each.alias
                for each, other in known
                if each.provider == provider.id and _same(provider, values, other, candidate)
            ),
            "",
        )
        alias = there or _alias(candidate, taken)
        yield _plan(provider, candidate, values, there, alias, resolving, used)


def _plan(
    provider: Provider,
    candidate: Candidate,
    values: Values,
    there: str,
    alias: str,
    resolving: Resolving,
    used: set[str],
) -> Plan:
    settings: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for key, value in candidate.settings.items():
        if isinstance(value, Secret):
            reference = _reference(provider, key, candidate, resolving, used)
            used.add(fold(reference))
            secrets[reference[1:]] = value
            settings[key] = reference
        else:
            settings[key] = value
    missing = variables.missing_of(provider, settings)
    proposal = Proposal(
        name=alias,
        source=candidate.source,
        place=candidate.place,
        provider=provider.id,
        provider_name=provider.name,
        stored=tuple((key, redact(value)) for key, value in settings.items()),
        kept=tuple(f"${key}" for key in secrets),
        host=_foreign_host(provider, values),
        is_of_folder=candidate.is_of_folder,
        missing=missing,
        state=State.THERE if there else State.NEW,
        there=there,
        note=_what_is_missing(alias, provider, settings, secrets, missing) if missing and not there else "",
    )
    return Plan(proposal, settings, secrets)


def _what_is_missing(
    alias: str, provider: Provider, settings: Mapping[str, str], secrets: Mapping[str, Secret], missing: Sequence[str]
) -> str:
    given = [f"{key}={value}" for key, value in settings.items() if value[1:] not in secrets]
    needed = [f"{key}=..." for key in missing]
    line = command("new", alias, "--provider", provider.id, "--set", *given, *needed)
    return f"needs {' and '.join(missing)}: {line}"


def _reference(provider: Provider, key: str, candidate: Candidate, resolving: Resolving, used: set[str]) -> str:
    """Return an unused reference: the usual one, else one with the source's name."""
    field = provider.field(key)
    usual = field.suggested_reference if field is not None else ""
    own = f"${''.join(filter(str.isalnum, candidate.source))}:{provider.id}"
    numbered = (f"{own}-{number}" for number in range(2, 10_000))
    return next(each for each in (usual, own, *numbered) if each and each not in resolving and fold(each) not in used)


def _alias(candidate: Candidate, taken: set[str]) -> str:
    """Return ``openai-llm``; with a number if another connection or proposal has that alias."""
    wanted = alias_from(f"{candidate.provider}-{candidate.short}")
    alias = wanted if wanted not in taken else copy_alias(wanted, sorted(taken))
    taken.add(alias)
    return alias


# ---- comparing --------------------------------------------------------------------------------------------------------


def _values_of(context: Context, providers: Mapping[str, Provider], connection: Connection) -> Values:
    """Return the values of a stored connection that resolve here."""
    provider = providers.get(connection.provider)
    return {} if provider is None else _resolved(context, provider, connection.settings)


def _values(context: Context, provider: Provider, candidate: Candidate) -> Values:
    secret = {key: value for key, value in candidate.settings.items() if isinstance(value, Secret)}
    plain: dict[str, Setting] = {key: value for key, value in candidate.settings.items() if isinstance(value, str)}
    return {**_resolved(context, provider, plain), **secret}


def _resolved(context: Context, provider: Provider, settings: Mapping[str, Setting]) -> Values:
    values: dict[str, FieldValue | Secret] = {}
    for field in provider.fields:
        try:
            values.update(resolve(settings, (field,), context.configuration(), context.vault.open))
        except AiconnError:
            continue
    return values


def _same(provider: Provider, values: Values, others: Values, candidate: Candidate) -> bool:
    """Whether other settings have the found values, and lead to the same place."""
    if not all(_equal(values.get(key), others.get(key)) for key in candidate.settings):
        return False
    secret = [field.key for field in provider.fields if field.sensitive]
    if any((key in values) != (key in others) for key in secret):
        return False
    return _endpoint(provider, values) == _endpoint(provider, others)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, Secret) or isinstance(other, Secret):
        return isinstance(one, Secret) and one.same_as(other)
    return one is not None and one == other


def _endpoint(provider: Provider, values: Values) -> str:
    try:
        return (endpoint_of(provider, values) or "").rstrip("/")
    except PlugInFailed:
        return ""


def _foreign_host(provider: Provider, values: Values) -> str:
    """Return the host of a key, if it is not the provider's own; '' otherwise."""
    if any(isinstance(values.get(field.key), Secret) for field in provider.fields if not field.sensitive):
        return MASK  # a secret address
    origin = origin_of(_endpoint(provider, values))
    if origin is None or is_official(provider, origin) or not any(isinstance(each, Secret) for each in values.values()):
        return ""
    return str(origin)
