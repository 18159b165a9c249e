"""The question before a key may go to a host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Done, Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction
from .connections import YES

if TYPE_CHECKING:
    from aiconn_nb.features.connections import Given


def asked_to_trust(
    session: Session, alias: str | None, provider: str, given: Given, console: Console, *, name: str = ""
) -> Sequence[str] | None:
    """Return the permissions to save the settings with; None if the user said no.

    If the user cannot be asked, there are none: the connection is saved with a warning, and fails until ``trust`` allows the host.
    """
    try:
        question = session.trust_question(alias, provider, given, name=name)
    except errors.InvalidConnection:
        return ()  # the save reports this together with the other problems
    if question is None or not question.answers or not console.can_ask:
        return ()
    return question.answers if console.confirm(f"{question.alias} {question.words}. Is this the right host?") else None


@interaction("trust", YES)
def trust(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the host and ask."""
    question = session.untrusted(words.alias)
    if question is None or not question.answers:
        return call()  # type: ignore[no-any-return]
    if not words.yes:
        if not console.can_ask:
            # Someone else's notebook that runs unattended must not grant its own requests.
            raise errors.TrustNotConfirmed(untrusted=question.error)
        if not console.confirm(f"{question.alias} {question.words}. Allow it?"):
            return Done("Nothing was allowed.")
    return call(answers=question.answers)  # type: ignore[no-any-return]
