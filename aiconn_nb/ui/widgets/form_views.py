"""What the page is told of a form: pure functions from values to plain dictionaries.

None of them is given a secret. What is typed is not in the view either, which a notebook may save: it is in the answers, which
are messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.catalog import ProviderRow
from aiconn_nb.features.checks import Rung, Tested
from aiconn_nb.features.environments import FieldLine
from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection, Setting
from aiconn_nb.model.field import Field, FieldValue
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import SHAPES, Sealed

from . import setups

Plain = dict[str, Any]
"""What JSON can hold."""

_OWNERS = {"huggingface": "Hugging Face", "groq": "Groq", "github": "GitHub"}


def form_view(
    *,
    environment: str,
    providers: Sequence[Plain],
    stored: Plain | None = None,
    picked: str = "",
) -> Plain:
    """The whole of a form: ``stored`` is what it edits, None where it creates; ``picked`` is the provider to begin with."""
    return {
        "kind": "form",
        "title": "New connection",
        "words": dict(setups.CONNECTION),
        "environment": environment,
        "kinds": list(providers),
        "shapes": shapes(providers),
        "stored": stored,
        "picked": picked,
    }


def provider_view(row: ProviderRow, fields: Sequence[Field]) -> Plain:
    """A provider as one can be picked, with what it asks for."""
    return {
        "id": row.id,
        "name": row.name,
        "group": row.group,
        "about": row.broken or " · ".join(map(str, row.capabilities)),
        "use": "%aiconn use {alias}",
        "example": f"{row.name} Development",
        "capabilities": [str(each) for each in row.capabilities],
        "missing": list(row.missing),
        "install": row.install,
        "broken": row.broken,
        "shapes": list(row.key_shapes),
        "fields": [field_view(field, row.name) for field in fields],
    }


def field_view(field: Field, provider_name: str) -> Plain:
    """A field as it is drawn."""
    return {
        "key": field.key,
        "label": field.label,
        "help": field.help,
        "type": field.type,
        "required": field.required and field.default is None,
        "optional": not field.required or field.default is not None,
        "sensitive": field.sensitive,
        "group": field.group,
        "default": None if field.default is None or field.sensitive else text_of(field.default),
        "choices": list(field.choices),
        "placeholder": field.placeholder,
        "suggested": field.suggested_reference or suggested_reference(provider_name, field.label),
    }


def suggested_reference(provider_name: str, label: str) -> str:
    """The reference to offer where the provider suggests none: ``$Acme:ApiKey``."""
    section, key = ("".join(word[:1].upper() + word[1:] for word in part.split()) for part in (provider_name, label))
    return f"${section}:{key}"


def text_of(value: FieldValue) -> str:
    """A plain value as it is written in an input."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def shapes(providers: Sequence[Plain]) -> list[Plain]:
    """What keys look like, so that the page can tell without sending one: JavaScript reads these patterns alike."""
    names = {provider["shapes"][0]: provider["name"] for provider in reversed(providers) if provider["shapes"]}
    return [
        {"owner": owner, "name": names.get(owner) or _OWNERS.get(owner) or owner.title(), "pattern": shape.pattern}
        for owner, shape in SHAPES
    ]


def question_view(question: Question) -> Plain:
    """What would be sent to a host that it was not allowed for, and the answers that allow it."""
    return {"what": question.words, "answers": list(question.answers)}


def stored_view(
    connection: Connection, fields: Sequence[Field], *, in_use: bool, untrusted: Question | None = None
) -> Plain:
    """What is stored of a connection: of a secret only that it is set."""
    return {
        "id": connection.id,
        "alias": connection.alias,
        "name": connection.name,
        "kind": connection.provider,
        "active": connection.active,
        "version": connection.version,
        "modified": connection.modified.isoformat(),
        "mark": "in use" if in_use else "",
        "untrusted": question_view(untrusted) if untrusted else None,
        "settings": settings_view(connection.settings, fields),
    }


def settings_view(settings: Mapping[str, Setting], fields: Sequence[Field]) -> Plain:
    """Settings by field: their text, or only that something is kept secret. What is not set is absent."""
    sensitive = {field.key for field in fields if field.sensitive}
    return {
        key: {"sealed": True}
        if isinstance(value, Sealed) or (key in sensitive and not is_reference(value))
        else {"text": text_of(value)}
        for key, value in settings.items()
    }


def meanwhile_view(base: Connection | None, stored: Connection | None) -> Plain | None:
    """What became of a connection since the form began with it; None where nothing did."""
    if base is None or (stored is not None and stored.version == base.version):
        return None
    if stored is None:
        return {"gone": True}
    return {"gone": False, "modified": stored.modified.isoformat()}


def conflict_view(base: Connection, theirs: Connection, fields: Sequence[Field]) -> Plain:
    """What was saved elsewhere meanwhile: that state, and what of it differs from the state this form began with."""
    keys = {*base.settings, *theirs.settings}
    return {
        "theirs": stored_view(theirs, fields, in_use=False),
        "changed": [name for name in ("name", "alias", "active") if getattr(base, name) != getattr(theirs, name)],
        "settings": sorted(key for key in keys if base.settings.get(key) != theirs.settings.get(key)),
    }


def reference_view(line: FieldLine) -> Plain:
    """What becomes of a reference in the current environment."""
    return {
        "resolved": line.resolved,
        "shown": line.shown,
        "source": line.told_source,
        "hidden": list(line.hidden),
        "problem": line.reason,
        "hint": line.hint,
    }


def keys_in_order(keys: Iterable[str]) -> list[str]:
    """Known keys as they are offered: those of files first (they have sections), then bare ones, mostly variables."""
    return sorted(keys, key=lambda key: (":" not in key, key.lower(), key))


RUNGS = {
    "active": "Active",
    "sdk": "SDK installed",
    "references": "References",
    "plausible": "Plausible values",
    "trusted host": "Trusted host",
    "reachable": "Reachable",
    "authenticated": "Authenticated",
    "models": "Models",
    "model": "Model answers",
}
"""The steps of a test in their order, as they are shown."""


def rung_view(rung: Rung) -> Plain:
    """One step of a test, and the title of the one that follows."""
    following = list(RUNGS)[list(RUNGS).index(rung.name) + 1 :] if rung.name in RUNGS else []
    return {
        "name": rung.name,
        "title": RUNGS.get(rung.name, rung.name),
        "next": RUNGS[following[0]] if following and following[0] != "model" else "Finishing",
        "state": rung.state,
        "detail": rung.detail,
        "hint": rung.hint,
        "seconds": round(rung.seconds, 3),
    }


def tested_view(tested: Tested) -> Plain:
    """A finished test."""
    return {
        "ok": tested.ok,
        "verdict": tested.verdict,
        "summary": tested.summary,
        "seconds": round(tested.seconds, 3),
        "rungs": [rung_view(rung) for rung in tested.rungs],
    }


def error_view(error: AiconnError) -> Plain:
    """An error that belongs to no field."""
    return {"what": error.what, "hint": error.hint}
