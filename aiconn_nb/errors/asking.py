"""Errors about a question before it is sent, and about the form of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from aiconn_nb.model.hint import command, pip
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines, reason
from .commands import CommandError

NOT_SENT = "Nothing was sent."


@reason
class NothingToAsk(CommandError):
    """A question without words."""

    can_be_piped: bool = False
    """Whether it could come from standard input."""

    def lines(self) -> Lines:
        or_else = "- for what is piped in" if self.can_be_piped else "into the cell"
        return "There is nothing to ask.", f"Write the question behind the profile, or {or_else}."


@reason
class NothingToCompare(CommandError):
    """A comparison without a prompt."""

    def lines(self) -> Lines:
        example = command('compare A B -- "Why is the sky blue?"')
        return "There is nothing to ask.", f"Write -- before the prompt: {example}"


@reason
class NoProfilesNamed(CommandError):
    """A comparison without profiles."""

    def lines(self) -> Lines:
        return "No profile was named.", f"Name the profiles: {command('compare A B -- PROMPT')}"


@reason
class NothingToEmbed(CommandError):
    """No texts."""

    says = "There is nothing to embed.", "Write the texts behind the profile, or into the cell, one a line."


@reason
class NotTexts(CommandError):
    """What is to be embedded is neither a text nor several."""

    found: str
    """Its type."""

    def lines(self) -> Lines:
        return f"embed takes texts, and {self.found} is none.", NOT_SENT


@reason
class NotAText(CommandError):
    """One of the texts is none, such as a missing value."""

    place: int
    """Which one, from 1."""
    count: int
    found: str
    """Its type."""

    def lines(self) -> Lines:
        return f"Text {self.place} of {self.count} is no text but {self.found}.", NOT_SENT


@reason
class NumPyMissing(CommandError):
    """Vectors as an array need NumPy."""

    def lines(self) -> Lines:
        return (
            "as_array needs NumPy, not installed here.",
            f"Run {pip('numpy')}, or leave as_array out for lists.",
        )


@reason
class BadOptions(CommandError):
    """Options of one call that break a rule."""

    problems: Mapping[str, str]
    """Each option, and what is wrong with it."""

    def lines(self) -> Lines:
        return f"{'; '.join(map(' '.join, self.problems.items()))}.", NOT_SENT


@reason
class NoFormat(CommandError):
    """There is no such format of an answer; the word is not repeated."""

    known: tuple[str, ...]
    nearest: str | None = None

    def lines(self) -> Lines:
        return "There is no such --format.", meant(self.nearest) or f"There are: {', '.join(self.known)}."


@reason
class NotJson(AiconnError):
    """The answer came whole, and is no JSON."""

    where: str
    """Where it stops to be: ``line 3, column 5``."""
    kept_in: str = "the reply's text"
    """What has the answer; '' where nothing has."""

    def lines(self) -> Lines:
        kept = f"; {self.kept_in} has what came" if self.kept_in else ""
        return f"The answer is no JSON ({self.where}).", f"Ask for JSON and nothing else{kept}."


# ---- places in a prompt ----------------------------------------------------------------------------------------------


@reason
class PlacesLeft(CommandError):
    """A prompt has places without a value, and was not meant to."""

    places: tuple[str, ...]
    """With their braces."""

    def lines(self) -> Lines:
        return (
            f"There is no {', '.join(self.places)} in the notebook; {NOT_SENT[0].lower()}{NOT_SENT[1:]}",
            f"Set {self.places[0].strip('{}')} = ... first, or add --raw.",
        )


@reason
class PlaceNotFilled(CommandError):
    """The value of a place cannot be read."""

    place: str
    problem: str

    def lines(self) -> Lines:
        return f"{self.place} could not be filled in ({self.problem}).", "Correct it, or add --raw."


@reason
class PlaceRefused(CommandError):
    """The value of a place is not for a prompt."""

    place: str
    problem: str
    """``is a secret``, ``has a key in it (the api_key of a)``."""

    def lines(self) -> Lines:
        return f"{self.place} {self.problem}, not sent in a prompt.", "Take it out of the text, or add --raw."
