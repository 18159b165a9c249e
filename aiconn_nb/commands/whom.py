"""Whether the word in a profile's place is whom to ask, or what."""

from __future__ import annotations

from aiconn_nb.model.connection import alias_problem
from aiconn_nb.model.nearest import nearest
from aiconn_nb.session.session import Session

from .command import Words
from .console import Console


def is_text(session: Session, words: Words, console: Console) -> bool:
    """Whether what stands in the profile's place is a text: it was in quotes, and no alias looks like it.

    Blanks, a question mark or capital letters tell. What may be a mistyped alias is whom to ask, and is never sent for a
    question. A shell takes the quotes away, so there it is what no alias looks like in any case.
    """
    word = words.profile
    if word is None or not word.strip():
        return False
    if len(word.split()) > 1:
        return True
    quoted = "profile" in words.quoted
    if not quoted and not console.in_shell:
        return False
    return bool(alias_problem(word if quoted else word.lower())) and not nearest(
        word, known_aliases(session), alike=0.8
    )


def known_aliases(session: Session) -> list[str]:
    """Who can be asked, as far as names go."""
    return [*session.profile_aliases(), *session.aliases()]
