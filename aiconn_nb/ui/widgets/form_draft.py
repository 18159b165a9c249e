"""The unsaved content of a form, as the page sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiconn_nb.errors import AiconnError, BadMessage
from aiconn_nb.model.connection import alias_from
from aiconn_nb.model.field import Field
from aiconn_nb.model.key_name import has_key
from aiconn_nb.model.reference import Literal, clean, is_reference, parse
from aiconn_nb.model.secret import Secret, shape_of

LOOKS_LIKE_A_KEY = "looks like a key, but this field is not secret; put it in one that is"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """A form's content, ready for the session: secrets are wrapped. Its repr shows nothing."""

    provider: str
    name: str
    alias: str
    active: bool = True
    settings: Mapping[str, str | Secret | None] = field(default_factory=dict)
    """Omitted settings stay; None removes a setting."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Problems that only the form can detect, by field."""


def read_draft(content: Mapping[str, Any], fields: Sequence[Field], *, stored_alias: str | None = None) -> Draft:
    """Return the draft in a save or test message. Raises `AiconnError`.

    While the alias is locked, it is derived from the name, or stays as stored.
    """
    name, texts = text_in(content, "name"), texts_in(content)
    problems: dict[str, str] = {}
    settings: dict[str, str | Secret | None] = dict.fromkeys(words_in(content, "cleared"))
    for each in fields:
        if each.key in texts:
            settings[each.key], problem = _setting(each, texts[each.key])
            if problem:
                problems[each.key] = problem
    alias = chosen_alias(content, stored_alias)
    for key, text in (("name", name), ("alias", alias)):
        if looks_like_a_key(text):
            problems[key] = LOOKS_LIKE_A_KEY
    return Draft(
        provider=text_in(content, "provider"),
        name=name.strip(),
        alias=alias,
        active=content.get("active") is not False,
        settings=settings,
        problems=problems,
    )


def chosen_alias(content: Mapping[str, Any], stored_alias: str | None = None) -> str:
    """Return the typed alias if it is unlocked; else the stored one, or one derived from the name."""
    if content.get("open") is True:
        return text_in(content, "alias").strip()
    return stored_alias if stored_alias is not None else alias_from(text_in(content, "name"))


def kept(content: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """Return the content to return to a reloaded page: all input except actual and possible secrets."""
    texts = {
        each.key: text
        for each in fields
        if (text := texts_in(content).get(each.key)) is not None
        and (not each.sensitive or not text or is_reference(text))
        and not looks_like_a_key(text)
    }
    return {
        "provider": text_in(content, "provider"),
        "open": content.get("open") is True,
        "active": content.get("active") is not False,
        **{key: "" if looks_like_a_key(text_in(content, key)) else text_in(content, key) for key in ("name", "alias")},
        "fields": texts,
        **{key: [each for each in words_in(content, key) if each] for key in ("cleared", "replaced", "typed")},
    }


def references_in(content: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, str]:
    """Return the references in a form, by field."""
    read = {each.key: clean(texts_in(content).get(each.key, "")) for each in fields}
    return {key: text for key, (text, warning) in read.items() if not warning and is_reference(text)}


def looks_like_a_key(text: str) -> bool:
    """Whether a text has the shape of a key, even after an added ``$``."""
    return shape_of(text.strip().lstrip("$")) is not None or (is_reference(text.strip()) and has_key(text))


def _setting(each: Field, typed: str) -> tuple[str | Secret | None, str]:
    """Return a field's text in the session's form, and its problem."""
    text, warning = clean(typed)
    if warning:
        return None, warning
    if not text:
        return None, ""
    if text.startswith("$") and shape_of(text.lstrip("$")) is not None:
        return None, "looks like a key with a $ before it; without the $ it stays secret"
    if not each.sensitive:
        return text, ""
    try:
        read = parse(text)
    except AiconnError:
        return text, ""  # the session reports its problem
    return (Secret(read.text), "") if isinstance(read, Literal) else (text, "")


def text_in(content: Mapping[str, Any], key: str) -> str:
    """Return a text in a message; '' without one. Raises `AiconnError`."""
    value = content.get(key, "")
    if not isinstance(value, str):
        raise BadMessage(part=key)
    return value


def texts_in(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of the fields in a message. Raises `AiconnError`."""
    return mapping_in(content, "fields")


def mapping_in(content: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the texts of a mapping in a message; empty without one. Raises `AiconnError`."""
    value = content.get(key, {})
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in (*value, *value.values())):
        raise BadMessage(part=key)
    return dict(value)


def number_in(content: Mapping[str, Any], key: str) -> int:
    """Return a number in a message. Raises `AiconnError`."""
    value = content.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadMessage(part=key)
    return value


def numbers_in(content: Mapping[str, Any], key: str) -> list[int]:
    """Return the numbers of a list in a message; empty without one. Raises `AiconnError`."""
    value = content.get(key, [])
    if not isinstance(value, list) or not all(type(each) is int for each in value):
        raise BadMessage(part=key)
    return value


def words_in(content: Mapping[str, Any], key: str) -> list[str]:
    """Return the texts of a list in a message; empty without one. Raises `AiconnError`."""
    value = content.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadMessage(part=key)
    return value
