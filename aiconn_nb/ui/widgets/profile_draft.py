"""The unsaved content of a profile's form, as the page sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiconn_nb.features.profiles import OPTIONS
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.secret import holds_key

from .form_draft import LOOKS_LIKE_A_KEY, chosen_alias, looks_like_a_key, mapping_in, text_in, texts_in, words_in


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """A form's content, ready for the session. Its repr shows nothing."""

    name: str
    alias: str
    default: bool
    capability: Capability
    connections: Sequence[str]
    """Ids in order, perhaps with a text that is not an id."""
    model: str
    tags: str
    models: Mapping[str, str] = field(default_factory=dict)
    """Id of a connection -> its own model."""
    options: Mapping[str, str] = field(default_factory=dict)
    """All options in the form; '' means not sent."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Problems that only the form can detect, by field."""


def read_draft(content: Mapping[str, Any], capability: Capability, *, stored_alias: str | None = None) -> Draft:
    """Return the draft in a save message. Raises `AiconnError`.

    While the alias is locked, it is derived from the name, or stays as stored.
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
        models=own_models(content),
        options={key: text for key, text in texts.items() if key not in {"model", "tags", *_of_others(capability)}},
        problems={key: LOOKS_LIKE_A_KEY for key, text in (("name", name), ("alias", alias)) if looks_like_a_key(text)},
    )


def own_models(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the models of the connections with their own, by the connection's id. Raises `AiconnError`."""
    chosen = words_in(content, "connections")
    return {id: model.strip() for id, model in mapping_in(content, "models").items() if model.strip() and id in chosen}


def _of_others(capability: Capability) -> set[str]:
    """Return the options that only other capabilities have. Their earlier input is ignored."""
    return {option.key for each, options in OPTIONS.items() if each is not capability for option in options}


def kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content to return to a reloaded page: all input except texts with a key."""
    return {
        "capability": text_in(content, "capability"),
        "open": content.get("open") is True,
        "active": content.get("active") is True,
        **{key: _keyless(text_in(content, key)) for key in ("name", "alias")},
        "connections": [each for each in words_in(content, "connections") if _keyless(each)],
        "models": {id: model for id, model in mapping_in(content, "models").items() if model == _keyless(model)},
        "fields": {key: text for key, text in texts_in(content).items() if text == _keyless(text)},
    }


def _keyless(text: str) -> str:
    return "" if looks_like_a_key(text) or holds_key(text) else text
