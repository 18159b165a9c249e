"""Creating, changing and deleting connections: the rules of what may be saved."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from numbers import Number
from typing import TYPE_CHECKING, Final

from aiconn_nb import errors
from aiconn_nb.errors import AiconnError, ConnectionInUse, InvalidConnection, InvalidReference, PlugInBroken
from aiconn_nb.features import trust
from aiconn_nb.features.environments import misnamed, name_as_value
from aiconn_nb.model import headers
from aiconn_nb.model.connection import Connection, Setting, alias_problem, name_problem
from aiconn_nb.model.field import Field, NotOfType, as_text, convert
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean, meant
from aiconn_nb.model.plausible import unusable
from aiconn_nb.model.reference import Reference, escape, is_reference, parse
from aiconn_nb.model.secret import MASK_LIKE, Sealed, Secret, holds_key, redact, shape_of
from aiconn_nb.model.url import key_in_url
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.plug_ins.asked import problems_of
from aiconn_nb.session.cell import written_in_cell
from aiconn_nb.session.context import Context
from aiconn_nb.session.differences import differences
from aiconn_nb.session.known_secrets import known_keys_in
from aiconn_nb.store.documents import sealed_here

from .kind import connections

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Provider
    from aiconn_nb.providers.values.endpoints import Correction
    from aiconn_nb.store.change import Change

Given = Mapping[str, "str | Typed | int | float | bool | Secret | Mapping[str, str] | None"]
"""Settings from the user: text, a typed value, a `Secret`, headers by name; None removes a setting."""


class Typed:
    """Text from the user. It may be a key, so its repr, which a traceback may print, does not show it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Typed()"


_SETTINGS: Final = (str, Typed, Secret, Number, os.PathLike)
"""The types of a given value. ``bool`` and NumPy's numbers are numbers; ``None`` removes a setting."""
Taken = Mapping[str, "Typed | int | float | bool | Secret | None"]
"""`Given` with the repr of every value masked."""


@leaves_no_locals
def take(given: Given | None) -> Taken:
    """Wrap settings so that no later frame shows them. The verbs first rebind their own argument to the result."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise errors.BadNumber(name="settings", wanted="a dictionary, such as {'endpoint': 'http://127.0.0.1:8000/v1'}")
    taken: dict[str, Typed | int | float | bool | Secret | None] = {}
    problems: dict[str, str] = {}
    for key, value in given.items():
        parts = value.values() if isinstance(value, Mapping) else () if value is None else (value,)
        if not all(isinstance(each, _SETTINGS) for each in parts):
            # The repr of a key as bytes would be saved as the key.
            problems[redact(key)] = "must be a text, a number, true or false"
        elif isinstance(value, str | Mapping):
            taken[key] = Typed(value if isinstance(value, str) else headers.written(value))
        else:
            taken[key] = value
    if problems:
        raise InvalidConnection(problems)
    return taken


def written(connection: Connection, given: Taken) -> list[str]:
    """Return a warning for each key in `take`'s result that is sealed now, but written in the running cell."""
    keys = {
        name: value if isinstance(value, Secret) else Secret(value.text)
        for name, value in given.items()
        if isinstance(value, Typed | Secret) and isinstance(connection.settings.get(name), Sealed)
    }
    return written_in_cell(keys) if keys else []


NewKey = str | Typed | Secret | Given | None
"""A key from the user, or several by field."""


def take_key(given: NewKey) -> Typed | Secret | Taken:
    """`take` for a single key."""
    if given is None or isinstance(given, Mapping):
        return take(given)
    if not isinstance(given, str | Typed | Secret):
        raise errors.BadNumber(name="new", wanted="a text")
    return Typed(given) if isinstance(given, str) else given


Checked = dict[str, "Setting | Secret"]
"""Settings that may be saved, once the `Secret` ones are sealed."""


def create(
    context: Context,
    alias: str,
    provider_id: str,
    *,
    name: str | None,
    settings: Taken,
    active: bool,
    trusting: Collection[str] = (),
    corrected: list[str] | None = None,
    kept: Collection[str] = (),
    update: bool = False,
    again: bool = True,
    allows: bool = True,
) -> tuple[Connection, str]:
    """Save a new connection. Returns it and a word for what was done; see `Session.create`.

    ``corrected`` receives a sentence for each corrected setting. Without ``allows``, saving permits no key to go to the host,
    because the user has not chosen it.
    """
    provider = context.registry.get(provider_id)
    chosen = alias if name is None else name.strip()
    present = connections(context).called(context.store.read(), alias) if again else None
    problems = _misnamed(context, alias, chosen if present is None else name)
    stays = {key: value for key, value in present.settings.items() if key in kept} if present else {}
    checked = check(context, provider, stays, settings, problems, corrected)
    with context.store.change() as change:
        there = connections(context).called(change, alias) if again else None
        if there is None:
            new = Connection(
                alias=alias,
                name=chosen,
                provider=provider.id,
                settings=_sealed(context, checked, change),
                active=active,
            )
            made, verb = change.put(new), "created"
        else:
            wanted = replace(there, name=there.name if name is None else chosen, active=there.active and active)
            here = {"name": wanted.name, "provider": provider.id, "active": wanted.active, **_settings(checked)}
            differ = differences(_fields(there), here, _opener(context))
            is_other = there.provider != provider.id
            made, verb = connections(context).create_again(
                change,
                there,
                lambda: replace(wanted, settings=_sealed(context, checked, change)),
                _other_provider(there, provider.id) if is_other else differ,
                is_fixed=is_other,
                update=update,
                # The kept settings were read before the lock was held.
                expected_version=None if present is None else present.version,
            )
        if verb != "unchanged" and allows:
            trust.remember(context, change, made, there, trusting)
        return made, verb


def _other_provider(there: Connection, provider_id: str) -> tuple[str, ...]:
    """Return the difference in the provider. Differences in settings are left out, because each provider has its own."""
    return differences({"provider": there.provider}, {"provider": provider_id})


def _fields(connection: Connection) -> dict[str, object]:
    """Return the fields in which two connections of one alias may differ."""
    about = {"name": connection.name, "provider": connection.provider, "active": connection.active}
    return {**about, **_settings(connection.settings)}


def _settings(settings: Mapping[str, object]) -> dict[str, object]:
    return {f"setting {key}" if key in ("name", "provider", "active") else key: each for key, each in settings.items()}


def _opener(context: Context) -> Callable[[Sealed], Secret | None]:
    def opened(sealed: Sealed) -> Secret | None:
        try:
            return context.vault.open(sealed, "A stored secret")
        except AiconnError:
            return None

    return opened


def require_free(context: Context, alias: str, provider_id: str) -> None:
    """Raise an error if a new connection cannot have this alias; see `Session.require_free`."""
    if problems := _misnamed(context, alias, None):
        raise InvalidConnection(problems)
    snapshot = context.store.read()
    there = connections(context).called(snapshot, alias)
    if there is not None and there.provider != provider_id:
        raise connections(context).differs(there, _other_provider(there, provider_id), is_fixed=True)
    snapshot.require_free(alias)


def edit(
    context: Context,
    alias: str,
    *,
    name: str | None,
    settings: Taken,
    active: bool | None,
    provider_id: str | None,
    expected_version: int | None,
    new_alias: str | None = None,
    trusting: Collection[str] = (),
    corrected: list[str] | None = None,
    along: Callable[[], None] | None = None,
) -> tuple[Connection, str]:
    """Save a change of a connection. Returns it and a word for what was done; see `Session.edit`.

    ``corrected`` receives a sentence for each corrected setting. ``along`` saves related values elsewhere. If it raises, the
    connection is not saved.
    """
    with context.store.change() as change:
        current = change.connection(alias)
        problems = _misnamed(context, new_alias, name)
        if provider_id is not None:
            problems |= other_provider(current, provider_id)
        kept: Mapping[str, Setting] = current.settings
        if settings:
            provider = context.registry.get(current.provider)
            kept = _sealed(context, check(context, provider, kept, settings, problems, corrected), change)
        elif problems:
            raise InvalidConnection(problems)
        made = change.put(
            replace(
                current,
                alias=current.alias if new_alias is None else new_alias,
                name=current.name if name is None else name.strip(),
                active=current.active if active is None else active,
                settings=kept,
            ),
            expected_version=expected_version,
        )
        trust.remember(context, change, made, current, trusting)
        if along is not None:
            along()
        return made, "nothing to change" if made.version == current.version else "saved"


def other_provider(current: Connection, provider_id: str) -> dict[str, str]:
    """Return the problem if this is not the provider of the connection; empty if it is."""
    if provider_id == current.provider:
        return {}
    return {"provider": f"never changes ('{current.alias}' is {current.provider}): make a new connection instead"}


def draft(context: Context, alias: str, provider_id: str, *, kept_from: str | None, settings: Taken) -> Connection:
    """Return the connection in a form, checked and sealed but not saved; ``kept_from`` is the connection that the form edits."""
    provider = context.registry.get(provider_id)
    former = context.store.read().connection(kept_from) if kept_from is not None else None
    checked = check(context, provider, former.settings if former else {}, settings, {})
    made = Connection(alias=alias, name=alias, provider=provider.id, settings=_sealed(context, checked))
    # Keep the id of the edited connection: the store has the permitted hosts of a kept key under it.
    return replace(made, id=former.id) if former else made


def duplicate(context: Context, alias: str, new_alias: str | None, *, name: str | None) -> Connection:
    """Save a copy, with references and sealed values, under another alias; without one, under a free alias."""
    if problems := _misnamed(context, new_alias, name):
        raise InvalidConnection(problems)

    def save(change: Change, former: Connection, copy: Connection) -> Connection:
        made = change.put(copy)
        trust.copy(change, former, made)
        return made

    return connections(context).duplicate(alias, new_alias, name, save)


def _misnamed(context: Context, alias: str | None, name: str | None) -> dict[str, str]:
    """Return the problems of a new alias and name, by field. Both are displayed, so neither may be a key."""
    texts = {"alias": alias or "", "name": name or ""}
    found = {
        "alias": "" if alias is None else alias_problem(alias) or _key_in(alias),
        "name": "" if name is None else name_problem(name) or _key_in(name),
    }
    for field, words in known_keys_in(context, texts).items():
        found[field] = found[field] or f"holds {words}, and this is shown openly"
    return {field: problem for field, problem in found.items() if problem}


def _key_in(text: str) -> str:
    """Return the problem of a displayed text that contains a key; '' if it contains none."""
    return "looks like a key, and this is shown openly" if holds_key(text) else ""


def delete(context: Context, aliases: Sequence[str], *, force: bool) -> tuple[list[Connection], list[str]]:
    """Delete connections, all or none. Returns them and the aliases of the profiles that this breaks.

    Raises `ConnectionInUse`, naming the profiles, unless forced.
    """

    def dependents(change: Change, found: Sequence[Connection]) -> list[str]:
        profiles = sorted({profile.alias for one in found for profile in change.dependents(one.id)})
        if profiles and not force:
            raise ConnectionInUse(aliases=tuple(one.alias for one in found), profiles=tuple(profiles))
        return profiles

    return connections(context).delete(aliases, dependents)


def check(
    context: Context,
    provider: Provider,
    kept: Mapping[str, Setting],
    given: Taken,
    problems: dict[str, str],
    corrected: list[str] | None = None,
) -> Checked:
    """Return the settings to save: ``given`` over ``kept``, with certain mistakes corrected.

    Raises `InvalidConnection` with all problems, by field.
    """
    merged: Checked = dict(kept)
    literals: dict[str, str] = {}
    for key, value in given.items():
        field = provider.field(key)
        if field is None:
            problems[redact(key)] = _unknown(provider, key)
            continue
        try:
            setting = _accept(context, field, value)
        except (InvalidReference, NotOfType) as error:
            problems[key] = error.reason if isinstance(error, AiconnError) else str(error)
            continue
        if setting is None:
            merged.pop(key, None)
        else:
            merged[key] = setting
            if isinstance(setting, str) and not is_reference(setting):
                literals[key] = setting
    for key, known in known_keys_in(context, literals).items():
        problems[key] = f"holds {known}, and this field is not kept secret"
    for field in provider.fields:
        if field.is_required(merged) and field.key not in merged and field.key not in problems:
            problems[field.key] = "is required"
    try:
        found = problems_of(provider, merged)
    except PlugInFailed as failed:
        raise PlugInBroken(provider=provider.id, problem=str(failed), is_saving=True) from None
    problems.update({key: text for key, text in found.items() if key not in problems})
    if problems:
        raise InvalidConnection(problems)
    for correction in _corrections(provider, merged, literals):
        merged[correction.field] = escape(correction.value)
        if corrected is not None:
            corrected.append(correction.note)
    return merged


def _corrections(provider: Provider, merged: Checked, literals: Mapping[str, str]) -> list[Correction]:
    """Return the provider's corrections of the new literals, except those that would make the settings invalid."""
    if not literals:
        return []
    there = {key: value for key, value in merged.items() if isinstance(value, str)}
    try:
        found = list(provider.corrections({**there, **literals}))
    except Exception:
        return []
    given = {key for key, value in there.items() if key not in literals}
    return [each for each in found if provider.field(each.field) is not None and each.field not in given]


def require_settings(provider: Provider, keys: Collection[str]) -> None:
    """Raise `InvalidConnection` for keys that are not settings of the provider."""
    if problems := {redact(key): _unknown(provider, key) for key in keys if provider.field(key) is None}:
        raise InvalidConnection(problems)


def _unknown(provider: Provider, key: str) -> str:
    known = [field.key for field in provider.fields]
    return f"{provider.name} has no such setting. {_meant(key, known) or 'It has: ' + ', '.join(known) + '.'}"


_CALLED_ELSEWHERE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("base_url", "api_base", "azure_endpoint", "url", "host"), "endpoint"),
    **dict.fromkeys(("key", "token", "access_token"), "api_key"),
    **dict.fromkeys(("aws_region", "region_name"), "region"),
    "max_retries": "retries",
    "default_headers": "headers",
}
"""The name of a setting in SDKs and other tools -> its name here."""


def _meant(key: str, known: Collection[str]) -> str:
    """Return a hint for a key that is not a setting; '' without one."""
    name = key.lower().replace("-", "_")
    if name in ("model", "model_name", "deployment"):
        return f"A model belongs to a profile: {command('profile new ALIAS --connection A --model M')}"
    here = _CALLED_ELSEWHERE.get(name)
    return meant(here) if here in known else did_you_mean(key, known)


def is_blank(value: object) -> bool:
    """Whether a given value is empty, so that it removes a setting."""
    if isinstance(value, Secret):
        return value.is_blank
    return value is None or (isinstance(value, Typed) and not value.text.strip())


def _accept(
    context: Context, field: Field, value: Typed | int | float | bool | Secret | None
) -> Setting | Secret | None:
    """Return a given value in its stored form; None if there is nothing to save. Raises `NotOfType`, `InvalidReference`."""
    if is_blank(value):
        return None
    if isinstance(value, Secret):
        if not field.sensitive:
            raise NotOfType("takes no secret: it is stored and shown in the clear")
        return _literal_secret(context, field, value)
    if not isinstance(value, Typed):
        text = as_text(value)
        return _literal_secret(context, field, Secret(text)) if field.sensitive else convert(text, field)
    read = parse(value.text)
    if isinstance(read, Reference):
        if problem := misnamed(context, read.key):
            raise NotOfType(problem)
        if not field.sensitive and context.may_be_secret(read.key):
            raise NotOfType(
                f"{read} is a secret, and this field is shown: its name ends like that of a secret, or its value is in .env "
                "or the user secrets. Write the value here, or into a settings file under another name"
            )
        return str(read)
    if field.sensitive:
        return _literal_secret(context, field, Secret(read.text))
    if field.type == "headers":
        # A command is one line, in which \n stands for a line break.
        text = str(convert(read.text.replace("\\n", "\n"), field))
        _refuse_open_header(context, text)
        return text
    converted = convert(read.text, field)
    _refuse_hidden_secret(read.text)
    return escape(converted) if isinstance(converted, str) else converted


def _literal_secret(context: Context, field: Field, secret: Secret) -> Secret:
    """Return a sensitive literal. Raises `NotOfType` if it is clearly not the key itself."""
    if secret.satisfies(context.vault.looks_sealed):
        raise NotOfType("is sealed text, not the key itself; give the key again")
    if secret.satisfies(lambda text: MASK_LIKE.fullmatch(text.strip()) is not None):
        raise NotOfType("is a mask, not the key itself; leave the field alone to keep what is stored")
    if problem := unusable(secret):
        raise NotOfType(problem)
    if reference := name_as_value(context, secret, field.suggested_reference):
        raise NotOfType(f"is the name of a key, not the key itself: write {reference}")
    return secret


def _refuse_hidden_secret(text: str) -> None:
    """Raise `NotOfType` for a key in a field that is not sensitive: it would be stored and shown in the clear."""
    if shape_of(text):
        raise NotOfType("looks like a key, and this field is not kept secret; did you mean another field?")
    if problem := key_in_url(text):
        raise NotOfType(problem)


def _refuse_open_header(context: Context, text: str) -> None:
    """Raise `NotOfType` for a header with a secret value, which would be stored and shown in the clear, or a bad reference."""
    if name := headers.open_secret(text):
        reference = "".join(part.title() for part in name.split("-"))
        raise NotOfType(
            f"{name} looks secret, and headers are not kept secret: keep its value with "
            f"'{command('secret set', f'Headers:{reference}')}', and write {name}: $Headers:{reference}"
        )
    for name, value in headers.read(text).items():
        if value == "$":
            raise NotOfType(f"the value of {name} is a $ alone; $$ is a literal $")
        if is_reference(value) and (problem := misnamed(context, value[1:])):
            raise NotOfType(f"the value of {name} {problem}")


def _sealed(context: Context, checked: Checked, change: Change | None = None) -> dict[str, Setting]:
    """Return the settings to save with a change; without one, those of a draft."""
    sealed = {key: context.vault.seal(value) for key, value in checked.items() if isinstance(value, Secret)}
    if change is not None and context.store.is_shared:
        for value in sealed.values():
            change.trust(sealed_here(value))
    return {key: value for key, value in {**checked, **sealed}.items() if not isinstance(value, Secret)}


def switch(context: Context, aliases: Sequence[str], active: bool, expected: Mapping[str, int]) -> list[str]:
    """Enable or disable connections, all or none; unchanged ones are not saved again."""
    with context.store.change() as change:
        found = change.connections_called(aliases)
        for one in found:
            if one.active != active:
                change.put(replace(one, active=active), expected_version=expected.get(one.alias))
        return [one.alias for one in found]
