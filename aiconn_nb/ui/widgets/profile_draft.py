"""What a profile's form holds and was not saved yet, as it arrives from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiconn_nb.features.profiles import OPTIONS
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import holds_key

from .form_draft import LOOKS_LIKE_A_KEY, chosen_alias, looks_like_a_key, text_in, texts_in, words_in


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """A form's content, ready for the session. Its repr shows nothing."""

    name: str
    alias: str
    default: bool
    capability: Capability
    connections: Sequence[str]
    """Ids in order, and perhaps a text that names none."""
    model: str
    tags: str
    options: Mapping[str, str] = field(default_factory=dict)
    """Every option that the form showed; '' is not sent."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What only the form can see to be wrong, by field."""


def read_draft(content: Mapping[str, Any], capability: Capability, *, stored_alias: str | None = None) -> Draft:
    """The draft that travels with a save. Raises `AiconnError`.

    While its lock is closed the alias is made from the name, or stays as stored.
    """
    texts = texts_in(content)
    name, alias = text_in(content, "name").strip(), chosen_alias(content, stored_alias)
    return Draft(
        name=name,
        alias=alias,
        default=content.get("active") is True,
        capability=capability,
        connections=words_in(content, "connections"),
        model=texts.get("model", ""),
        tags=texts.get("tags", ""),
        options={key: text for key, text in texts.items() if key not in {"model", "tags", *_of_others(capability)}},
        problems={key: LOOKS_LIKE_A_KEY for key, text in (("name", name), ("alias", alias)) if looks_like_a_key(text)},
    )


def _of_others(capability: Capability) -> set[str]:
    """Options that another capability alone knows: what was typed for it before is no matter."""
    return {option.key for each, options in OPTIONS.items() if each is not capability for option in options}


def kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """What is given back to a page that was reloaded: everything typed but what holds a key."""
    return {
        "capability": text_in(content, "capability"),
        "open": content.get("open") is True,
        "active": content.get("active") is True,
        **{key: _keyless(text_in(content, key)) for key in ("name", "alias")},
        "connections": [each for each in words_in(content, "connections") if _keyless(each)],
        "fields": {key: text for key, text in texts_in(content).items() if text == _keyless(text)},
    }


def _keyless(text: str) -> str:
    return "" if looks_like_a_key(text) or holds_key(text) else text
