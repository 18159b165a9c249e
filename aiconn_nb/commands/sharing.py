"""Commands on sharing: trust, export, import. And the question that is asked before a key may go to another host."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError, InvalidConnection
from aiconn_nb.session.answers import Done
from aiconn_nb.session.connections.editing import Given
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .console import Console


def asked_to_trust(
    session: Session, alias: str | None, provider: str, given: Given, console: Console, *, name: str = ""
) -> Sequence[str] | None:
    """The answers with which settings may be saved; None where somebody said no.

    Where nobody can be asked there are none: it is saved, warns, and fails to be used until ``trust`` allows it.
    """
    try:
        question = session.trust_question(alias, provider, given, name=name)
    except InvalidConnection:
        return ()  # the save says what is wrong, with all else that is
    if question is None or not question.answers or not console.can_ask:
        return ()
    return question.answers if console.confirm(f"{question.alias} {question.words}. Is this host meant?") else None


def _trust(session: Session, words: Words, console: Console) -> Answer:
    question = session.untrusted(words.alias)
    if question is None or not question.answers:
        return session.trust(words.alias)
    if not words.yes:
        if not console.can_ask:
            # Somebody else's notebook, run without anybody there, must not allow itself what it asks for.
            raise CommandError(
                f"Nothing was allowed: {question.alias} {question.words}, and nobody is here to confirm it.",
                "Say --yes if this is the host that you mean.",
            )
        if not console.confirm(f"{question.alias} {question.words}. Allow it?"):
            return Done("Nothing was allowed.")
    return session.trust(words.alias, answers=question.answers)


def _export(session: Session, words: Words, console: Console) -> Answer:
    return session.export(*words.alias, profiles=not words.no_profiles, to=words.o, overwrite=words.yes)


def _import(session: Session, words: Words, console: Console) -> Answer:
    plan = session.plan_import(words.file, rename=_renamed(words.rename))
    if words.dry_run or not plan.changes_something:
        return plan
    if not words.yes:
        if not console.can_ask:
            raise CommandError(
                f"{plan.source} was not imported: nobody is here to confirm it.",
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


COMMANDS: tuple[Command, ...] = (
    Command(
        "trust",
        "let a connection send its key to the host that it leads to now",
        _trust,
        (
            Arg("alias", "the connection", "alias"),
            Arg("--yes", "do not ask", options={"action": "store_true"}),
        ),
        ("trust gateway", "trust gateway --yes"),
    ),
    Command(
        "export",
        "a bundle of connections to give away: references and what is not secret, never a key",
        _export,
        (
            Arg("alias", "the connections; all without a name", "alias", {"nargs": "*"}),
            Arg("-o", "the file to write it to", options={"metavar": "FILE"}),
            Arg("--no-profiles", "leave the profiles out that use them", options={"action": "store_true"}),
            Arg("--yes", "overwrite the file if there is one", options={"action": "store_true"}),
        ),
        ("export", "export openai-dev gateway -o course.json"),
    ),
    Command(
        "import",
        "take in a bundle, after a look at what it would do",
        _import,
        (
            Arg("file", "the bundle"),
            Arg("--dry-run", "only look", options={"action": "store_true"}),
            Arg("--yes", "do not ask", options={"action": "store_true"}),
            Arg(
                "--rename",
                "take something in under another alias, where its own is taken",
                options={"nargs": "+", "action": "extend", "default": [], "metavar": "OLD=NEW"},
            ),
        ),
        ("import course.json --dry-run", "import course.json --rename gateway=gateway-2"),
    ),
)
