"""Commands on former versions: history, diff, rollback, undelete."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.hint import command
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .connections import ALIAS
from .console import Console


def number(text: str | None, alias: str, shown_by: str = "history") -> int | None:
    """A version as it was typed. Raises `CommandError`, naming the command that shows them."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CommandError("A version is a whole number.", f"'{command(shown_by, alias)}' shows them.")
    return int(text)


def _history(session: Session, words: Words, console: Console) -> Answer:
    return session.history(words.alias)


def _diff(session: Session, words: Words, console: Console) -> Answer:
    return session.diff(words.alias, number(words.before, words.alias), number(words.after, words.alias))


def _rollback(session: Session, words: Words, console: Console) -> Answer:
    return session.rollback(words.alias, number(words.version, words.alias) or 0)


def _undelete(session: Session, words: Words, console: Console) -> Answer:
    return session.undelete(words.alias)


COMMANDS = (
    Command(
        "history", "the versions of a connection: when, who, what changed", _history, (ALIAS,), ("history openai-dev",)
    ),
    Command(
        "diff",
        "what differs between two versions; of sealed values only that they do",
        _diff,
        (
            ALIAS,
            Arg("before", "a version; else the one before the present", options={"nargs": "?", "metavar": "V1"}),
            Arg("after", "a version; else the present one", options={"nargs": "?", "metavar": "V2"}),
        ),
        ("diff openai-dev", "diff openai-dev 1 3"),
    ),
    Command(
        "rollback",
        "bring a former version back, as a new version",
        _rollback,
        (ALIAS, Arg("version", "which one")),
        ("rollback openai-dev 2",),
    ),
    Command(
        "undelete",
        "bring a deleted connection back, within 30 days",
        _undelete,
        (Arg("alias", "its alias", "deleted"),),
        ("undelete openai-dev",),
    ),
)
