"""Commands that use connections: use, run, test, models."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import Any

from aiconn_nb.display import Answer, Card, View
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.hint import command
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .connections import ALIAS
from .console import Console


def _use(session: Session, words: Words, console: Console) -> Answer:
    if not console.has_kernel:
        raise CommandError(
            "A terminal has no kernel that could hold the connection in use.",
            f"Run one command with it: {command('run', (words.words or ['ALIAS'])[0], '--', 'COMMAND')}",
        )
    if words.none:
        return session.use_none()
    if not words.words:
        return session.using()
    alias, name = _alias_and_name(words.words)
    if not name:
        return session.use(alias, export=words.env)

    def held(client: object) -> bool:
        names = getattr(console, "names", None)  # not every face can look at what it has bound
        return names is None or names().get(name) is client

    return session.use_as(alias, name, console.bind, held, export=words.env)


def _alias_and_name(words: list[str]) -> tuple[str, str]:
    """``ALIAS`` or ``ALIAS as NAME``."""
    if len(words) == 1:
        return words[0], ""
    if len(words) != 3 or words[1] != "as":
        raise CommandError(
            "use takes an alias, or ALIAS as NAME.", f"For example: {command('use openai-dev as client')}"
        )
    return words[0], python_name(words[2], "as")


def python_name(name: str, behind: str) -> str:
    """A name that something can be bound to. Raises `CommandError`, which says behind which word it stands."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CommandError(
            f"The name behind '{behind}' cannot be a Python name.", "For example: client, answer, rows_2"
        )
    return name


@dataclass(frozen=True, repr=False)
class Exited(Answer):
    """A command has run, and ended with this status."""

    status: int

    def view(self) -> View:
        return Card(f"Exit status {self.status}.")

    def data(self) -> Any:
        return {"status": self.status}


def _run(session: Session, words: Words, console: Console) -> Answer:
    if not console.in_shell:
        raise CommandError(
            "run is for the terminal.",
            f"In a notebook: '{command('use', words.alias, '--env')}', or with aiconn_nb.environ({words.alias!r}).",
        )
    if not words.rest:
        raise CommandError(
            "run: no command was named.", f"For example: {command('run', words.alias, '--', 'python', 'train.py')}"
        )
    return Exited(session.run(words.alias, words.rest))


def _test(session: Session, words: Words, console: Console) -> Answer:
    total = len(session.connections()) if words.all else max(1, len(words.alias))
    return session.test(*words.alias, all=words.all, model=words.model, progress=console.progress(total))


def _models(session: Session, words: Words, console: Console) -> Answer:
    return session.models(words.alias, capability=words.capability)


COMMANDS = (
    Command(
        "use",
        "make a connection this kernel's current one; says what is in use",
        _use,
        (
            Arg(
                "words",
                "the connection, and the name for its SDK client",
                "use",
                {"nargs": "*", "metavar": "ALIAS [as NAME]"},
            ),
            Arg("--env", "export the provider's variables to this process", options={"action": "store_true"}),
            Arg("--none", "use none, and put exported variables back", options={"action": "store_true"}),
        ),
        ("use openai-dev as client", "use openai-dev --env", "use --none"),
    ),
    Command(
        "run",
        "run a command with the connection's variables in its environment (terminal only)",
        _run,
        (ALIAS,),
        ("run openai-dev -- python train.py",),
        takes_rest=True,
    ),
    Command(
        "test",
        "find out whether connections work, rung by rung",
        _test,
        (
            Arg("alias", "the connections; the one in use if none is named", "alias", {"nargs": "*"}),
            Arg("--all", "test all of them", options={"action": "store_true"}),
            Arg("--model", "also ask this model for one token"),
        ),
        ("test openai-dev", "test --all", "test openai-dev --model gpt-4o-mini"),
    ),
    Command(
        "models",
        "the models that the account can use, asked of the provider now",
        _models,
        (
            Arg("alias", "the connection; the one in use if none is named", "alias", {"nargs": "?"}),
            Arg("--capability", "chat or embedding", "capability"),
        ),
        ("models openai-dev --capability embedding",),
    ),
)
