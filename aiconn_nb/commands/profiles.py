"""Commands on profiles: connections in order, a model and options, under one name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.session.answers import Done
from aiconn_nb.session.session import Session

from .command import Arg, Command, Group, Words
from .connections import NAME
from .console import Console
from .history import number

GROUP = Group("profile", "connections in order, a model and options, under one name", alone="list")

PROFILE = Arg("alias", "the profile", "profile")
PROFILES = Arg("alias", "the profiles", "profile", {"nargs": "+"})
CONNECTION = Arg(
    "--connection",
    "the connections, with commas: the first answers, the others are fallbacks in order",
    "connections",
    {"action": "append", "metavar": "A[,B]"},
)
MODEL = Arg("--model", "the model, as the provider spells it", "model", {"metavar": "M"})
CAPABILITY = Arg("--capability", "chat or embedding", "capability", {"metavar": "C"})
OPTIONS = (
    Arg("--temperature", "chat: 0 to 2", options={"metavar": "T"}),
    Arg("--max-tokens", "chat: the longest answer, 1 or more", options={"metavar": "N"}),
    Arg("--system", "chat: what it is told before every question", options={"metavar": "TEXT"}),
    Arg("--dimensions", "embedding: numbers per vector, 1 or more", options={"metavar": "N"}),
)
TAG = Arg("--tag", "words to find it by", "tag", {"nargs": "+", "action": "extend"})


def _list(session: Session, words: Words, console: Console) -> Answer:
    return session.profiles(words.text, capability=words.capability)


def _show(session: Session, words: Words, console: Console) -> Answer:
    return session.show_profile(words.alias)


def _new(session: Session, words: Words, console: Console) -> Answer:
    return session.create_profile(
        words.alias,
        connections=",".join(words.connection),
        model=words.model,
        capability=words.capability or "chat",
        name=words.name,
        temperature=words.temperature,
        max_tokens=words.max_tokens,
        system=words.system,
        dimensions=words.dimensions,
        tags=words.tag or (),
        default=words.default,
        check_model=True,
    )


def _edit(session: Session, words: Words, console: Console) -> Answer:
    options: dict[str, Any] = {
        key: value
        for key in ("temperature", "max_tokens", "system", "dimensions")
        if (value := getattr(words, key)) is not None
    }
    removed = ["tags" if each == "tag" else each.replace("-", "_") for each in words.unset]
    options.update({key: None for key in removed if key != "tags"})
    tags = words.tag if words.tag is not None else [] if "tags" in removed else None
    connections = None if words.connection is None else ",".join(words.connection)
    if not options and all(each is None for each in (words.name, connections, words.model, tags, words.capability)):
        raise CommandError(
            "profile edit: nothing to change was named.",
            "Use --name, --connection A[,B], --model M, --tag T, an option such as --temperature, or --unset.",
        )
    return session.edit_profile(
        words.alias,
        name=words.name,
        connections=connections,
        model=words.model,
        options=options,
        tags=tags,
        capability=words.capability,
        check_model=True,
    )


def _rename(session: Session, words: Words, console: Console) -> Answer:
    return session.rename_profile(words.alias, words.new)


def _duplicate(session: Session, words: Words, console: Console) -> Answer:
    return session.duplicate_profile(words.alias, words.new, name=words.name)


def _delete(session: Session, words: Words, console: Console) -> Answer:
    names = ", ".join(session.profile(alias).alias for alias in words.alias)
    if not words.yes:
        if not console.can_ask:
            raise CommandError(f"{names} was not deleted: nobody is here to confirm it.", "Say --yes if it is meant.")
        if not console.confirm(f"Delete {names}?"):
            return Done("Nothing was deleted.")
    return session.delete_profile(*words.alias)


def _undelete(session: Session, words: Words, console: Console) -> Answer:
    return session.undelete_profile(words.alias)


def _default(session: Session, words: Words, console: Console) -> Answer:
    if not words.none:
        return session.default_profile(words.alias, words.capability)
    if words.alias is not None:
        raise CommandError("profile default: --none takes no profile.", "It takes --capability chat or embedding.")
    return session.no_default_profile(words.capability or "chat")


def _history(session: Session, words: Words, console: Console) -> Answer:
    return session.profile_history(words.alias)


def _diff(session: Session, words: Words, console: Console) -> Answer:
    return session.profile_diff(words.alias, _version(words.before, words.alias), _version(words.after, words.alias))


def _rollback(session: Session, words: Words, console: Console) -> Answer:
    return session.rollback_profile(words.alias, _version(words.version, words.alias) or 0)


def _version(text: str | None, alias: str) -> int | None:
    return number(text, alias, "profile history")


def _required(arg: Arg) -> Arg:
    return replace(arg, options={**arg.options, "required": True})


COMMANDS = (
    Command(
        "profile list",
        "the profiles: connections in order with their state, model, health; ★ marks a default",
        _list,
        (
            Arg("text", "only those with this in alias, name, model, tag or connection", "profile", {"nargs": "?"}),
            Arg("--capability", "only those for chat, or for embedding", "capability"),
        ),
        ("profile list", "profile list --capability embedding"),
    ),
    Command(
        "profile show", "one profile with everything that is stored of it", _show, (PROFILE,), ("profile show writer",)
    ),
    Command(
        "profile new",
        "create a profile; what is left out is not sent",
        _new,
        (
            Arg("alias", "a-z, 0-9 and -"),
            _required(CONNECTION),
            _required(MODEL),
            CAPABILITY,
            NAME,
            *OPTIONS,
            TAG,
            Arg("--default", "make it the default of its capability", options={"action": "store_true"}),
        ),
        (
            "profile new writer --connection demo --model demo-chat --default",
            'profile new brief --connection openai-dev,demo --model gpt-5 --temperature 0.2 --system "Be brief."',
            "profile new vectors --connection demo --model demo-embedding --capability embedding",
        ),
    ),
    Command(
        "profile edit",
        "change a profile; what is not named stays",
        _edit,
        (
            PROFILE,
            NAME,
            CONNECTION,
            MODEL,
            *OPTIONS,
            Arg(
                "--unset",
                "options to take away, or tags",
                "option",
                {"nargs": "+", "action": "extend", "default": [], "metavar": "OPTION"},
            ),
            replace(TAG, help="words to find it by, instead of the present ones"),
            Arg("--capability", "never changes; says so", "capability"),
        ),
        ("profile edit writer --connection openai-dev,demo", "profile edit writer --unset temperature"),
    ),
    Command(
        "profile rename",
        "give a profile another alias; it stays the default if it is",
        _rename,
        (PROFILE, Arg("new", "the new alias")),
        ("profile rename writer author",),
    ),
    Command(
        "profile duplicate",
        "copy a profile",
        _duplicate,
        (PROFILE, Arg("new", "the copy's alias; else a free one", options={"nargs": "?"}), NAME),
        ("profile duplicate writer writer-2",),
    ),
    Command(
        "profile delete",
        "delete profiles; asks first, and says if one was the default",
        _delete,
        (PROFILES, Arg("--yes", "do not ask", options={"action": "store_true"})),
        ("profile delete writer --yes",),
    ),
    Command(
        "profile default",
        "the default profiles; with a profile, make it the default of its capability",
        _default,
        (
            replace(PROFILE, options={"nargs": "?"}),
            Arg("--capability", "only of chat, or of embedding", "capability"),
            Arg("--none", "have no default any more", options={"action": "store_true"}),
        ),
        ("profile default writer", "profile default --none --capability embedding"),
    ),
    Command(
        "profile history",
        "the versions of a profile: when, who, what changed",
        _history,
        (PROFILE,),
        ("profile history writer",),
    ),
    Command(
        "profile diff",
        "what differs between two versions of a profile",
        _diff,
        (
            PROFILE,
            Arg("before", "a version; else the one before the present", options={"nargs": "?", "metavar": "V1"}),
            Arg("after", "a version; else the present one", options={"nargs": "?", "metavar": "V2"}),
        ),
        ("profile diff writer", "profile diff writer 1 3"),
    ),
    Command(
        "profile rollback",
        "bring a former version of a profile back, as a new version",
        _rollback,
        (PROFILE, Arg("version", "which one")),
        ("profile rollback writer 2",),
    ),
    Command(
        "profile undelete",
        "bring a deleted profile back, within 30 days",
        _undelete,
        (Arg("alias", "its alias", "deleted profile"),),
        ("profile undelete writer",),
    ),
)
