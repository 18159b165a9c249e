"""Checks of a form during input, and values that it stores outside the connection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiconn_nb.errors import KeyAsReference, MaskAsSecret, NoReference, NoSecretGiven
from aiconn_nb.features.app import Session
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import ALIAS_LENGTH, alias_problem
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK_LIKE, Secret

from .form_draft import LOOKS_LIKE_A_KEY, chosen_alias, looks_like_a_key, text_in
from .protocol import Answer, Input, Panel

KEPT = "It is encrypted, for you on this machine, outside the notebook and the project. The connection has only the reference."


LABELS = {"name": "Name", "alias": "Alias"}
"""The fields of every form."""
_CONTINUES = re.compile(r"(?:is|are|must|has|have|holds|may|looks|exists|cannot|never|resolve[sd])\b")


def problem_sentence(label: str, problem: str) -> str:
    """Return a problem as a sentence: most problems continue the name of their field."""
    whole = f"{label} {problem}" if _CONTINUES.match(problem) else problem[:1].upper() + problem[1:]
    return whole if whole.endswith((".", "!", "?", ")")) else f"{whole}."


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


class Kept(NamedTuple):
    """What was done with a value for a reference; ``problem`` and nothing else if there is already one."""

    reference: str
    done: str
    problem: str = ""


def keep_secret(session: Session, content: Mapping[str, Any]) -> Kept:
    """Store a value for a reference in the encrypted user secrets.

    A value that exists is only replaced in the environment that ``replaces`` names. Raises an `AiconnError`.
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
    if content.get("replaces") != (environment or "") and _is_kept(session, reference.key, environment or ""):
        where = f" for {environment}" if environment else ""
        problem = f"There is already a value for ${reference.key}{where} in the user secrets. Save again to replace it."
        return Kept(str(reference), "", problem)
    done = session.set_secret(reference.key, secret, environment=environment, all=everywhere)
    return Kept(str(reference), " ".join([done.what, *(f"But {each}." for each in done.warnings)]))


def keep_panel(field: str, reference: str, environment: str, *, is_typed: bool) -> Panel:
    """Return the panel of a field for the value of its reference; ``is_typed``: the field has the value, and the panel asks for a
    reference. A key in its place is not repeated."""
    reference = "" if looks_like_a_key(reference) else reference
    value: Input = {"name": "value", "kind": "key", "label": ["Value"], "testid": f"keep-value-{field}"}
    name: Input = {"name": "reference", "kind": "reference", "label": ["Reference"], "testid": f"keep-name-{field}"}
    scopes = [[environment, f"in {environment} only"], ["", "in every environment"]]
    scope: Input = {"name": "environment", "kind": "choice", "label": ["Applies"], "testid": f"keep-scope-{field}"}
    data = {"field": field, "typed": True} if is_typed else {"field": field, "reference": reference}
    return {
        "id": f"panel-{field}",
        "place": field,
        "title": "Save it as a user secret" if is_typed else "Save a value for this key",
        "help": [[KEPT]],
        "inputs": [
            {**name, "value": reference} if is_typed else value,
            {**scope, "choices": scopes, "value": environment},
        ],
        "waits": "This value is not saved yet. Save it first, or choose Not now.",
        "answers": [
            {"text": "Save value", "intent": "keep", "data": data, "testid": f"keep-{field}"},
            {"text": "Not now", "kind": "quiet"},
        ],
    }


def answers_again(answers: Sequence[Answer], content: Mapping[str, Any], kept: Kept | None) -> list[Answer]:
    """Return the buttons after a value was not stored: if one exists, the next save in this environment replaces it."""
    replaces = content.get("environment") if kept else None
    return [{**each, "data": {**each["data"], "replaces": replaces}} if "data" in each else each for each in answers]


def _is_kept(session: Session, key: str, environment: str) -> bool:
    kept = (row for row in session.secrets() if not row.place)
    return any(fold(row.key) == fold(key) and row.environment == environment for row in kept)
