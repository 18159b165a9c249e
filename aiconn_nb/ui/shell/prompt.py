"""The profile and the prompt of a line; names of the notebook fill in the prompt."""

from __future__ import annotations

from aiconn_nb.errors import NothingToAsk, PlacesLeft
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import shapes_in

from .command import Argument, Words, as_written
from .console import Console
from .filling import fill, left_as_code, left_as_is

RAW = Argument("--raw", "fill in nothing: {name} stays as it is", options={"action": "store_true"})

PROFILE = Argument(
    "profile",
    "the profile, or a connection with --model; without one, the default profile",
    "target",
    {"nargs": "?"},
)

_QUESTION = late(r"[^\W_]+\?")
"""A word that is a question, in any language."""


def whom(session: Session, words: Words, console: Console) -> tuple[str | None, list[str]]:
    """Split the words into the profile and the prompt. ``-`` alone, or a quoted text, is a prompt for the default profile."""
    is_alone = words.profile is not None and not words.text and not words.rest
    if is_alone and (words.profile == "-" or is_text(session, words, console)):
        return None, [words.profile]
    # After the profile, -- means that the rest is the prompt; within the prompt it is a part of it.
    return words.profile, [*words.text, *(["--"] if words.text and words.rest else []), *words.rest]


def is_text(session: Session, words: Words, console: Console) -> bool:
    """Whether a single word in place of the profile is a text for the default profile: it has blanks or a ``?``.

    Any other word may be a mistyped alias or a misplaced key, and is never sent. Neither is a display name, or a text with a key.
    The line above a cell names the profile. A shell removes the quotes that a notebook requires.
    """
    word = words.profile
    if word is None or (words.cell or "").strip() or shapes_in(word) or alias_named(session, word):
        return False
    if len(word.split()) > 1:
        return True
    meant = "profile" in words.quoted or console.in_shell
    return meant and bool(_QUESTION.fullmatch(word)) and not nearest(word, known_aliases(session), alike=0.8)


def alias_named(session: Session, name: str) -> str:
    """Return the alias of the profile or, failing that, the connection with this display name; '' if there is none."""
    wanted = " ".join(name.split()).casefold()
    names = [(each.name, each.alias) for each in session.profiles()]
    names += [(each.name, each.alias) for each in session.connections()]
    return next((alias for known, alias in names if " ".join(known.split()).casefold() == wanted), "")


def known_aliases(session: Session) -> list[str]:
    """Return the aliases that a line can ask."""
    return [*session.profile_aliases(), *session.aliases()]


def prompt_of(session: Session, words: Words, text: list[str], console: Console) -> tuple[str, tuple[str, ...]]:
    """Build the prompt from the words of the line and the cell; ``-`` alone means stdin. The notebook's variables fill it in.

    Also returns the placeholders that were not filled in, if the notebook could have had a variable for them, or has one and the
    placeholder is more than its name.
    """
    if console.in_shell and not text:
        raise NothingToAsk
    line = console.text_in() if text == ["-"] else as_written(text)
    prompt = "\n".join(part for part in (line, words.cell or "") if part.strip())
    if words.raw:
        return prompt, ()
    names = console.names()
    left = left_as_is(prompt, names) if console.has_kernel else ()
    filled = fill(prompt, names, session.key_in)
    question = f"There is no {', '.join(left)} in the notebook. Send the prompt with it as it is?"
    if left and console.can_ask and not console.confirm(question):
        raise PlacesLeft(places=left)
    return filled, (*left, *left_as_code(prompt, names))
