"""Creating, changing and deleting profiles: the rules of what may be saved."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import InvalidProfile
from aiconn_nb.features.arguments import texts_in
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import ALIAS_LENGTH, Connection, alias_problem, name_problem
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.secret import holds_key, redact
from aiconn_nb.session.context import Context
from aiconn_nb.session.differences import differences
from aiconn_nb.session.known_secrets import known_keys_in

from .health import alias_of
from .kind import profiles, with_model
from .options import Given, merged, offered

if TYPE_CHECKING:
    from aiconn_nb.store.change import Change
    from aiconn_nb.store.snapshot import Snapshot

TAGS_AT_MOST = 20
_LOOKS_LIKE_A_KEY = "looks like a key, and a profile is not kept secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The values to save. None keeps the stored value."""

    alias: str | None = None
    name: str | None = None
    capability: Capability | None = None
    connections: str | Sequence[str] | None = None
    """Aliases in order, each optionally with its own model after the first ``=``; text is a list with commas."""
    model: str | None = None
    options: Given | None = None
    tags: str | Sequence[str] | None = None


def create(
    context: Context, draft: Draft, *, default: bool = False, update: bool = False, again: bool = True
) -> tuple[Profile, str]:
    """Save a new profile, optionally as the default of its capability, and report what was done; see
    `Session.create_profile`."""
    capability = draft.capability or Capability.CHAT
    alias = draft.alias or ""
    with context.store.change() as change:
        empty = Profile(alias=alias, name=alias, capability=capability, connections=(), model="")
        wanted = checked(context, change, empty, draft, is_new=True)
        there = profiles(context).called(change, alias) if again else None
        if there is None:
            made, verb = change.put_profile(wanted), "created"
        else:
            made, verb = _create_again(context, change, there, wanted, draft, default=default, update=update)
        if default and verb != "unchanged":
            change.set_default(capability, made.id)
        return made, verb


def _create_again(
    context: Context, change: Change, there: Profile, new: Profile, draft: Draft, *, default: bool, update: bool
) -> tuple[Profile, str]:
    """`Collection.create_again` for profiles, which may also differ in being the default."""
    wanted = replace(
        there,
        name=there.name if draft.name is None else new.name,
        capability=new.capability,
        connections=new.connections,
        model=new.model,
        models=new.models,
        options=new.options,
        tags=new.tags,
    )
    is_default = change.defaults.get(there.capability) == there.id
    differ = differences(
        {**_fields(change, there), "default": is_default},
        {**_fields(change, wanted), "default": is_default or default},
    )
    is_fixed = there.capability != new.capability
    return profiles(context).create_again(change, there, lambda: wanted, differ, is_fixed=is_fixed, update=update)


def _fields(snapshot: Snapshot, profile: Profile) -> dict[str, object]:
    """Return the fields in which two profiles with one alias may differ."""
    aliases = {each.id: each.alias for each in snapshot.connections}
    return {
        "name": profile.name,
        "capability": str(profile.capability),
        "connections": tuple(
            with_model(aliases.get(id, "a deleted one"), profile.models.get(id)) for id in profile.connections
        ),
        "model": profile.model,
        **profile.options,
        "tags": tuple(profile.tags),
    }


def edit(context: Context, alias: str, draft: Draft, *, expected_version: int | None) -> Profile:
    """Save a change; see `Session.edit_profile`."""
    with context.store.change() as change:
        made = checked(context, change, change.profile(alias), draft, is_new=False)
        return change.put_profile(made, expected_version=expected_version)


def duplicate(context: Context, alias: str, new_alias: str | None, *, name: str | None) -> Profile:
    """Save a copy under another alias; by default, a free one. The copy is not a default."""

    def save(change: Change, former: Profile, copy: Profile) -> Profile:
        draft = Draft(alias=copy.alias, name=copy.name)
        return change.put_profile(checked(context, change, copy, draft, is_new=False))

    return profiles(context).duplicate(alias, new_alias, name, save)


def delete(context: Context, aliases: Sequence[str]) -> tuple[list[Profile], list[Profile]]:
    """Delete profiles, all or none. Returns them, and those of them that were a default."""

    def defaults(change: Change, found: Sequence[Profile]) -> list[Profile]:
        return [each for each in found if change.defaults.get(each.capability) == each.id]

    return profiles(context).delete(aliases, defaults)


def make_default(context: Context, alias: str, capability: Capability | None) -> tuple[Profile, Profile | None]:
    """Make a profile the default of its capability. Returns it and the former default, if that was another one."""
    with context.store.change() as change:
        profile = change.profile(alias)
        former = change.profile_by_id(change.defaults.get(profile.capability, ""))
        change.set_default(capability or profile.capability, profile.id)
        return profile, None if former == profile else former


def no_default(context: Context, capability: Capability) -> Profile | None:
    """Remove the default of a capability. Returns the former default."""
    with context.store.change() as change:
        former = change.profile_by_id(change.defaults.get(capability, ""))
        if former is not None:
            change.set_default(capability, None)
        return former


# ---- rules ------------------------------------------------------------------------------------------------------------


def checked(context: Context, snapshot: Snapshot, current: Profile, draft: Draft, *, is_new: bool) -> Profile:
    """Return the current profile with the changes of a draft; it is not saved. ``is_new``: connections and model are required.

    Raises `InvalidProfile` with all problems, by field.
    """
    problems: dict[str, str] = {}
    alias = current.alias if draft.alias is None else draft.alias
    if problem := alias_problem(alias) or (_key_in(alias) if draft.alias is not None else ""):
        problems["alias"] = problem
    name = (alias if is_new else current.name) if draft.name is None else draft.name.strip()
    if "alias" not in problems or draft.name is not None:
        _note(problems, "name", name_problem(name) or _key_in(name))
    if draft.capability not in (None, current.capability):
        problems["capability"] = (
            f"never changes ('{current.alias}' is for {current.capability}): make a new profile instead"
        )
    connections, models = current.connections, dict(current.models)
    if draft.connections is not None or is_new:
        given = () if draft.connections is None else draft.connections
        connections = _connections(context, snapshot, current.capability, given, problems, models)
    model = current.model if draft.model is None else draft.model.strip()
    if model:
        _note(problems, "model", _model_problem(model))
    elif not models:
        problems["model"] = "is missing"
    elif nameless := [alias_of(snapshot, id) for id in connections if id not in models]:
        problems["model"] = f"is missing for {', '.join(nameless)}: name one for all, or ALIAS=MODEL"
    named = [each for each in snapshot.connections if each.id in connections]
    offers = offered(context, named, current.capability)
    options = merged(current.capability, current.options, draft.options or {}, problems, offers)
    tags = current.tags if draft.tags is None else _tags(draft.tags, problems)
    texts = {
        "alias": draft.alias or "",
        "name": draft.name or "",
        "model": draft.model or "",
        "connections": " ".join(set(models.values()) - set(current.models.values())),
        "tags": " ".join(tags),
    }
    texts |= {
        key: value for key, value in options.items() if isinstance(value, str) and value != current.options.get(key)
    }
    for key, known in known_keys_in(context, texts).items():
        problems.setdefault(key, f"holds {known}, and a profile is not kept secret")
    if problems:
        raise InvalidProfile(problems)
    return replace(
        current,
        alias=alias,
        name=name,
        connections=connections,
        model=model,
        models=models,
        options=options,
        tags=tags,
    )


def _note(problems: dict[str, str], field: str, problem: str) -> None:
    if problem:
        problems[field] = problem


def _key_in(text: str) -> str:
    """Return the problem of a text that contains a key; '' if it contains none."""
    return _LOOKS_LIKE_A_KEY if holds_key(text) else ""


def _model_problem(model: str) -> str:
    """Return the problem of a model's name; '' if there is none. A reference would be sent as it is written."""
    if model.startswith("$"):
        return "takes no reference: write the model's name, for each connection its own (A=MODEL) if they differ"
    return name_problem(model) or _key_in(model)


def words_of(name: str, given: str | Sequence[str]) -> list[str]:
    """Split ``a,b`` or ``["a", "b"]`` into words without blanks around them; empty ones are left out."""
    texts = given.split(",") if isinstance(given, str) else texts_in(name, given)
    return [word for text in texts if (word := text.strip())]


def _connections(
    context: Context,
    snapshot: Snapshot,
    capability: Capability,
    given: str | Sequence[str],
    problems: dict[str, str],
    models: dict[str, str],
) -> tuple[str, ...]:
    """Return the ids of the named connections. Each must exist, be named once, and have the capability.

    ``models`` has the current models of individual connections, by id, and is updated: ``A=MODEL`` sets one, ``A=`` removes it,
    and ``A`` alone keeps it.
    """
    known = {each.alias: each for each in snapshot.connections}
    found: list[Connection] = []
    wrong: list[str] = []
    for word in words_of("connections", given):
        # Only the first one: model ids have colons, dots and slashes, and some have an equals sign.
        alias, equals, model = (part.strip() for part in word.partition("="))
        connection = known.get(alias.lower()) or snapshot.connection_renamed_from(alias)
        if connection is None:
            meant = did_you_mean(alias, known)
            # Part of a key is not recognized as a key. So a long word is not shortened, and the whole word is checked.
            is_shown = len(alias) <= ALIAS_LENGTH and not known_keys_in(context, {"": word})
            named = f" '{redact(alias)}'" if is_shown else f" with a name of {len(alias):,} characters"
            wrong.append(f"there is no connection{named}{'. ' if meant else ''}{meant}")
        elif connection in found:
            wrong.append(f"{connection.alias} is named twice")
        elif not context.can(connection, capability):
            wrong.append(f"{connection.alias} cannot be used for {capability}: {connection.provider} does not offer it")
        elif model and (problem := _model_problem(model)):
            wrong.append(f"the model of {connection.alias} {problem}")
        else:
            found.append(connection)
            if model:
                models[connection.id] = model
            elif equals:
                models.pop(connection.id, None)
    for id in models.keys() - {each.id for each in found}:
        del models[id]
    if not found and not wrong:
        wrong.append("at least one is needed" if known else "at least one is needed, and there is none yet")
    _note(problems, "connections", "; ".join(wrong))
    return tuple(each.id for each in found)


def _tags(given: str | Sequence[str], problems: dict[str, str]) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(words_of("tags", given)))
    if len(tags) > TAGS_AT_MOST:
        problems["tags"] = f"are {len(tags)}, at most {TAGS_AT_MOST} are allowed"
    elif any(len(tag) > 50 or any(unicodedata.category(c) == "Cc" for c in tag) for tag in tags):
        problems["tags"] = "have at most 50 characters each, and no control characters"
    elif any(_key_in(tag) for tag in tags):
        problems["tags"] = _LOOKS_LIKE_A_KEY
    return tags
