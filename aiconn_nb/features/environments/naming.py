"""Detects references that the user cannot have meant: a key or a value in place of a name, the syntax of another language."""

from __future__ import annotations

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.casing import fold
from aiconn_nb.model.hint import command
from aiconn_nb.model.key_name import before_equals, has_key, without_syntax
from aiconn_nb.model.secret import Secret, shape_of
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_names import NamesKnown


def misnamed(context: Context, key: str) -> str:
    """Return the problem of a new reference, in words that follow the field's name; '' if the user can have meant it.

    Any text may be a key of a settings file, so a strange name is accepted if a source has it. No key and no value is repeated.
    """
    name = before_equals(key)
    if name and (has_key(key) or not _is_there(context, key)):
        keep = command("secret set", name)
        return f"has a value after the name of its reference: write ${name}, and keep the value with '{keep}'"
    if has_key(key):
        if shape_of(key):
            return "looks like a key with a $ before it; without the $ it stays secret"
        return "has a key in the name of its reference: write $Section:Key, and keep the key under that name"
    plain = without_syntax(key)
    return f"is not a reference in this form: write ${plain}" if plain and not _is_there(context, key) else ""


def name_as_value(context: Context, value: Secret, suggested: str = "") -> str:
    """Return the reference that the user meant, if a value is the name of a configuration key without ``$``; otherwise ''."""
    return value.judged(NamesKnown(context, suggested).reference_in)


def _is_there(context: Context, key: str) -> bool:
    """Whether a source of any environment has the key."""
    folded = fold(key)
    for environment in context.environments():
        try:
            if folded in map(fold, context.configuration(environment).keys()):
                return True
        except AiconnError:
            continue
    return False
