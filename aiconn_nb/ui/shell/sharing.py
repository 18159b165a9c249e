"""What the commands on sharing ask first: whether a host is meant, whether a plan is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.errors import CommandError, InvalidConnection
from aiconn_nb.features.app import Session
from aiconn_nb.features.connections import Given
from aiconn_nb.session.results import Done, Result

from .command import Argument, Words
from .console import Console
from .derived import Call, interaction


def asked_to_trust(
    session: Session, alias: str | None, provider: str, given: Given, console: Console, *, name: str = ""
) -> Sequence[str] | None:
    """The answers with which settings may be saved; None where the user said no.

    Where the user cannot be asked there are none: it is saved, warns, and fails to be used until ``trust`` allows it.
    """
    try:
        question = session.trust_question(alias, provider, given, name=name)
    except InvalidConnection:
        return ()  # the save says what is wrong, with all else that is
    if question is None or not question.answers or not console.can_ask:
        return ()
    return question.answers if console.confirm(f"{question.alias} {question.words}. Is this host meant?") else None


@interaction("trust", Argument("--yes", "do not ask", options={"action": "store_true"}))
def trust(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Name the host and ask."""
    question = session.untrusted(words.alias)
    if question is None or not question.answers:
        return call()  # type: ignore[no-any-return]
    if not words.yes:
        if not console.can_ask:
            # Somebody else's notebook, run without anybody there, must not allow itself what it asks for.
            raise CommandError(
                f"Nothing was allowed: {question.alias} {question.words}, and this cannot be confirmed here.",
                "Say --yes if this is the host that you mean.",
            )
        if not console.confirm(f"{question.alias} {question.words}. Allow it?"):
            return Done("Nothing was allowed.")
    return call(answers=question.answers)  # type: ignore[no-any-return]


@interaction("import")
def take_in(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the plan, and ask."""
    plan = session.plan_import(words.path, rename=_renamed(words.rename or []))
    if words.dry_run or not plan.changes_something:
        return plan
    if not words.yes:
        if not console.can_ask:
            raise CommandError(
                f"{plan.source} was not imported: this cannot be confirmed here.",
                "Look at it with --dry-run, and say --yes if it is meant.",
            )
        if not console.confirm(f"{plan}\n\nImport it?"):
            return Done("Nothing was imported.")
    return session.apply_import(plan)


def _renamed(pairs: Sequence[str]) -> dict[str, str]:
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(found.values()) or len(found) != len(pairs):
        raise CommandError("--rename takes OLD=NEW, each OLD once.", "For example: --rename gateway=gateway-2")
    return found
