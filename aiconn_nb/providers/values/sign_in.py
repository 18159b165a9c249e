"""The ways to sign in to a provider: the fields of each, and the error if a machine is not signed in."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple


class SignIn(NamedTuple):
    """One way to sign in. A connection chooses it by its fields; without any, it uses this machine's sign-in."""

    name: str
    needs: tuple[str, ...] = ()
    """The fields that select it; all are required."""
    takes: tuple[str, ...] = ()
    """Optional fields that belong only to it."""
    tested: str = ""
    """What it was tested against; '' if that is the same as for the provider."""


def problems_in(ways: Sequence[SignIn], settings: Container[str]) -> dict[str, str]:
    """Problems in the choice of a way to sign in, by field: two ways at once, or an incomplete one."""
    given = [(way, [key for key in (*way.needs, *way.takes) if key in settings]) for way in ways]
    chosen = [(way, keys) for way, keys in given if keys]
    if len(chosen) > 1:
        (first, _), (second, keys), *_ = chosen
        return {keys[0]: f"belongs to another sign-in: choose {first.name} or {second.name}, and leave the other empty"}
    missing = [(way, key) for way, _ in chosen for key in way.needs if key not in settings]
    return {key: f"is missing: the sign-in with {way.name} needs it" for way, key in missing}


class NotSignedIn(Exception):
    """This machine, or the file that a connection names, has no usable credentials.

    SDKs let this exception through or wrap it; `Account` finds it in either case. Users of the SDK's client see its message.
    """

    def __init__(self, words: str, advice: str) -> None:
        super().__init__(f"{words.rstrip('.')}. {advice}")
        self.words = words
        self.advice = advice

    def __reduce__(self) -> tuple[type[NotSignedIn], tuple[str, str]]:
        return NotSignedIn, (self.words, self.advice)
