"""Profiles: looking at them, and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.session import kernel_session

if TYPE_CHECKING:
    from aiconn_nb.session.answers import Done
    from aiconn_nb.session.connections.versions import Differences, Versions
    from aiconn_nb.session.profiles.answers import Defaults, Profiles, ShownProfile
    from aiconn_nb.session.profiles.options import Given as Options


def profiles(text: str | None = None, *, capability: Capability | str | None = None) -> Profiles:
    """The profiles, each with its health; see `Session.profiles`."""
    return kernel_session().profiles(text, capability=capability)


def profile(alias: str) -> Profile:
    """One profile as it is stored; see `Session.profile`."""
    return kernel_session().profile(alias)


def show_profile(alias: str) -> ShownProfile:
    """One profile with everything that is stored of it, and its health; see `Session.show_profile`."""
    return kernel_session().show_profile(alias)


def create_profile(
    alias: str,
    *,
    connections: str | Sequence[str],
    model: str,
    capability: Capability | str = Capability.CHAT,
    name: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    dimensions: int | None = None,
    tags: Sequence[str] = (),
    default: bool = False,
    check_model: bool = False,
) -> ShownProfile:
    """Save a new profile; see `Session.create_profile`."""
    return kernel_session().create_profile(
        alias,
        connections=connections,
        model=model,
        capability=capability,
        name=name,
        temperature=temperature,
        max_tokens=max_tokens,
        system=system,
        dimensions=dimensions,
        tags=tags,
        default=default,
        check_model=check_model,
    )


def edit_profile(
    alias: str,
    *,
    name: str | None = None,
    new_alias: str | None = None,
    connections: str | Sequence[str] | None = None,
    model: str | None = None,
    options: Options | None = None,
    tags: Sequence[str] | None = None,
    check_model: bool = False,
) -> ShownProfile:
    """Change a profile; see `Session.edit_profile`."""
    return kernel_session().edit_profile(
        alias,
        name=name,
        new_alias=new_alias,
        connections=connections,
        model=model,
        options=options,
        tags=tags,
        check_model=check_model,
    )


def rename_profile(alias: str, new_alias: str) -> Done:
    """Give a profile another alias; see `Session.rename_profile`."""
    return kernel_session().rename_profile(alias, new_alias)


def duplicate_profile(alias: str, new_alias: str | None = None, *, name: str | None = None) -> ShownProfile:
    """Copy a profile; see `Session.duplicate_profile`."""
    return kernel_session().duplicate_profile(alias, new_alias, name=name)


def delete_profile(*aliases: str) -> Done:
    """Delete profiles; see `Session.delete_profile`."""
    return kernel_session().delete_profile(*aliases)


def undelete_profile(alias: str) -> ShownProfile:
    """Bring a deleted profile back; see `Session.undelete_profile`."""
    return kernel_session().undelete_profile(alias)


def default_profile(alias: str | None = None, *, capability: Capability | str | None = None) -> Defaults | ShownProfile:
    """The default profiles; with an alias, make that one the default; see `Session.default_profile`."""
    return kernel_session().default_profile(alias, capability)


def profile_history(alias: str) -> Versions:
    """The versions of a profile; see `Session.profile_history`."""
    return kernel_session().profile_history(alias)


def profile_diff(alias: str, before: int | None = None, after: int | None = None) -> Differences:
    """What differs between two versions of a profile; see `Session.profile_diff`."""
    return kernel_session().profile_diff(alias, before, after)


def rollback_profile(alias: str, version: int) -> ShownProfile:
    """Save a former version of a profile as a new one; see `Session.rollback_profile`."""
    return kernel_session().rollback_profile(alias, version)
