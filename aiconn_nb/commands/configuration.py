"""Commands on configuration: env, explain, resolve, providers."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
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
    return session.environment(words.name)


def _explain(session: Session, words: Words, console: Console) -> Answer:
    return session.explain(words.alias, environment=words.env)


def _resolve(session: Session, words: Words, console: Console) -> Answer:
    return session.resolve(words.reference, environment=words.env)


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
        "providers",
        "the installed providers, their fields, and whether their SDK is here",
        _providers,
        (),
        ("providers",),
    ),
)
