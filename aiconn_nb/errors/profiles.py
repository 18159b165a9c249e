"""Errors about one profile, and about the target of a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiconn_nb.model.hint import command, option
from aiconn_nb.model.nearest import meant

from .base import AiconnError, CommandError, Lines
from .collection import Changed, Exists, Invalid, NotFound, NoVersion

if TYPE_CHECKING:
    from .attempts import Attempt

SHOWN = 5
"""The maximum number of aliases in a hint."""


class ProfileError(AiconnError):
    """A problem with one profile."""

    word = "profile"
    prefix = "profile "


class ProfileNotFound(NotFound, ProfileError):
    """No profile has this alias."""


class NoProfileVersion(NoVersion, ProfileNotFound):
    """This version of the profile is not kept."""


class NoTarget(ProfileNotFound, is_reason=True):
    """Neither a profile nor a connection has this alias."""

    was: str = ""
    """``profile`` or ``connection``, if it was deleted."""

    @property
    def sought(self) -> tuple[str, ...]:
        return "profile", "connection"

    @property
    def undelete(self) -> str:
        return command("profile undelete" if self.was == "profile" else "undelete", self.alias.lower())

    def _near(self) -> str:
        lists = f"'{command('profile list')}' shows the profiles, '{command('list')}' the connections."
        return meant(self.nearest) or lists


class NoTargetOnLine(NoTarget, is_reason=True):
    """Neither a profile nor a connection has this alias, which may also be the first word of a question."""

    meant: str = ""
    """The existing alias that matches this one in another spelling."""
    default: str = ""
    """The default profile."""

    def _near(self) -> str:
        near = f"That is the name of '{self.meant}'." if self.meant else meant(self.nearest)
        profiles = f"'{command('profile list')}' shows the profiles"
        if self.default:
            return f"{near or f'{profiles}.'} '{command('ask -- TEXT')}' asks the default profile, {self.default}."
        return near or f"Name the profile first: {command('ask PROFILE TEXT')} ({profiles})."


class NoDefaultProfile(ProfileNotFound, is_reason=True):
    """No profile was named, and there is no default profile."""

    capability: str
    profiles: tuple[str, ...] = ()
    """The profiles of this capability."""
    in_use: str = ""
    """The connection in use."""

    def lines(self) -> Lines:
        what = f"No profile was named, and there is no default profile for {self.capability}."
        if self.profiles:
            default = command("profile default", self.profiles[0])
            return what, f"Name a profile ({', '.join(self.profiles[:SHOWN])}), or make one the default: {default}"
        new = new_profile(self.in_use or "A", self.capability, "--default")
        if self.in_use:
            return (
                what,
                f"Name the model for {self.in_use} ({option('--model M', 'model=...')}), or make a profile: {new}",
            )
        return what, f"Make a profile: {new}"


def new_profile(alias: str, capability: str, *more: str) -> str:
    """Return the command that creates a profile for a connection."""
    option = () if capability == "chat" else ("--capability", str(capability))
    return command("profile new ALIAS --connection", alias, "--model", "M", *option, *more)


class ProfileExists(Exists, ProfileError):
    """Another profile has this alias; case is ignored. ``differences`` says how it differs."""


class InvalidProfile(Invalid, ProfileError):
    """The profile to save breaks a rule. ``problems`` maps each field to what is wrong with it."""


class ProfileChanged(Changed, ProfileError):
    """Another kernel saved or deleted the profile after it was read. Nothing was overwritten."""


class ProfileUnusable(ProfileError):
    """No connection of the profile can answer: all are inactive, gone, or failed."""


class NoneUsable(ProfileUnusable, is_reason=True):
    """Every connection of the profile is inactive or gone."""

    alias: str
    because: Mapping[str, str]
    """Each connection in order, with ``is inactive`` or ``is gone``."""

    def lines(self) -> Lines:
        inactive = [alias for alias, because in self.because.items() if because == "is inactive"]
        one = len(inactive) == 1
        return (
            f"No connection of {self.alias} can answer: {', '.join(map(' '.join, self.because.items()))}.",
            f"'{command('enable', *inactive)}' switches {'it' if one else 'them'} on."
            if inactive
            else f"Give it another: {command('profile edit', self.alias, '--connection', 'A')}",
        )


class OtherCapability(ProfileUnusable, is_reason=True):
    """The profile is for another capability."""

    alias: str
    capability: str
    """The capability of the profile."""
    wanted: str
    profiles: tuple[str, ...] = ()
    """The profiles of the requested capability."""

    def lines(self) -> Lines:
        return (
            f"{self.alias} is a profile for {self.capability}, not for {self.wanted}.",
            f"Profiles for {self.wanted}: {', '.join(self.profiles[:SHOWN])}."
            if self.profiles
            else f"There is no profile for {self.wanted} yet. Make one: {new_profile('A', self.wanted)}",
        )


class NoModelNamed(CommandError, is_reason=True):
    """A question goes directly to a connection, which has no model, and names no model."""

    alias: str
    capability: str

    def lines(self) -> Lines:
        listing, new = command("models", self.alias), new_profile(self.alias, self.capability)
        return (
            f"{self.alias} is a connection, which has no model.",
            f"'{listing}' lists the models. Name the model ({option('--model M', 'model=...')}), or make a profile: {new}",
        )


class NotOffered(ProfileUnusable, is_reason=True):
    """The provider of a connection does not offer the capability."""

    alias: str
    capability: str
    provider: str

    says = "{alias} cannot be used for {capability}: {provider} does not offer it.", ""


class AllFailed(ProfileUnusable):
    """Every connection of the profile failed; ``attempts`` has each with its reason, in the order of the attempts."""

    alias: str
    """The profile or the connection that was asked."""
    attempts: tuple[Attempt, ...]

    def lines(self) -> Lines:
        tried = [each.connection for each in self.attempts if each.kind not in ("inactive", "gone")]
        return (
            f"No connection of {self.alias} answered: {'; '.join(map(str, self.attempts))}",
            f"'{command('failover', self.alias)}' rehearses it; '{command('test', *tried)}' says more.",
        )
