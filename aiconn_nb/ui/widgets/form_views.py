"""The views of a form for the page: pure functions from values to plain dictionaries.

They receive no secrets. User input is not in the view, which a notebook may save; it is in the answers, which are messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiconn_nb.features.catalog import ProviderRow
from aiconn_nb.features.environments import FieldLine
from aiconn_nb.model.connection import Connection, Setting
from aiconn_nb.model.field import NETWORK_GROUP, Field, as_text
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import SHAPES, Sealed

from . import setups
from .list_views import Plain
from .protocol import Answer, Note, ReferenceView, SettingView
from .question_panels import ago
from .undo import Stored

_OWNERS = {"huggingface": "Hugging Face", "groq": "Groq", "github": "GitHub"}


def form_view(
    *,
    environment: str,
    providers: Sequence[Plain],
    stored: Plain | None = None,
    picked: str = "",
) -> Plain:
    """Return the whole form: ``stored`` is the edited entry, None for a new one; ``picked`` is the initial provider."""
    kinds, shared = sharing(providers)
    return {
        "kind": "form",
        "title": "New connection",
        "words": setups.words("connection", is_stored=stored is not None),
        "buttons": setups.buttons("connection", is_stored=stored is not None),
        "environment": environment,
        "kinds": kinds,
        "shared": shared,
        "shapes": shapes(providers),
        "stored": stored,
        "picked": picked,
    }


def sharing(providers: Sequence[Plain]) -> tuple[list[Plain], dict[str, Plain]]:
    """Return the providers with the keys of the fields that many of them share, and these fields by key.

    All providers with a network have the same fields for it. Sent with each one, they would be three quarters of the view.
    """
    shared: dict[str, Plain] = {}

    def once(field: Plain) -> Plain | str:
        is_shared = field["group"] == NETWORK_GROUP and shared.setdefault(field["key"], field) == field
        return str(field["key"]) if is_shared else field

    return [{**each, "fields": [once(field) for field in each["fields"]]} for each in providers], shared


def provider_view(row: ProviderRow, fields: Sequence[Field], set_here: Mapping[str, str] | None = None) -> Plain:
    """Return a provider for selection, with its fields and the references that already resolve here."""
    return {
        "id": row.id,
        "name": row.name,
        "group": row.group,
        "about": row.broken or " · ".join(map(str, row.capabilities)),
        "example": f"{row.name} Development",
        "broken": row.broken,
        **_lack(row),
        "shapes": list(row.key_shapes),
        "folded": folded(fields),
        "fields": [field_view(field, row.name, (set_here or {}).get(field.key, "")) for field in fields],
    }


def _lack(row: ProviderRow) -> Plain:
    """Return what a provider lacks: a tag in the choice, and a message in the form."""
    note: Note = {"tone": "warn", "what": "", "hint": "", "testid": "sdk-missing"}
    if row.broken:
        what = f"{row.broken} Name, alias and active can be changed; the settings stay as they are."
        return {"tag": ["bad", "Broken plug-in"], "note": {**note, "what": what}}
    if row.missing:
        what = f"The SDK of {row.name} is not installed here ({', '.join(row.missing)})."
        copy = ["The connection can be saved. To use it, run this in a cell: ", row.install]
        return {"tag": ["warn", "SDK not installed"], "note": {**note, "what": what, "copy": copy}}
    return {}


def folded(fields: Sequence[Field]) -> list[str]:
    """Return the groups that are initially collapsed: the network, and unusual ways to sign in."""
    instead = {other for field in fields for other in field.required_unless}
    return [*dict.fromkeys(each.group for each in fields if each.key in instead and each.group), NETWORK_GROUP]


def field_view(field: Field, provider_name: str, set_here: str = "") -> Plain:
    """Return a field for display. All providers with a network share the references that are proposed for it."""
    section = NETWORK_GROUP if field.group == NETWORK_GROUP else provider_name
    default = None if field.default is None or field.sensitive else as_text(field.default)
    values = ("true", "false") if field.type == "boolean" else field.choices
    without = "Choose…" if field.is_required(()) else "Not set"
    none = without if default is None else f"{_word(field, default)} (default)"
    return {
        "key": field.key,
        "label": field.label,
        "help": field.help if default is None or values else f"{field.help} Default: {default}.".strip(),
        "type": field.type,
        "required": field.is_required(()),
        "optional": not field.required or field.default is not None,
        "sensitive": field.sensitive,
        "group": field.group,
        "choices": [["", none], *([value, _word(field, value)] for value in values)] if values else [],
        "placeholder": field.placeholder or default or "",
        "inputmode": _INPUT_MODES.get(field.type, ""),
        "suggested": field.suggested_reference or suggested_reference(section, field.label),
        "set": set_here,
    }


_INPUT_MODES = {"integer": "numeric", "number": "decimal", "url": "url"}


def _word(field: Field, value: str) -> str:
    return {"true": "Yes", "false": "No"}.get(value, value) if field.type == "boolean" else value


def suggested_reference(provider_name: str, label: str) -> str:
    """Return the suggested reference if the provider has none: ``$Acme:ApiKey``."""
    section, key = ("".join(word[:1].upper() + word[1:] for word in part.split()) for part in (provider_name, label))
    return f"${section}:{key}"


def shapes(providers: Sequence[Plain]) -> list[Plain]:
    """Return the shapes of keys, so that the page detects one without sending it. JavaScript reads the patterns the same way."""
    names = {provider["shapes"][0]: provider["name"] for provider in reversed(providers) if provider["shapes"]}
    return [
        {
            "owner": owner,
            "key": key_of(names.get(owner) or _OWNERS.get(owner) or owner.title()),
            "pattern": shape.pattern,
        }
        for owner, shape in SHAPES
    ]


def key_of(owner: str) -> str:
    """Return a key of this owner in words: ``an OpenAI key``."""
    return f"{'an' if owner.startswith(tuple('AEIOU')) else 'a'} {owner} key"


def stored_view(connection: Connection, fields: Sequence[Field], *, in_use: bool, note: Note | None = None) -> Plain:
    """Return a stored connection; for a secret, only that it is set."""
    return {
        "id": connection.id,
        "alias": connection.alias,
        "name": connection.name,
        "kind": connection.provider,
        "active": connection.active,
        "version": connection.version,
        "modified": connection.modified.isoformat(),
        "mark": "in use" if in_use else "",
        "note": note,
        "settings": settings_view(connection.settings, fields),
    }


def settings_view(settings: Mapping[str, Setting], fields: Sequence[Field]) -> Plain:
    """Return the settings by field: their text, or only that a value is secret. Unset settings are absent."""
    sensitive = {field.key for field in fields if field.sensitive}

    def view(key: str, value: Setting) -> SettingView:
        if isinstance(value, Sealed) or (key in sensitive and not is_reference(value)) or _has_key(value):
            return {"sealed": True, **({"answers": [rotating(key)]} if key in sensitive else {})}
        return {"text": as_text(value)}

    return {key: view(key, value) for key, value in settings.items()}


def _has_key(value: Setting) -> bool:
    """Whether an earlier release saved a key in the place of a reference's name."""
    return is_reference(value) and shown_name(value) != value


def meanwhile_view(noun: str, base: Stored | None, stored: Stored | None) -> Plain | None:
    """Return what happened to an entry since the form started; None for no change. The ``mark`` identifies the event."""
    if base is None or (stored is not None and stored.version == base.version):
        return None
    if stored is None:
        return {"mark": "gone", "what": f"{base.alias} was deleted in the meantime. Save to restore it."}
    what = f"This {noun} was saved elsewhere {ago(stored.modified)}. When you save, both versions are shown."
    return {"mark": str(stored.version), "what": what}


def reference_view(line: FieldLine, environment: str, *, is_sensitive: bool, is_stored: bool) -> ReferenceView:
    """Return what a reference resolves to. A value of a field for secrets is not shown and can be replaced.

    ``is_stored``: the saved connection has this reference.
    """
    keep: Answer = {"text": "Save a value for this key", "kind": "link", "intent": "keep"}
    keep["data"] = {"field": line.key, "reference": line.written}
    if not line.resolved:
        what = " ".join(filter(None, [line.reason, line.hint]))
        return {"resolved": False, "words": [what], "hides": "", "answers": [keep] if is_sensitive else []}
    value = [": ", line.shown] if line.shown and not is_sensitive else ["."]
    replace: Answer = {**keep, "text": "Replace the value", "testid": f"replace-{line.key}"}
    answers = [replace, *([rotating(line.key)] if is_stored else [])]
    return {
        "resolved": True,
        "words": [f"Resolves in {environment}, from ", line.told_source, *value],
        "hides": f"It hides {', '.join(line.hidden)}." if line.hidden else "",
        "answers": answers if is_sensitive else [],
    }


def rotating(key: str) -> Answer:
    """Return the link to replace a stored key by a new one, which is tested first."""
    return {
        "text": "Rotate",
        "kind": "link",
        "intent": "rotate",
        "data": {"field": key},
        "testid": f"rotate-{key}-link",
    }


def usual_references(field: Plain, known: Iterable[str], environment: str) -> list[list[str]]:
    """Return the references to suggest first for a field, each with a note: the one that is set here, and its usual one."""
    suggested, set_here = field["suggested"], field["set"]
    there = next((f"${key}" for key in known if f"${key}".lower() == suggested.lower()), "")
    usual = [there, "usual name"] if there else [suggested, f"usual name, not in {environment}"]
    return [usual] if set_here.lower() in ("", usual[0].lower()) else [[set_here, "set here"], usual]


def keys_in_order(keys: Iterable[str]) -> list[str]:
    """Sort keys for suggestions: those of files first (they have sections), then bare ones, mostly variables."""
    return sorted(keys, key=lambda key: (":" not in key, key.lower(), key))
