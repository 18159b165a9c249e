"""Errors about a question before it is sent, and about the format of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from aiconn_nb.model.hint import Interface, command, here, pip
from aiconn_nb.model.nearest import meant

from .base import AiconnError, CommandError, Lines, clause

NOT_SENT = "Nothing was sent."


class NothingToAsk(CommandError, is_reason=True):
    """The question has no text."""

    def lines(self) -> Lines:
        ways = {
            Interface.NOTEBOOK: "Write the question after the profile, or into the cell below %%aiconn ask PROFILE.",
            Interface.TERMINAL: "Write the question after the profile, or pipe it in and write - there.",
            Interface.PYTHON: "Give a question that has a text.",
        }
        return "There is nothing to ask.", ways[here()]


class NothingToCompare(CommandError, is_reason=True):
    """A comparison has no prompt."""

    def lines(self) -> Lines:
        example = command('compare A B -- "Why is the sky blue?"')
        return "There is nothing to ask.", f"Write -- before the prompt: {example}"


class NoProfilesNamed(CommandError, is_reason=True):
    """A comparison has no profiles."""

    def lines(self) -> Lines:
        return "No profile was named.", f"Name the profiles: {command('compare A B -- PROMPT')}"


class NothingToEmbed(CommandError, is_reason=True):
    """There are no texts to embed."""

    says = "There is nothing to embed.", "Write the texts after the profile, or into the cell, one per line."


class NotTexts(CommandError, is_reason=True):
    """The value to embed is neither a text nor a sequence of texts."""

    found: str
    """Its type."""
    awaited: str = ""
    """The function that takes it, because it is an asynchronous iterable."""

    def lines(self) -> Lines:
        return f"embed takes texts, not {self.found}.", (
            f"Use await aiconn_nb.{self.awaited}(...)." if self.awaited else NOT_SENT
        )


class NotAText(CommandError, is_reason=True):
    """One of the texts is not a text, for example a missing value."""

    place: int
    """The position of the text, from 1."""
    count: int
    found: str
    """Its type."""

    says = "Text {place} of {count} is {found}, not text.", NOT_SENT


class NumPyMissing(CommandError, is_reason=True):
    """``as_array`` needs NumPy."""

    def lines(self) -> Lines:
        return (
            "as_array needs NumPy, which is not installed here.",
            f"Run {pip('numpy')}, or leave as_array out for lists.",
        )


class AnswerElsewhere(CommandError, is_reason=True):
    """A forked process reads an answer for which its parent asked: both would read from one connection, and lose pieces."""

    says = (
        "This answer belongs to the process that asked, of which this one is a fork.",
        "Ask again here, or read it there.",
    )


class BadOptions(CommandError, is_reason=True):
    """Options of a call break a rule."""

    problems: Mapping[str, str]
    """Option -> what is wrong with it."""

    def lines(self) -> Lines:
        said = "; ".join(map(" ".join, self.problems.items()))
        return said if said.endswith((".", "?")) else f"{said}.", NOT_SENT


class NoFormat(CommandError, is_reason=True):
    """There is no such answer format. The error does not repeat the given word."""

    known: tuple[str, ...]
    nearest: str | None = None

    def lines(self) -> Lines:
        return "There is no such --format.", meant(self.nearest) or f"There are: {', '.join(self.known)}."


class NotJson(AiconnError, is_reason=True):
    """The answer is complete but is not JSON."""

    where: str
    """The position of the first error: ``line 3, column 5``."""
    kept_in: str = "the reply's text"
    """What holds the answer; '' if nothing does."""

    def lines(self) -> Lines:
        kept = f"; {self.kept_in} has this answer" if self.kept_in else ""
        return f"The answer is not JSON ({self.where}).", f"Ask for JSON and nothing else{kept}."


class NotInSchema(AiconnError):
    """The reply does not match the schema, even at the second attempt. ``partial`` is that reply, with the tokens of both."""

    alias: str
    """The connection that answered."""
    problem: str
    """Where the reply does not match, and why."""
    ended: str = ""
    """Why the reply is incomplete, if it is: ``cut at max tokens``."""
    kept_in: str = "last_reply"
    """What holds the reply; '' if nothing does."""

    def lines(self) -> Lines:
        kept = f"; {self.kept_in} has the text" if self.kept_in else ""
        what = (
            f"The reply of {self.alias} does not match the schema, even at the second attempt: {clause(self.problem)}."
        )
        if self.ended:
            return what, f"It was incomplete ({self.ended}){kept}."
        return what, f"Describe the fields in the prompt, or choose another model{kept}."


# ---- placeholders in a prompt ----------------------------------------------------------------------------------------


class PlacesLeft(CommandError, is_reason=True):
    """A prompt has placeholders without a value, and none are allowed here."""

    places: tuple[str, ...]
    """The placeholders, with their braces."""

    def lines(self) -> Lines:
        return (
            f"There is no {', '.join(self.places)} in the notebook; {NOT_SENT[0].lower()}{NOT_SENT[1:]}",
            f"Set {self.places[0].strip('{}')} = ... first, or add --raw.",
        )


class PlaceNotFilled(CommandError, is_reason=True):
    """The value of a placeholder cannot be read."""

    place: str
    problem: str

    says = "{place} could not be filled in ({problem}).", "Correct it, or add --raw."


class PlaceRefused(CommandError, is_reason=True):
    """The value of a placeholder may not be sent in a prompt."""

    place: str
    problem: str
    """``is a secret``, ``has a key in it (the api_key of a)``."""

    says = "{place} {problem}, not sent in a prompt.", "Take it out of the text, or add --raw."
