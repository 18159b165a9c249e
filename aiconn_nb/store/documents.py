"""Conversion of values to documents and back. Data from the disk is read strictly; see `aiconn_nb.model.strict`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection, Setting, alias_problem
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import Sealed
from aiconn_nb.model.strict import Malformed, entries, moment_of, one_of, plain, shaped, text_of, typed

if TYPE_CHECKING:
    from aiconn_nb.model.profile import Profile

Document = dict[str, Any]
Entity = TypeVar("Entity", Connection, "Profile")

_ID: Final = late(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_SEALED: Final = "sealed"


class Deleted(NamedTuple, Generic[Entity]):
    """A deleted entity as it was, with the time and author of the deletion."""

    state: Entity
    moment: datetime
    by: str


def connection_document(connection: Connection) -> Document:
    """A connection in stored form. Raises `Malformed` for a setting that must not or cannot be stored."""
    return {
        "alias": connection.alias,
        "name": connection.name,
        "provider": connection.provider,
        "settings": {
            key: {_SEALED: value.token} if isinstance(value, Sealed) else plain(value, key)
            for key, value in connection.settings.items()
        },
        "active": connection.active,
        **_stamps_out(connection),
    }


def connection_from(document: Document, id: str) -> Connection:
    """The connection in a document. Raises `Malformed`."""
    shaped(document, _CONNECTION)
    return Connection(
        alias=_alias(document),
        name=document["name"],
        provider=document["provider"],
        settings={key: _setting_in(key, value) for key, value in document["settings"].items()},
        active=document["active"],
        **_stamps_in(document, id),
    )


def profile_document(profile: Profile) -> Document:
    """A profile in stored form."""
    return {
        "alias": profile.alias,
        "name": profile.name,
        "capability": str(profile.capability),
        "connections": list(profile.connections),
        "model": profile.model,
        "options": dict(profile.options),
        "tags": list(profile.tags),
        # Only if there are any: 0.1.0 can read a store without them.
        **({"models": dict(profile.models)} if profile.models else {}),
        **_stamps_out(profile),
    }


def profile_from(document: Document, id: str) -> Profile:
    """The profile in a document. Raises `Malformed`."""
    from aiconn_nb.model.profile import Profile  # many stores have none

    shaped(document, _PROFILE, ("models",))
    return Profile(
        alias=_alias(document),
        name=document["name"],
        capability=one_of(Capability, document["capability"], "capability"),
        connections=entries(document, "connections", text_of),
        model=document["model"],
        options={key: plain(value, key) for key, value in document["options"].items()},
        tags=entries(document, "tags", text_of),
        models=_models(document) if "models" in document else {},
        **_stamps_in(document, id),
    )


_STAMPS: Final = {"created": str, "modified": str, "modified_by": str, "version": int}
_CONNECTION: Final = {"alias": str, "name": str, "provider": str, "settings": dict, "active": bool, **_STAMPS}
_PROFILE: Final = {
    "alias": str,
    "name": str,
    "capability": str,
    "connections": list,
    "model": str,
    "options": dict,
    "tags": list,
    **_STAMPS,
}


class Layout(Generic[Entity]):
    """The stored form of one kind of entity: its table, and both conversions."""

    def __init__(
        self, table: str, to_document: Callable[[Entity], Document], from_document: Callable[[Document, str], Entity]
    ) -> None:
        self.table = table
        self.to_document: Callable[[Entity], Document] = to_document
        self.from_document: Callable[[Document, str], Entity] = from_document

    def deleted_document(self, deleted: Deleted[Entity]) -> Document:
        """A deleted entity in stored form."""
        return {
            "state": self.to_document(deleted.state),
            "deleted": deleted.moment.isoformat(),
            "deleted_by": deleted.by,
        }

    def deleted_from(self, document: Document, id: str) -> Deleted[Entity]:
        """The deleted entity in a document. Raises `Malformed`."""
        shaped(document, _DELETED)
        state = self.from_document(document["state"], id)
        return Deleted(state, moment_of(document["deleted"], "deleted"), document["deleted_by"])


_DELETED: Final = {"state": dict, "deleted": str, "deleted_by": str}

CONNECTIONS: Final = Layout("connections", connection_document, connection_from)
PROFILES: Final = Layout("profiles", profile_document, profile_from)


def default_from(document: Document) -> str:
    """The id of a default profile. Raises `Malformed`."""
    profile: str = shaped(document, {"profile": str})["profile"]
    return profile


_HERE: Final = "here"


def sealed_here(value: Sealed) -> tuple[str, str]:
    """The pair of a value in a team's store that the user of this home has sealed. No host has this name."""
    return f"sealed#{value.digest}", _HERE


def is_sealed_here(pair: tuple[str, str]) -> bool:
    """Whether a pair is one of `sealed_here`, and not what may be sent to a host."""
    return pair[1] == _HERE


def sealed_in(stored: object) -> Iterator[Sealed]:
    """The sealed values in documents, at any depth."""
    if isinstance(stored, dict):
        if stored.keys() == {_SEALED} and isinstance(stored[_SEALED], str):
            yield Sealed(stored[_SEALED])
        stored = [*stored.values()]
    if isinstance(stored, list):
        for each in stored:
            yield from sealed_in(each)


def trusted_from(document: Document) -> tuple[str, str]:
    """A trusted pair: what may be sent (a reference or a sealed field), and the host. Raises `Malformed`."""
    shaped(document, {"what": str, "host": str})
    return document["what"], document["host"]


def trusted_document(pair: tuple[str, str]) -> Document:
    """A trusted pair in stored form."""
    return {"what": pair[0], "host": pair[1]}


# ---- parts ------------------------------------------------------------------------------------------------------------


def _stamps_out(entity: Connection | Profile) -> Document:
    return {
        "created": entity.created.isoformat(),
        "modified": entity.modified.isoformat(),
        "modified_by": entity.modified_by,
        "version": entity.version,
    }


def _stamps_in(document: Document, id: str) -> dict[str, Any]:
    # An id becomes a file's name in the history, so it must not contain a path.
    if not _ID.fullmatch(id):
        raise Malformed("id", "is not one of ours")
    version = document["version"]
    if version < 1:
        raise Malformed("version", "is less than 1")
    return {
        "id": id,
        "created": moment_of(document["created"], "created"),
        "modified": moment_of(document["modified"], "modified"),
        "modified_by": document["modified_by"],
        "version": version,
    }


def _setting_in(key: str, value: Any) -> Setting:
    if isinstance(value, dict) and value.keys() == {_SEALED} and type(value[_SEALED]) is str:
        return Sealed(value[_SEALED])
    return plain(value, key)


def _models(document: Document) -> dict[str, str]:
    return {id: text_of(model, "models") for id, model in typed(document, "models", dict).items()}


def _alias(document: Document) -> str:
    alias: str = document["alias"]
    if problem := alias_problem(alias):
        raise Malformed("alias", problem)
    return alias
