"""Values as documents and back. What comes from the disk is believed in nothing: exact keys, exact types, or `Malformed`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from aiconn_nb.model.connection import Connection, Setting, alias_problem
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.model.secret import Sealed

Document = dict[str, Any]
Entity = TypeVar("Entity", Connection, Profile)

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_SEALED: Final = "sealed"


class Malformed(Exception):
    """A document, or a value that is to become one, breaks the layout. Names the field, never its value."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Gone(Generic[Entity]):
    """Something deleted, as it was, when and by whom."""

    state: Entity
    moment: datetime
    by: str


def connection_document(connection: Connection) -> Document:
    """A connection as it is stored. Raises `Malformed` for a setting that must not or cannot be."""
    return {
        "alias": connection.alias,
        "name": connection.name,
        "provider": connection.provider,
        "settings": {key: _setting_out(key, value) for key, value in connection.settings.items()},
        "active": connection.active,
        **_stamps_out(connection),
    }


def connection_from(document: Document, id: str) -> Connection:
    """The connection in a document. Raises `Malformed`."""
    _exactly(document, _CONNECTION_KEYS)
    return Connection(
        alias=_alias(document),
        name=_text(document, "name"),
        provider=_text(document, "provider"),
        settings={key: _setting_in(key, value) for key, value in _mapping(document, "settings").items()},
        active=_typed(document, "active", bool),
        **_stamps_in(document, id),
    )


def profile_document(profile: Profile) -> Document:
    """A profile as it is stored."""
    return {
        "alias": profile.alias,
        "name": profile.name,
        "capability": str(profile.capability),
        "connections": list(profile.connections),
        "model": profile.model,
        "options": dict(profile.options),
        "tags": list(profile.tags),
        **_stamps_out(profile),
    }


def profile_from(document: Document, id: str) -> Profile:
    """The profile in a document. Raises `Malformed`."""
    _exactly(document, _PROFILE_KEYS)
    return Profile(
        alias=_alias(document),
        name=_text(document, "name"),
        capability=capability_from(document.get("capability")),
        connections=_texts(document, "connections"),
        model=_text(document, "model"),
        options={key: _plain(key, value) for key, value in _mapping(document, "options").items()},
        tags=_texts(document, "tags"),
        **_stamps_in(document, id),
    )


_STAMPS: Final = frozenset({"created", "modified", "modified_by", "version"})
_CONNECTION_KEYS: Final = _STAMPS | {"alias", "name", "provider", "settings", "active"}
_PROFILE_KEYS: Final = _STAMPS | {"alias", "name", "capability", "connections", "model", "options", "tags"}


@dataclass(frozen=True, slots=True)
class Layout(Generic[Entity]):
    """How one kind of entity is stored: its table, and both directions."""

    table: str
    to_document: Callable[[Entity], Document]
    from_document: Callable[[Document, str], Entity]

    def checked(self, entity: Entity) -> Document:
        """The document of an entity that can be read back for sure. Raises `Malformed`."""
        document = self.to_document(entity)
        self.from_document(document, entity.id)
        return document

    def gone_document(self, gone: Gone[Entity]) -> Document:
        """Something deleted as it is stored."""
        return {
            "state": self.to_document(gone.state),
            "deleted": gone.moment.isoformat(),
            "deleted_by": gone.by,
        }

    def gone_from(self, document: Document, id: str) -> Gone[Entity]:
        """Something deleted, from its document. Raises `Malformed`."""
        _exactly(document, _GONE_KEYS)
        state = self.from_document(_mapping(document, "state"), id)
        return Gone(state, _moment(document, "deleted"), _text(document, "deleted_by"))


_GONE_KEYS: Final = frozenset({"state", "deleted", "deleted_by"})

CONNECTIONS: Final = Layout("connections", connection_document, connection_from)
PROFILES: Final = Layout("profiles", profile_document, profile_from)


def capability_from(value: object) -> Capability:
    """The capability of this name. Raises `Malformed`."""
    if isinstance(value, str) and value in (known := {str(each): each for each in Capability}):
        return known[value]
    raise Malformed("capability", "is not one of " + ", ".join(Capability))


def default_from(document: Document) -> str:
    """The id of a default profile. Raises `Malformed`."""
    _exactly(document, frozenset({"profile"}))
    return _text(document, "profile")


def trusted_from(document: Document) -> tuple[str, str]:
    """A trusted pair: what is sent (a reference or a sealed field), and the host it may go to. Raises `Malformed`."""
    _exactly(document, frozenset({"what", "host"}))
    return _text(document, "what"), _text(document, "host")


def trusted_document(pair: tuple[str, str]) -> Document:
    """A trusted pair as it is stored."""
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
    # An id becomes a file's name in the history, so it must not lead elsewhere.
    if not _ID.fullmatch(id):
        raise Malformed("id", "is not one of ours")
    version = _typed(document, "version", int)
    if version < 1:
        raise Malformed("version", "is less than 1")
    return {
        "id": id,
        "created": _moment(document, "created"),
        "modified": _moment(document, "modified"),
        "modified_by": _text(document, "modified_by"),
        "version": version,
    }


def _setting_out(key: str, value: Setting) -> Any:
    return {_SEALED: value.token} if isinstance(value, Sealed) else _plain(key, value)


def _setting_in(key: str, value: Any) -> Setting:
    if isinstance(value, dict) and value.keys() == {_SEALED} and type(value[_SEALED]) is str:
        return Sealed(value[_SEALED])
    return _plain(key, value)


def _plain(key: str, value: Any) -> str | int | float | bool:
    """The value itself where it is plain; above all no `Secret`, which must be sealed first."""
    if type(key) is not str:
        raise Malformed("a setting's key", "is not text")
    if type(value) is float and value - value != 0:
        raise Malformed(key, "is not a finite number")
    if type(value) is int and value.bit_length() > 64:
        raise Malformed(key, "is too large a number")
    if type(value) in (str, int, float, bool):
        return value  # type: ignore[no-any-return]
    raise Malformed(key, "is neither text, a number, true or false, nor sealed")


def _exactly(document: Document, keys: frozenset[str]) -> None:
    if document.keys() != keys:
        missing = sorted(keys - document.keys())
        raise Malformed(missing[0], "is missing") if missing else Malformed("a field", "is unknown")


def _typed(document: Document, field: str, wanted: type[Any]) -> Any:
    if type(document[field]) is not wanted:
        raise Malformed(field, "is of the wrong type")
    return document[field]


def _text(document: Document, field: str) -> str:
    return str(_typed(document, field, str))


def _texts(document: Document, field: str) -> tuple[str, ...]:
    texts = _typed(document, field, list)
    if not all(type(text) is str for text in texts):
        raise Malformed(field, "is of the wrong type")
    return tuple(texts)


def _mapping(document: Document, field: str) -> dict[str, Any]:
    return dict(_typed(document, field, dict))


def _alias(document: Document) -> str:
    problem = alias_problem(_text(document, "alias"))
    if problem:
        raise Malformed("alias", problem)
    return _text(document, "alias")


def _moment(document: Document, field: str) -> datetime:
    text = _text(document, field)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.utcoffset() is None:
        raise Malformed(field, "is no moment with a time zone")
    return moment
