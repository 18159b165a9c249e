"""The discover command asks before it creates a connection from a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction
from .connections import YES

if TYPE_CHECKING:
    from aiconn_nb.features.discovery import Proposal


@interaction("discover", YES)
def discover(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask about each proposal. If the user cannot be asked, take none, so that no key is copied."""
    given = tuple(words.create or ())
    if words.yes:
        return call(create=given, confirm=lambda proposal: True)  # type: ignore[no-any-return]

    def confirm(proposal: Proposal) -> bool:
        if not console.can_ask:
            return not proposal.kept
        return console.confirm(_question(proposal))

    return call(create=given, confirm=confirm)  # type: ignore[no-any-return]


def _question(proposal: Proposal) -> str:
    where = f", which sends to {proposal.host}" if proposal.host else ""
    what = f"Create {proposal.name} with {proposal.provider_name}{where}"
    if not proposal.kept:
        return f"{what}?"
    place, references = f"{proposal.source} ({proposal.place})", " and ".join(proposal.kept)
    return f"{what}, and keep the key of {place} as the encrypted user secret {references}?"
