"""Connections: looking at them, and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.model.connection import Connection
from aiconn_nb.session import kernel_session
from aiconn_nb.session.connections.editing import Given, take

if TYPE_CHECKING:
    from aiconn_nb.session.answers import Done
    from aiconn_nb.session.connections.answers import Connections, Shown
    from aiconn_nb.session.connections.versions import Differences, Versions


def connections(text: str | None = None, *, provider: str | None = None, active: bool | None = None) -> Connections:
    """The connections; see `Session.connections`."""
    return kernel_session().connections(text, provider=provider, active=active)


def get(alias: str) -> Connection:
    """One connection as it is stored; see `Session.get`."""
    return kernel_session().get(alias)


def show(alias: str) -> Shown:
    """One connection with every field; see `Session.show`."""
    return kernel_session().show(alias)


def create(
    alias: str, provider: str, *, name: str | None = None, settings: Given | None = None, active: bool = True
) -> Shown:
    """Save a new connection; see `Session.create`."""
    taken, settings = take(settings), None  # so that no frame of a traceback shows what was given
    return kernel_session().create(alias, provider, name=name, settings=taken, active=active)


def edit(alias: str, *, name: str | None = None, settings: Given | None = None, active: bool | None = None) -> Shown:
    """Change a connection; see `Session.edit`."""
    taken, settings = take(settings), None  # so that no frame of a traceback shows what was given
    return kernel_session().edit(alias, name=name, settings=taken, active=active)


def rename(alias: str, new_alias: str) -> Done:
    """Give a connection another alias; profiles follow. See `Session.rename`."""
    return kernel_session().rename(alias, new_alias)


def duplicate(alias: str, new_alias: str | None = None, *, name: str | None = None) -> Shown:
    """Copy a connection; see `Session.duplicate`."""
    return kernel_session().duplicate(alias, new_alias, name=name)


def delete(*aliases: str, force: bool = False) -> Done:
    """Delete connections; see `Session.delete`."""
    return kernel_session().delete(*aliases, force=force)


def undelete(alias: str) -> Shown:
    """Bring a deleted connection back; see `Session.undelete`."""
    return kernel_session().undelete(alias)


def enable(*aliases: str) -> Done:
    """Switch connections on."""
    return kernel_session().enable(*aliases)


def disable(*aliases: str) -> Done:
    """Switch connections off."""
    return kernel_session().disable(*aliases)


def history(alias: str) -> Versions:
    """The versions of a connection; see `Session.history`."""
    return kernel_session().history(alias)


def diff(alias: str, before: int | None = None, after: int | None = None) -> Differences:
    """What differs between two versions of a connection; see `Session.diff`."""
    return kernel_session().diff(alias, before, after)


def rollback(alias: str, version: int) -> Shown:
    """Save a former version of a connection as a new one; see `Session.rollback`."""
    return kernel_session().rollback(alias, version)
