"""A bundle: connections to share. It is built from an allow list, so an unknown field cannot get in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiconn_nb.errors import BundleError, BundleTooLarge, ProviderError
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, Setting, references
from aiconn_nb.model.field import Field
from aiconn_nb.model.frames import ONLY_USERS_FRAMES
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, redact, without
from aiconn_nb.model.url import key_in_url
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_secrets import known_secrets
from aiconn_nb.session.results import Result
from aiconn_nb.store.snapshot import Snapshot

from .bundle_file import LARGEST, hidden_in, without_hidden, write_bundle
from .bundle_layout import MOST, SCHEMA, offer_from

Value = str | int | float | bool


@dataclass(frozen=True, slots=True, repr=False)
class Bundle(Result):
    """Connections, and profiles that use them, without a key."""

    document: Mapping[str, Any]
    left_out: tuple[str, ...] = ()
    """What is left out, and why."""
    written: str = ""
    """The path of the written file; '' without one."""

    @property
    def text(self) -> str:
        """The content of the bundle's file."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Bundle:
        """Write it to a file, all or nothing. Raises `BundleError`."""
        with ONLY_USERS_FRAMES:
            return replace(self, written=write_bundle(path, self.text, overwrite=overwrite))

    def data(self) -> Any:
        return self.document

    @property
    def content(self) -> str:
        """Without a file, the result is the bundle itself, to read or copy."""
        return "" if self.written else self.text


def export(context: Context, aliases: Sequence[str], *, profiles: bool = True) -> Bundle:
    """Return a bundle of the named connections, or of all if there are no names; see `Session.export`."""
    snapshot = context.store.read()
    chosen = snapshot.connections_called(aliases) if aliases else list(snapshot.connections)
    is_key = _key_test(context)
    left_out: list[str] = []
    connections: list[dict[str, Any]] = []
    needed: dict[str, tuple[str, list[str]]] = {}
    exported: dict[str, str] = {}
    for connection in chosen:
        try:
            fields = context.registry.get(connection.provider).fields
        except ProviderError as error:
            left_out.append(f"{connection.alias}: {error.what} It is not known which of its settings are secret.")
            continue
        document = _connection_document(connection, fields, is_key, left_out)
        if reason := _unreadable("connections", document):
            left_out.append(f"{connection.alias}: {reason}.")
            continue
        connections.append(document)
        exported[connection.id] = connection.alias
        for key, written in references(document["settings"]).items():
            needed.setdefault(fold(written), (written[1:], []))[1].append(f"{connection.alias}.{key}")
    document = {
        "aiconn_bundle": SCHEMA,
        "connections": connections,
        "keys": [{"key": key, "needed_by": users} for key, users in needed.values()],
    }
    if profiles:
        found = list(_profile_documents(snapshot, exported, is_key, left_out))
        document |= {"profiles": found} if found else {}
        # Only if present: an older release refuses unknown fields.
        exported_profiles = {each["alias"] for each in found}
        defaults = {
            str(each.capability): each.alias
            for each in snapshot.profiles
            if snapshot.defaults.get(each.capability) == each.id and each.alias in exported_profiles
        }
        document |= {"defaults": defaults} if defaults else {}
    bundle = Bundle(document, tuple(left_out))
    if len(bundle.text.encode()) > LARGEST or len(connections) > MOST:
        raise BundleTooLarge
    return bundle


def _unreadable(kind: str, document: Mapping[str, Any]) -> str:
    """Return why an entry could not be imported again, or ''."""
    if problem := hidden_in(document):
        return problem
    try:
        offer_from({"aiconn_bundle": SCHEMA, "connections": [], kind: [document]})
    except BundleError as error:
        return error.reason
    return ""


def _connection_document(
    connection: Connection, fields: Sequence[Field], is_key: Callable[[str], bool], left_out: list[str]
) -> dict[str, Any]:
    settings: dict[str, Value] = {}
    missing = []
    for field in fields:
        value = connection.settings.get(field.key)
        if value is None:
            continue
        reason = _why_not(field, value, is_key)
        if reason:
            missing.append(field.key)
            left_out.append(f"{connection.alias}.{field.key} {reason}.")
        elif not isinstance(value, Sealed):
            settings[field.key] = value
    # An emoji of several parts has invisible joiners.
    name = without_hidden(connection.name).strip() or connection.alias
    if is_key(name):
        name = connection.alias
        left_out.append(f"the name of {connection.alias}, which looks like a key.")
    return {
        "alias": connection.alias,
        "name": name,
        "provider": connection.provider,
        "active": connection.active,
        "settings": settings,
        **({"to_be_supplied": missing} if missing else {}),
    }


def _why_not(field: Field, value: Setting, is_key: Callable[[str], bool]) -> str:
    """Return why a setting must not leave this machine, in words that follow its name; '' if it may."""
    if isinstance(value, Sealed) or (field.sensitive and not is_reference(value)):
        return "is sealed"
    if isinstance(value, str) and (is_key(value) or (is_reference(value) and shown_name(value) != value)):
        return "looks like a key, or has one in it"
    return ""


def _key_test(context: Context) -> Callable[[str], bool]:
    """Whether a text looks like a key, or contains a key that this machine knows."""
    secrets = [each.secret for each in known_secrets(context)]

    def is_key(text: str) -> bool:
        return without(text, secrets) != text or redact(text) != text or bool(key_in_url(text))

    return is_key


def _profile_documents(
    snapshot: Snapshot, exported: Mapping[str, str], is_key: Callable[[str], bool], left_out: list[str]
) -> Iterator[dict[str, Any]]:
    for profile in snapshot.profiles:
        aliases = [exported[id] for id in profile.connections if id in exported]
        if not aliases:
            continue
        if any(map(is_key, (profile.name, profile.model, *profile.models.values(), *profile.tags))):
            left_out.append(f"the profile {profile.alias}, which has what looks like a key in its name, model or tags.")
            continue
        if len(aliases) < len(profile.connections):
            left_out.append(f"connections of the profile {profile.alias} that are not exported.")
        document = _profile_document(profile, exported, is_key, left_out)
        if reason := _unreadable("profiles", document):
            left_out.append(f"the profile {profile.alias}: {reason}.")
            continue
        yield document


def _profile_document(
    profile: Profile, exported: Mapping[str, str], is_key: Callable[[str], bool], left_out: list[str]
) -> dict[str, Any]:
    models = {exported[id]: model for id, model in profile.models.items() if id in exported}
    options = {key: value for key, value in profile.options.items() if not (isinstance(value, str) and is_key(value))}
    left_out += [
        f"{profile.alias}.{key} looks like a key, or has one in it." for key in profile.options if key not in options
    ]
    return {
        "alias": profile.alias,
        "name": without_hidden(profile.name).strip() or profile.alias,
        "capability": str(profile.capability),
        "connections": [exported[id] for id in profile.connections if id in exported],
        "model": profile.model,
        # Only if present: an older release refuses unknown fields.
        **({"models": models} if models else {}),
        "options": options,
        "tags": list(profile.tags),
    }
