"""Commands on configuration: env, explain, resolve, secret, providers."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .console import Console

ENV = Arg("--env", "in another environment than the current one", "environment", {"metavar": "NAME"})


def _env(session: Session, words: Words, console: Console) -> Answer:
    if words.name and not console.has_kernel:
        raise CommandError(
            "A terminal has no kernel that could hold the environment.",
            f"Set it for one command: AICONN_ENVIRONMENT={words.name} aiconn ...",
        )
    answer = session.environment(words.name)
    name, alias, before = session.bound
    if words.name and name and before != session.current_environment:
        answer.notes = (
            *answer.notes,
            f"{name} still has what {before} gave it; 'use {alias} as {name}' makes it anew.",
        )
    return answer


def _explain(session: Session, words: Words, console: Console) -> Answer:
    return session.explain(words.alias, environment=words.env)


def _resolve(session: Session, words: Words, console: Console) -> Answer:
    return session.resolve(words.reference, environment=words.env)


def _secret(session: Session, words: Words, console: Console) -> Answer:
    actions = ("set", "list", "remove", "restore")
    if words.action not in actions:
        raise CommandError("secret takes set, list, remove or restore.", did_you_mean(words.action, actions))
    if words.forget and words.action != "remove":
        raise CommandError("--forget belongs to secret remove.", "For example: secret remove OpenAI:ApiKey --forget")
    if words.action == "list":
        return session.secrets()
    if not words.key:
        raise CommandError(
            f"secret {words.action}: no key was named.", f"For example: secret {words.action} OpenAI:ApiKey"
        )
    if words.action == "remove":
        return session.remove_secret(words.key, environment=words.env, forget=words.forget)
    if words.action == "restore":
        return session.restore_secret(words.key, environment=words.env)
    if not console.can_ask:
        raise CommandError(
            "secret set asks for the value without echo, and nobody is here to be asked.",
            "Run it where input is possible; a value is never taken from the line.",
        )
    return session.set_secret(
        words.key, console.secret(f"Value for {words.key.removeprefix('$')}: "), environment=words.env
    )


def _providers(session: Session, words: Words, console: Console) -> Answer:
    return session.providers()


COMMANDS = (
    Command(
        "env",
        "the environments that have files; with a name, switch this kernel",
        _env,
        (Arg("name", "the environment to switch to", "environment", {"nargs": "?"}),),
        ("env", "env Production"),
    ),
    Command(
        "explain",
        "where each setting of a connection comes from, and what is missing",
        _explain,
        (Arg("alias", "the connection; the one in use if none is named", "alias", {"nargs": "?"}), ENV),
        ("explain openai-dev", "explain openai-dev --env Production"),
    ),
    Command(
        "resolve",
        "where one reference comes from; its value is not shown",
        _resolve,
        (Arg("reference", "such as $OpenAI:ApiKey", "reference"), ENV),
        ("resolve $OpenAI:ApiKey",),
    ),
    Command(
        "secret",
        "the sealed user secrets: set (asks without echo), list (keys only), remove, restore (what was replaced or removed)",
        _secret,
        (
            Arg("action", "set, list, remove or restore", "action"),
            Arg("key", "such as OpenAI:ApiKey", "reference", {"nargs": "?"}),
            Arg("--env", "for this environment only", "environment", {"metavar": "NAME"}),
            Arg("--forget", "remove for good, with the former values", options={"action": "store_true"}),
        ),
        (
            "secret set OpenAI:ApiKey",
            "secret set OpenAI:ApiKey --env Production",
            "secret restore OpenAI:ApiKey",
            "secret list",
        ),
        surplus="A value is asked for without echo, never taken from the line, which is saved. If a key stood there, replace it.",
    ),
    Command(
        "providers",
        "the installed providers, their fields, and whether their SDK is here",
        _providers,
        (),
        ("providers",),
    ),
)
