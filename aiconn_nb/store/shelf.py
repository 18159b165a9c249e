"""The entities of one kind, connections or profiles: lookup by id or alias, and the rules of a save."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Final, Generic, NamedTuple

from aiconn_nb.errors import (
    ConnectionChanged,
    ConnectionExists,
    ConnectionNotFound,
    InvalidConnection,
    InvalidProfile,
    Missing,
    ProfileChanged,
    ProfileExists,
    ProfileNotFound,
)
from aiconn_nb.model.connection import now
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.notices import note
from aiconn_nb.model.strict import Malformed

from .documents import CONNECTIONS, PROFILES, Deleted, Document, Entity, Layout


class ShelfKind(NamedTuple, Generic[Entity]):
    """The differences between the kinds: the layout, the word for it, and its errors."""

    layout: Layout[Entity]
    word: str
    missing: type[ConnectionNotFound] | type[ProfileNotFound]
    exists: type[ConnectionExists] | type[ProfileExists]
    changed: type[ConnectionChanged] | type[ProfileChanged]
    invalid: type[InvalidConnection] | type[InvalidProfile]


CONNECTION: Final = ShelfKind(
    CONNECTIONS, "connection", ConnectionNotFound, ConnectionExists, ConnectionChanged, InvalidConnection
)
PROFILE: Final = ShelfKind(PROFILES, "profile", ProfileNotFound, ProfileExists, ProfileChanged, InvalidProfile)


class Shelf(Generic[Entity]):
    """All entities of a kind, including deleted ones. A snapshot's shelf never changes; a change uses a `copy`."""

    def __init__(
        self, kind: ShelfKind[Entity], entities: Mapping[str, Entity], gone: Mapping[str, Deleted[Entity]]
    ) -> None:
        self.kind: ShelfKind[Entity] = kind
        self.gone: dict[str, Deleted[Entity]] = dict(gone)
        self._entities: dict[str, Entity] = dict(entities)
        self._ids = {entity.alias.lower(): entity.id for entity in entities.values()}
        self._sorted: tuple[Entity, ...] | None = None
        self.documents: dict[str, Document | None] = {}
        """The entities that changed after the last copy, in stored form, by id; None for one that is not among them any more."""
        self.gone_documents: dict[str, Document | None] = {}
        """The same for the deleted ones."""
        self.steps: list[tuple[str, Document, Document]] = []
        """(id, former state, its successor) of every save after the copy, in order."""
        self.former_aliases: Callable[[], Mapping[str, str]] = dict
        """Reads the former aliases: alias -> id."""

    def __repr__(self) -> str:
        return f"<Shelf of {len(self._entities)} {self.kind.word}s>"

    @property
    def has_twins(self) -> bool:
        """Whether two entities have the same alias, which only happens in a damaged file."""
        return len(self._ids) < len(self._entities)

    def copy(self) -> Shelf[Entity]:
        """A copy of the entities that can be changed."""
        made = copy(self)
        made.gone, made._entities, made._ids = dict(self.gone), dict(self._entities), dict(self._ids)
        made.documents, made.gone_documents, made.steps = {}, {}, []
        return made

    # ---- looking ------------------------------------------------------------------------------------------------------

    def all(self) -> tuple[Entity, ...]:
        """The entities by alias."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._entities.values(), key=lambda each: each.alias))
        return self._sorted

    def by_id(self, id: str) -> Entity | None:
        """The entity with this id, or None."""
        return self._entities.get(id)

    def by_alias(self, alias: str, other: Shelf[Any]) -> Entity:
        """The entity with this alias, in any case, or the one that had it before a rename, with a note.

        Raises the kind's "not found", naming an entity of the ``other`` kind, or the nearest.
        """
        if not isinstance(alias, str):
            raise self.kind.missing(why=Missing.NO_TEXT, found=type(alias).__name__)
        found = self.called(alias) or self.renamed_from(alias)
        if found is not None:
            return found
        raise self.kind.missing(
            alias=alias,
            nearest=nearest(alias, (entity.alias for entity in self._entities.values())),
            is_deleted=self.has_deleted(alias),
            elsewhere=other.spelled(alias),
        )

    @property
    def deleted(self) -> tuple[Deleted[Entity], ...]:
        """The deleted entities that can be restored, oldest deletion first."""
        return tuple(sorted(self.gone.values(), key=lambda each: each.moment))

    def has_deleted(self, alias: str) -> bool:
        """Whether a deleted entity, which can be restored, has this alias, in any case."""
        return any(gone.state.alias == alias.lower() for gone in self.gone.values())

    def is_taken(self, alias: str) -> bool:
        """Whether an entity has this alias (in lower case) now."""
        return alias in self._ids

    def called(self, alias: str) -> Entity | None:
        """The entity that has this alias now, in any case, or None."""
        id = self._ids.get(alias.lower())
        return None if id is None else self._entities[id]

    def renamed_from(self, alias: str) -> Entity | None:
        """The entity that had this alias, in any case, before a rename, with a note. None if another entity has taken the
        alias since, or if there is none."""
        if self.is_taken(alias.lower()):
            return None
        found = self._entities.get(self.former_aliases().get(alias.lower(), ""))
        if found is not None:
            note(f"The {self.kind.word} '{alias.lower()}' was renamed: it is '{found.alias}' now.")
        return found

    def spelled(self, alias: str) -> str:
        """The alias in the spelling of the entity that has it; '' if there is none."""
        found = self.called(alias)
        return found.alias if found is not None else ""

    # ---- changing -----------------------------------------------------------------------------------------------------

    def put(self, entity: Entity, author: str, expected_version: int | None) -> Entity:
        """Save an entity: a new one as version 1, else as the next version. An unchanged one is left alone."""
        former = self._entities.get(entity.id)
        self._check(entity, former, expected_version)
        since, moment = entity.created if former is None else former.modified, now()
        if since.utcoffset() is not None:  # otherwise it does not fit
            moment = max(moment, since)  # a clock that was set back must not date a save before the previous one
        ours: dict[str, Any] = {"version": 1, "modified": moment, "modified_by": author}
        if former is not None:
            ours |= {"version": former.version + 1, "created": former.created}
        saved = replace(entity, **ours)
        if former is not None and saved == replace(former, **ours):
            return former
        document = self._fit(saved)
        if former is not None:
            self.steps.append((saved.id, self.kind.layout.to_document(former), document))
        self._place(saved, document)
        return saved

    def _check(self, entity: Entity, former: Entity | None, expected_version: int | None) -> None:
        if former is None and (entity.id in self.gone or expected_version is not None):
            raise self.kind.changed(alias=entity.alias)
        if former is not None and expected_version not in (None, former.version):
            raise self.kind.changed(alias=former.alias, version=former.version, expected=expected_version or 0)
        for field in ("provider", "capability"):
            if former is not None and getattr(entity, field, None) != getattr(former, field, None):
                raise self.kind.invalid({field: f"never changes: make a new {self.kind.word} instead"})

    def _fit(self, entity: Entity, *, is_undeleting: bool = False) -> Document:
        """The stored form of an entity. Refuses one that could not be stored or read back."""
        layout, problems = self.kind.layout, {}
        try:
            document = layout.to_document(entity)
            layout.from_document(document, entity.id)
        except Malformed as malformed:
            problems[malformed.field] = malformed.problem
        if problems:
            raise self.kind.invalid(problems)
        self.require_free(entity.alias, entity.id, is_undeleting=is_undeleting)
        return document

    def require_free(self, alias: str, id: str = "", *, is_undeleting: bool = False) -> None:
        """Raise the kind's "exists" if an entity other than ``id`` has the alias, in any case."""
        holder = self._ids.get(alias.lower(), id)
        if holder != id:
            raise self.kind.exists(alias=self._entities[holder].alias, is_undeleting=is_undeleting)

    def remove(self, id: str, author: str) -> Entity:
        """Move an entity to the deleted ones. Raises the kind's "not found"."""
        entity = self._entities.get(id)
        if entity is None:
            raise self.kind.missing(why=Missing.GONE)
        self._take(entity)
        # Not before its last save: after a clock was set back and then corrected, the entity would expire at once.
        self.gone[id] = Deleted(entity, max(now(), entity.modified), author)
        self.gone_documents[id] = self.kind.layout.deleted_document(self.gone[id])
        return entity

    def restore(self, id: str) -> Entity:
        """Restore a deleted entity as it was. Raises the kind's "not found" and "exists"."""
        gone = self.gone.get(id)
        if gone is None:
            raise self.kind.missing(why=Missing.NOT_DELETED)
        document = self._fit(gone.state, is_undeleting=True)
        del self.gone[id]
        self.gone_documents[id] = None
        self._place(gone.state, document)
        return gone.state

    def forget(self, ids: Collection[str]) -> None:
        """Purge the deleted entities with these ids."""
        for id in self.gone.keys() & ids:
            del self.gone[id]
            self.gone_documents[id] = None

    def _place(self, entity: Entity, document: Document) -> None:
        former = self._entities.get(entity.id)
        if former is not None:
            self._take(former)
        self._entities[entity.id] = entity
        self._ids[entity.alias.lower()] = entity.id
        self._sorted = None
        self.documents[entity.id] = document

    def _take(self, entity: Entity) -> None:
        del self._entities[entity.id]
        del self._ids[entity.alias.lower()]
        self.documents[entity.id] = None
        self._sorted = None
