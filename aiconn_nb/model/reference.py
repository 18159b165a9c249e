"""The meaning of a setting's text: a literal, or a reference to the configuration. Only this file interprets ``$``.

Rules: ``$Key:Path`` is a reference and the whole rest is the key, nothing is trimmed or interpolated (Umbraco.AI and .NET);
``$$rest`` is the literal ``$rest`` (ours); a lone ``$`` is an error.
"""

from __future__ import annotations

from typing import NamedTuple, TypeGuard

from aiconn_nb import errors

from .secret import Secret


class Reference(NamedTuple):
    """A key of the configuration, such as ``OpenAI:ApiKey``, resolved at each use."""

    key: str

    def __str__(self) -> str:
        return f"${self.key}"


class Literal(NamedTuple):
    """A literal text. It may be a secret, so its repr does not show it."""

    text: str

    def __repr__(self) -> str:
        return "Literal()"


def parse(text: str) -> Reference | Literal:
    """Read a setting as it is written.

    Raises `InvalidReference` for a lone ``$``.
    """
    if not text.startswith("$"):
        return Literal(text)
    if text.startswith("$$"):
        return Literal(text[1:])
    if text == "$":
        raise errors.LoneDollar
    return Reference(text[1:])


def variable_of(key: str) -> str:
    """The environment variable that can give a key its value: ``OpenAI__ApiKey`` for ``OpenAI:ApiKey``. '' if none can: every
    ``__`` in a variable's name is a colon."""
    name = key.replace(":", "__")
    return name if name.replace("__", ":") == key and "=" not in name else ""


def is_reference(value: object) -> TypeGuard[str]:
    """Whether a stored value is a reference."""
    return isinstance(value, str) and value.startswith("$") and not value.startswith("$$")


def escape(literal: str) -> str:
    """Write a literal so that `parse` returns it: a leading ``$`` is doubled."""
    return f"${literal}" if literal.startswith("$") else literal


def clean(text: str) -> tuple[str, str]:
    """A typed or pasted value without surrounding blanks, and a warning ('' if there is none).

    Invisible characters (zero-width space, byte order mark, direction marks) before a ``$`` come with text pasted from
    chats and web pages; they would silently turn the reference into a literal. Ours; .NET has no such rule.
    """
    from unicodedata import category  # seldom needed

    stripped = text.strip()
    visible = stripped.lstrip("".join({c for c in stripped if category(c) in ("Cf", "Cc", "Zs")}))
    if visible != stripped and visible.startswith("$"):
        return stripped, "There are invisible characters before the $, so this is not a reference. Type the $ again."
    return stripped, ""


def parse_secret(typed: Secret) -> Reference | Secret:
    """Parse text that was typed without echo: a reference, or a secret without surrounding blanks and with ``$$`` read as ``$``.

    Raises `InvalidReference` for a lone ``$``.
    """
    text, _ = clean(typed.reveal())
    read = parse(text)
    return read if isinstance(read, Reference) else Secret(read.text)
