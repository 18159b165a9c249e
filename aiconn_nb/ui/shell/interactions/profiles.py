"""The commands on profiles also check the model and confirm a deletion."""

from __future__ import annotations

from typing import Any

from aiconn_nb.errors import DeletionNotConfirmed, NoneWithProfile, NothingToChange
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Done, Result

from ..command import Argument, Words
from ..console import Console
from ..derived import Call, interaction
from ..settings import pairs, require_once
from .connections import YES

_OPTIONS = ("temperature", "max_tokens", "system", "dimensions")


@interaction("profile new")
def new(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask the provider whether it offers the model."""
    connections = ",".join(words.connections)
    return call(connections=connections, options=pairs(words.options), check_model=True)  # type: ignore[no-any-return]


@interaction(
    "profile edit",
    Argument("--temperature", "chat: 0 to 2", options={"metavar": "T"}),
    Argument("--max-tokens", "chat: the maximum tokens of a reply, 1 or more", options={"metavar": "N"}),
    Argument("--system", "chat: the system prompt", options={"metavar": "TEXT"}),
    Argument("--dimensions", "embedding: numbers per vector, 1 or more", options={"metavar": "N"}),
    Argument(
        "--unset",
        "options or tags to remove",
        "option",
        {"nargs": "+", "action": "extend", "default": [], "metavar": "OPTION"},
    ),
)
def edit(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Separate the options to set from those to remove."""
    options: dict[str, Any] = pairs(words.options)
    named = {key: value for key in _OPTIONS if (value := getattr(words, key)) is not None}
    removed = ["tags" if each == "tag" else each.replace("-", "_") for each in words.unset]
    require_once([*options, *named, *removed, *(["tags"] if words.tags is not None else [])])
    options |= named
    options.update({key: None for key in removed if key != "tags"})
    tags = words.tags if words.tags is not None else [] if "tags" in removed else None
    connections = None if words.connections is None else ",".join(words.connections)
    if not options and all(each is None for each in (words.name, connections, words.model, tags, words.capability)):
        changes = "--name, --connection A[=M][,B], --model M, --tag T, an option such as --temperature, or --unset"
        raise NothingToChange(command="profile edit", options=changes)
    return call(connections=connections, options=options, tags=tags, check_model=True)  # type: ignore[no-any-return]


@interaction("profile delete", YES)
def delete(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Confirm the deletion."""
    aliases = dict.fromkeys(
        session.profile(alias).alias for alias in words.aliases
    )  # one may be named by its former alias
    names = ", ".join(aliases)
    if not words.yes:
        if not console.can_ask:
            raise DeletionNotConfirmed(aliases=tuple(aliases))
        if not console.confirm(f"Delete {names}?"):
            return Done("Nothing was deleted.")
    return call()  # type: ignore[no-any-return]


@interaction("profile default", Argument("--none", "remove the default", options={"action": "store_true"}))
def default(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Remove the default if the line says so."""
    if not words.none:
        return call()  # type: ignore[no-any-return]
    if words.alias is not None:
        raise NoneWithProfile
    return session.no_default_profile(words.capability or "chat")
