"""The places of the new values of a rotation. Either all of them are written, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

from aiconn_nb.config.source import ConfigSource, WritableSource
from aiconn_nb.errors import AiconnError, SourceNotWritable
from aiconn_nb.features import connections
from aiconn_nb.features.connections import Taken
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import command
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.context import Context, UserSecretSource


@dataclass(frozen=True, slots=True)
class Place:
    """The place for the new value of a reference: a writable source."""

    key: str
    source: ConfigSource = field(compare=False, repr=False)

    @property
    def _environment(self) -> str | None:
        return self.source.environment if isinstance(self.source, UserSecretSource) else None

    @property
    def group(self) -> str:
        """Equal for places that are written together."""
        return f"{self.source.name}\n{self._environment}"

    @property
    def back(self) -> str:
        """How to restore the previous value; '' if this package cannot do it."""
        if not isinstance(self.source, UserSecretSource):
            return ""
        line = [self.key] if self._environment else [self.key, "--all"]
        if self.source.place(self.key) is None:
            return f"'{command('secret remove', *line)}' removes the new one again."
        return f"'{command('secret restore', *line)}' restores the previous value."

    def put(self, value: Secret) -> None:
        """Save a new value there."""
        if not isinstance(self.source, WritableSource):
            raise SourceNotWritable(source=self.source.name)
        self.source.put(self.key, value)

    def way_back(self, new: Secret) -> Callable[[], None]:
        """Return a function that undoes `put` of this value, if it took effect."""
        source, key = self.source, self.key
        entry = source.get(key)
        former = None if entry is None or entry.value is None else Secret(entry.value)
        del entry

        def back() -> None:
            now = source.get(key)
            if now is None or now.value is None or not new.same_as(Secret(now.value)):
                return
            if isinstance(source, UserSecretSource):
                source.take_back(key, had_one=former is not None)
            elif former is not None:
                self.put(former)

        return back

    def __str__(self) -> str:
        if not isinstance(self.source, UserSecretSource):
            return f"{self.key} in {self.source.name}"
        return f"the user secret {self.key}" + (f" of {self._environment}" if self._environment else "")


def save(context: Context, connection: Connection, settings: Taken, placed: Sequence[tuple[Place, Secret]]) -> None:
    """Save the new settings of a connection, and write the other values to their places.

    They are in several files, which one write cannot replace. So the places are written within the transaction of the store, and
    restored if the store is not saved. Only a process that is killed between the two writes leaves one of them undone; the
    previous values of the user secrets are kept.
    """
    undo: list[Callable[[], None]] = []

    def put() -> None:
        for _, group in groupby(placed, lambda each: each[0].group):
            together = list(group)
            undo.extend(at.way_back(value) for at, value in together)
            source = together[0][0].source
            if isinstance(source, UserSecretSource):
                source.put_all({at.key: value for at, value in together})
            else:
                for at, value in together:
                    at.put(value)

    try:
        if settings:
            connections.edit(
                context,
                connection.alias,
                name=None,
                settings=settings,
                active=None,
                provider_id=None,
                expected_version=connection.version,
                along=put,
            )
        else:
            put()
    except BaseException:
        if not (settings and _is_saved(context, connection)):
            for back in reversed(undo):
                with suppress(AiconnError):
                    back()
        raise


def _is_saved(context: Context, before: Connection) -> bool:
    """Whether the connection was saved: Ctrl-C may come just after the save."""
    with suppress(AiconnError):
        now = context.store.read().connection_by_id(before.id)
        return now is not None and now.version != before.version
    return False
