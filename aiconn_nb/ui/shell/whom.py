"""Whether the word in a profile's place is whom to ask, or what."""

from __future__ import annotations

import re

from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.secret import shapes_in

from .command import Words
from .console import Console

_QUESTION = re.compile(r"[^\W_]+\?")
"""A word that is a question, in any language."""


def is_text(session: Session, words: Words, console: Console) -> bool:
    """Whether what stands in the profile's place, alone, is a text for the default profile: several words, or one with a ``?``.

    Any other word may be a mistyped alias, or a key that went astray, and is never sent; nor is a display name, or what has a key
    in it. Before a cell stands whom to ask. A shell takes the quotes away that a notebook asks for.
    """
    word = words.profile
    if word is None or (words.cell or "").strip() or shapes_in(word) or alias_named(session, word):
        return False
    if len(word.split()) > 1:
        return True
    meant = "profile" in words.quoted or console.in_shell
    return meant and bool(_QUESTION.fullmatch(word)) and not nearest(word, known_aliases(session), alike=0.8)


def alias_named(session: Session, name: str) -> str:
    """The alias of the profile, or else the connection, that has this display name; '' where none has."""
    wanted = " ".join(name.split()).casefold()
    names = [(each.name, each.alias) for each in session.profiles()]
    names += [(each.name, each.alias) for each in session.connections()]
    return next((alias for known, alias in names if " ".join(known.split()).casefold() == wanted), "")


def known_aliases(session: Session) -> list[str]:
    """Who can be asked, as far as names go."""
    return [*session.profile_aliases(), *session.aliases()]
