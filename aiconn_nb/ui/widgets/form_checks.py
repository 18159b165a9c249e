"""Checks of a form during input, and values that it stores outside the connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiconn_nb.errors import KeyAsReference, MaskAsSecret, NoReference, NoSecretGiven
from aiconn_nb.features.app import Session
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import ALIAS_LENGTH, alias_problem
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK_LIKE, Secret

from .form_draft import LOOKS_LIKE_A_KEY, chosen_alias, looks_like_a_key, text_in


def alias_check(known: Iterable[str], content: Mapping[str, Any], stored_alias: str | None) -> dict[str, str]:
    """Return the alias that a save would use, its problem, and a free alias if it is one of the ``known``."""
    alias = chosen_alias(content, stored_alias)
    answer = {"value": alias, "problem": "", "free": ""}
    if looks_like_a_key(text_in(content, "name")) or looks_like_a_key(alias):
        return {**answer, "value": "", "problem": LOOKS_LIKE_A_KEY if content.get("open") is True else ""}
    if not alias:
        if content.get("open") is True:
            answer["problem"] = "is missing"
        elif text_in(content, "name").strip():
            answer["problem"] = "cannot be made from this name: open the lock and type one"
        return answer
    if problem := alias_problem(alias):
        return {**answer, "problem": problem}
    taken = {each.lower() for each in known} - {(stored_alias or "").lower()}
    if alias.lower() in taken:
        return {**answer, "problem": "exists already", "free": free_alias(alias, taken)}
    return answer


def free_alias(alias: str, taken: set[str]) -> str:
    """Return the first free alias of ``alias-2``, ``alias-3`` ..."""
    number = 2
    while (free := f"{alias[: ALIAS_LENGTH - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return free


def keep_secret(session: Session, content: Mapping[str, Any]) -> dict[str, Any]:
    """Store a value for a reference in the encrypted user secrets.

    Returns what was done, or that a value exists and needs ``replace``. Raises an `AiconnError`.
    """
    reference = parse(text_in(content, "reference").strip())
    if not isinstance(reference, Reference):
        raise NoReference
    if looks_like_a_key(str(reference)):
        raise KeyAsReference
    secret = Secret(text_in(content, "value").strip())
    if secret.is_blank:
        raise NoSecretGiven
    if secret.satisfies(lambda text: MASK_LIKE.fullmatch(text) is not None):
        raise MaskAsSecret
    # '' stands for all environments; a message without one means the current environment, as with a command.
    everywhere = content.get("environment") == ""
    environment = None if everywhere else text_in(content, "environment") or session.current_environment
    if content.get("replace") is not True and _is_kept(session, reference.key, environment or ""):
        where = f" for {environment}" if environment else ""
        return {"exists": f"There is already a value for ${reference.key}{where} in the user secrets."}
    done = session.set_secret(reference.key, secret, environment=environment, all=everywhere)
    return {"done": " ".join([done.what, *(f"But {each}." for each in done.warnings)]), "reference": str(reference)}


def _is_kept(session: Session, key: str, environment: str) -> bool:
    kept = (row for row in session.secrets() if not row.place)
    return any(fold(row.key) == fold(key) and row.environment == environment for row in kept)
