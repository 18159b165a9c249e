"""The command on user secrets: secret set, list, remove, restore."""

from __future__ import annotations

from typing import Final

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError, EnvironmentNotFound
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.answers import Done
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .console import Console

ACTIONS: Final = ("set", "list", "remove", "restore")
PIPED: Final = "-"
_SURPLUS: Final = (
    "A value is asked for without echo, never taken from the line, which is saved. If a key stood there, replace it."
)


def _secret(session: Session, words: Words, console: Console) -> Answer:
    if words.action not in ACTIONS:
        hint = did_you_mean(words.action or "", ACTIONS) or f"'{command('secret list')}' shows the keys, never a value."
        raise CommandError("secret takes set, list, remove or restore.", hint)
    _check_options(words)
    if words.action == "list":
        return session.secrets()
    if not words.key:
        raise CommandError(
            f"secret {words.action}: no key was named.",
            f"For example: {command(f'secret {words.action} OpenAI:ApiKey')}",
        )
    if words.action == "remove":
        return session.remove_secret(words.key, environment=words.env, all=words.all, forget=words.forget)
    if words.action == "restore":
        return session.restore_secret(words.key, environment=words.env, all=words.all)
    return _set(session, words, console)


def _check_options(words: Words) -> None:
    if words.source not in (None, PIPED) or (words.source and words.action != "set"):
        raise CommandError("secret has more words than it takes.", _SURPLUS)
    if words.forget and words.action != "remove":
        raise CommandError(
            "--forget belongs to secret remove.", f"For example: {command('secret remove OpenAI:ApiKey --forget')}"
        )
    if words.yes and words.action != "set":
        raise CommandError(
            "--yes belongs to secret set.", f"For example: {command('secret set OpenAI:ApiKey --env Staging --yes')}"
        )


def _set(session: Session, words: Words, console: Console) -> Answer:
    if words.env and not words.yes:
        try:
            session.require_environment(words.env)
        except EnvironmentNotFound as error:
            if not console.can_ask:
                raise EnvironmentNotFound(error.what, f"{error.hint} --yes makes it with this secret.") from None
            if not console.confirm(f"{error}\nMake it with this secret?"):
                return Done("Nothing was saved.")
    return session.set_secret(words.key, _value(words, console), environment=words.env, all=words.all)


def _value(words: Words, console: Console) -> Secret:
    if words.source and not console.in_shell:
        raise CommandError("A notebook has no standard input.", "Leave - out to be asked for the value without echo.")
    if console.can_ask:
        return console.secret(f"Value for {words.key.removeprefix('$')}: ")
    if words.source:
        # Windows PowerShell writes a byte order mark in front of what it pipes.
        return Secret(console.text_in().removeprefix("\ufeff").rstrip("\r\n"))
    raise CommandError(
        "secret set asks for the value without echo, and nobody is here to be asked.",
        f"Pipe it in, and say so with -: {command('secret set', words.key, '-')}"
        if console.in_shell
        else "Run it where input is possible; a value is never taken from the line.",
    )


COMMANDS = (
    Command(
        "secret",
        "the sealed user secrets: set (asks without echo), list (keys only, also what was removed and can be brought back), "
        "remove, restore (what was replaced or removed)",
        _secret,
        (
            Arg("action", "set, list, remove or restore", "action", {"nargs": "?"}, needed=True),
            Arg("key", "such as OpenAI:ApiKey", "reference", {"nargs": "?"}),
            Arg("source", "- for a value that is piped in (terminal only)", options={"nargs": "?", "metavar": PIPED}),
            Arg("--env", "of this environment instead of the current one", "environment", {"metavar": "NAME"}),
            Arg("--all", "of all environments together", options={"action": "store_true"}),
            Arg("--forget", "remove for good, with the former values", options={"action": "store_true"}),
            Arg("--yes", "set it for an environment that has nothing yet", options={"action": "store_true"}),
        ),
        (
            "secret set OpenAI:ApiKey",
            "secret set OpenAI:ApiKey --env Production",
            "secret set OpenAI:ApiKey --all",
            "secret restore OpenAI:ApiKey",
            "secret list",
        ),
        surplus=_SURPLUS,
    ),
)
