"""Rotating a key: the new key is tested first, and replaces the old one only if it passes. A failed test changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiconn_nb.errors import (
    HiddenByOwn,
    InvalidConnection,
    KeysTogether,
    NewKeyFailed,
    NewKeyUntested,
    NoKeyToRotate,
    NoNewKey,
    NotToAReference,
    Outcome,
    PlaceNotWritable,
    SameReference,
    SeveralKeys,
)
from aiconn_nb.features import connections
from aiconn_nb.features.arguments import texts_by_name
from aiconn_nb.features.checks import Progress, Tested, run_tests
from aiconn_nb.features.connections import Taken, Typed
from aiconn_nb.features.environments import place
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.reference import is_reference, parse_secret
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.cell import written_in_cell
from aiconn_nb.session.context import Context, UserSecretSource
from aiconn_nb.session.results import Result

from .places import Place, save

WhichModel = Callable[[str], str]
"""Called with the reason if the test cannot tell; returns a model for a test with one token, or ''."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The values to replace: fields of one connection that belong together."""

    connection: Connection
    fields: tuple[Field, ...]
    """The fields that need a new value; empty if all get references."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Field key -> the reference that replaces the stored value."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Field key -> where the new value goes, for fields whose reference stays."""
    left_alone: tuple[str, ...] = ()
    """What keeps the old key, as sentences."""


@dataclass(frozen=True, slots=True, repr=False)
class Rotated(Result):
    """The result of a rotation."""

    alias: str
    kept: tuple[tuple[str, str], ...]
    """Per field, the location of the new value: ``sealed``, a reference, or a user secret; ``taken away`` if it was removed."""
    tested: Tested
    version: int
    """The previous version of the connection."""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def with_warnings(self, texts: Sequence[str]) -> Rotated:
        """Return a copy with more warnings."""
        return replace(self, warnings=(*self.warnings, *texts))

    def data(self) -> Any:
        return {
            "alias": self.alias,
            "rotated": dict(self.kept),
            "tested": self.tested.data(),
            "former_version": self.version,
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


def plan(
    context: Context, alias: str, field_key: str | None, to: str | Mapping[str, str] | None, *, everywhere: bool = False
) -> Rotation:
    """Plan what a rotation would replace; see `Session.rotation`."""
    connection = context.store.read().connection(alias)
    together = _together(connection, context.registry.get(connection.provider).fields, field_key)
    if to is not None:
        return Rotation(connection, (), _references(connection, together, to))
    found = {
        each.key: _place(context, each, written, everywhere)
        for each in together
        if is_reference(written := connection.settings[each.key])
    }
    places = {key: at for key, (at, _) in found.items()}
    return Rotation(connection, together, {}, places, tuple(filter(None, (left for _, left in found.values()))))


def rotate(
    context: Context,
    rotation: Rotation,
    given: Taken,
    *,
    model: str | None = None,
    which_model: WhichModel | None = None,
    progress: Progress | None = None,
) -> Rotated:
    """Test the new values, then save them; see `Session.rotate`."""
    connection = rotation.connection
    new: Taken = {**_only_expected(rotation, given), **{key: Typed(text) for key, text in rotation.references.items()}}
    drafted = connections.draft(
        context, connection.alias, connection.provider, kept_from=connection.alias, settings=new
    )
    tested = run_tests(context, [drafted], model, progress)[0]
    if tested.doubt and not model and which_model and (chosen := which_model(tested.doubt.detail).strip()):
        model = chosen
        tested = run_tests(context, [drafted], model, progress)[0]
    _judge(connection, tested)
    secrets = {key: at for key, at in rotation.places.items() if isinstance(new[key], Secret)}
    settings = {key: value for key, value in new.items() if key not in secrets}
    undone = [at.back for at in secrets.values() if at.back]
    save(
        context,
        connection,
        settings,
        [(at, value) for key, at in secrets.items() if isinstance(value := new[key], Secret)],
    )
    for at in secrets.values():
        context.checks.forget(at.key)
    saved = context.store.read().connection_by_id(connection.id)
    if saved is not None:
        context.checks.tested(saved, tested.models, key=tested.proves, asked=tested.answers(model))
    back = (
        [f"'{command('rollback', connection.alias, str(connection.version))}' restores the previous one."]
        if settings
        else []
    )
    back += undone
    return Rotated(
        connection.alias,
        tuple((key, str(secrets[key]) if key in secrets else _kept(value)) for key, value in new.items()),
        tested,
        connection.version,
        tuple(back),
        (
            *written_in_cell({key: value for key, value in new.items() if isinstance(value, Secret)}),
            *filter(None, (_shared(context, connection, at) for at in secrets.values())),
            *rotation.left_alone,
        ),
    )


# ---- which fields -----------------------------------------------------------------------------------------------------


def _together(connection: Connection, fields: tuple[Field, ...], named: str | None) -> tuple[Field, ...]:
    """Return the set sensitive fields that belong together, like the two halves of an AWS key."""
    alias = connection.alias
    sensitive = [each for each in fields if each.sensitive]
    there = [each for each in sensitive if each.key in connection.settings]
    if named is not None:
        if named not in [each.key for each in there]:
            known = [each.key for each in there]
            raise NoKeyToRotate(
                alias=alias, setting=named, nearest=nearest(named, known), known=tuple(known), unset=_keys(sensitive)
            )
        chosen = next(each for each in there if each.key == named)
    elif not there:
        raise NoKeyToRotate(alias=alias, unset=_keys(sensitive))
    elif len({each.group or each.key for each in there}) > 1:
        raise SeveralKeys(alias=alias, settings=_keys(there))
    else:
        chosen = there[0]
    return tuple(each for each in there if each is chosen or (chosen.group and each.group == chosen.group))


def _keys(fields: Sequence[Field]) -> tuple[str, ...]:
    return tuple(each.key for each in fields)


def _references(connection: Connection, together: tuple[Field, ...], to: str | Mapping[str, str]) -> Mapping[str, str]:
    """Return the references by field. For a single field, one plain reference is enough."""
    keys = [each.key for each in together]
    if isinstance(to, str):
        if len(keys) > 1:
            raise KeysTogether(alias=connection.alias, settings=tuple(keys))
        to = {keys[0]: to}
    given = {key: text.strip() for key, text in texts_by_name("to", to).items()}
    if unknown := [key for key in given if key not in keys]:
        close = nearest(unknown[0], keys)
        raise NoKeyToRotate(alias=connection.alias, setting=unknown[0], nearest=close, known=tuple(keys))
    if not given or not all(map(is_reference, given.values())):
        raise NotToAReference
    # A stored value is text, or sealed. Keys ignore case.
    if all(fold(str(connection.settings[key])) == fold(text) for key, text in given.items()):
        raise SameReference(alias=connection.alias)
    return given


def _place(context: Context, wanted: Field, written: object, everywhere: bool) -> tuple[Place, str]:
    """Return the place for the new value of a reference, and what keeps the old one ('' if nothing does).

    A user secret is written for the current environment or, on request, for all environments. Raises `CommandError` for a
    value from a source that is not writable.
    """
    found = context.configuration().lookup(str(written).removeprefix("$"))
    if not found.origin.is_writable:
        raise PlaceNotWritable(
            setting=wanted.key,
            reference=str(written),
            place=place(found),
            key=found.key,
            is_project_file=found.origin.is_project_file,
        )
    if not isinstance(found.origin, UserSecretSource):
        return Place(found.key, found.origin), ""
    own = found.origin.environment
    if everywhere and own is not None:
        raise HiddenByOwn(setting=wanted.key, reference=str(written), environment=own, key=found.key)
    left = "" if everywhere or own else f"other environments keep the former {found.key}; --all replaces it for all"
    return Place(found.key, context.user_secrets(None if everywhere else context.environment)), left


# ---- the test ---------------------------------------------------------------------------------------------------------


def _only_expected(rotation: Rotation, given: Taken) -> Taken:
    """Return the new values: all requested ones and no others. A blank value removes an optional field."""
    keys = [each.key for each in rotation.fields]
    if unexpected := [key for key in given if key not in keys]:
        raise InvalidConnection({unexpected[0]: "is not part of this rotation"}, Outcome.NOT_CHANGED)
    blank = [key for key in keys if connections.is_blank(given.get(key))]
    if keys and len(blank) == len(keys):
        raise NoNewKey
    return {key: None if key in blank else _read(given[key]) for key in keys}


def _read(value: Any) -> Typed | Secret:
    """Return a literal as a `Secret`; a reference as written."""
    if isinstance(value, Secret):
        return value
    read = parse_secret(Secret(value.text if isinstance(value, Typed) else str(value)))
    return read if isinstance(read, Secret) else Typed(str(read))


def _judge(connection: Connection, tested: Tested) -> None:
    """Raise `RotationFailed` unless the new key is proven: by a token, the key endpoint, or a list that needs the key."""
    alias = connection.alias
    if failed := tested.failed:
        raise NewKeyFailed(alias=alias, rung=failed.name, step=failed.title, detail=failed.detail, advice=failed.hint)
    if not tested.ok:
        doubt = tested.doubt
        rung = doubt.name if doubt else "authenticated"
        raise NewKeyUntested(alias=alias, rung=rung, doubt=doubt.detail if doubt else "")


# ---- messages --------------------------------------------------------------------------------------------------------


def _kept(value: object) -> str:
    return value.text if isinstance(value, Typed) else "taken away" if value is None else "sealed"


def _shared(context: Context, connection: Connection, at: Place) -> str:
    """Return the other users of a user secret, whose key also changes; '' without any."""
    others = [
        each.alias
        for each in context.store.read().connections
        if each.id != connection.id
        and any(fold(written[1:]) == fold(at.key) for written in references(each.settings).values())
    ]
    words = str(at)
    words = f"The {words.removeprefix('the ')}" if words.startswith("the ") else words
    return f"{words} is also that of {', '.join(others)}." if others else ""
