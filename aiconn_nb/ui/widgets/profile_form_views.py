"""The views of a profile's form for the page: pure functions from values to plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiconn_nb.features.connections import ConnectionRow
from aiconn_nb.features.profiles import OPTIONS, Link
from aiconn_nb.features.use import ModelRow, Models
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.hint import sentences, written
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Profile

from . import setups
from .list_views import Plain
from .profile_views import STATES

LINE = 1000
"""Maximum characters of a text that is one line in the form."""
_ABOUT: Mapping[Capability, Plain] = {
    Capability.CHAT: {
        "name": "Chat",
        "about": "Answers in words",
        "example": "Writer",
    },
    Capability.EMBEDDING: {
        "name": "Embedding",
        "about": "Turns texts into vectors",
        "example": "Search",
    },
}
MODEL_HELP = "The model of each connection without its own."
OPTIONS_GROUP = "Options"
_COMPONENTS = {"text": "lines", "integer": "whole", "number": "slider"}
"""Type of an option -> the component that draws it."""


def usage_of(profile: Profile) -> str:
    """Return the line that uses a profile."""
    alias = profile.alias
    if profile.capability is Capability.CHAT:
        return written(f"%%aiconn ask {alias}", f'aiconn_nb.ask("TEXT", profile="{alias}")')
    return written(f"%aiconn embed {alias} TEXT", f'aiconn_nb.embed(["TEXT"], profile="{alias}")')


def form_view(
    *,
    environment: str,
    connections: Sequence[Plain],
    defaults: Mapping[Capability, str],
    shapes: Sequence[Plain],
    options: Mapping[Capability, Sequence[Field]],
    stored: Plain | None = None,
) -> Plain:
    """Return the whole form: ``stored`` is the edited profile, None for a new one; ``defaults`` are aliases, '' for none."""
    return {
        "kind": "profile",
        "title": "New profile",
        "words": setups.words("profile", is_stored=stored is not None),
        "buttons": setups.buttons("profile", is_stored=stored is not None),
        "environment": environment,
        "kinds": [capability_view(each, defaults.get(each, ""), options[each]) for each in Capability],
        "picked": str(Capability.CHAT),
        "connections": list(connections),
        "shapes": list(shapes),
        "stored": stored,
    }


def capability_view(capability: Capability, default: str, options: Sequence[Field]) -> Plain:
    """Return a capability for selection, with the options that the connections' providers accept."""
    return {
        **_ABOUT[capability],
        "id": str(capability),
        "default": default,
        "group_help": {OPTIONS_GROUP: "Empty options are not sent; the model's defaults apply."},
        "fields": [
            {
                **_field("connections", "Connections", "connections"),
                "help": "The first answers. If it cannot, the next one is asked.",
            },
            {**_field("model", "Model", "model"), "help": MODEL_HELP, "required": False},
            *(option_view(each) for each in options),
            {
                **_field("tags", "Tags", "plain"),
                "required": False,
                "optional": True,
                "help": "Tags for searching, separated by commas.",
            },
        ],
    }


def _field(key: str, label: str, type: str) -> Plain:
    return {"key": key, "label": label, "help": "", "type": type, "required": True}


def option_view(option: Field) -> Plain:
    """Return an option for display: a slider for a number in a small range, several lines for a long text, else one line."""
    values = f": {', '.join(option.choices)}" if option.choices else ""
    help = f"{option.help[:1].upper()}{option.help[1:]}{values}."
    is_line = option.type == "text" and (option.most is None or option.most <= LINE)
    drawn_as = "plain" if is_line else _COMPONENTS.get(option.type, "plain")
    view: Plain = {
        **_field(option.key, option.label, drawn_as),
        "help": help,
        "required": False,
        "group": OPTIONS_GROUP,
    }
    if drawn_as != "plain":
        view["placeholder"] = "not sent"
        view["inputmode"] = {"whole": "numeric", "slider": "decimal"}.get(drawn_as, "")
    if option.type == "number":
        view |= {"least": option.least, "most": option.most}
    return view


def fields_of(capability: Capability) -> tuple[Field, ...]:
    """Return the fields of a profile besides name and alias, with the form's names."""
    own = (("connections", "Connections"), ("model", "Model"), ("tags", "Tags"))
    options = ((option.key, option.label) for option in OPTIONS[capability])
    return tuple(Field(key, label) for key, label in (*own, *options))


def connection_view(row: ConnectionRow, provider_name: str, capabilities: Iterable[Capability]) -> Plain:
    """Return a connection that a profile may use, with its capabilities."""
    state = (
        "inactive"
        if not row.active
        else "unresolved"
        if row.missing
        else "untrusted host"
        if row.untrusted
        else "ready"
    )
    return {
        "id": row.id,
        "alias": row.alias,
        "name": row.name,
        "provider": provider_name,
        "can": [str(each) for each in capabilities],
        **state_view(state),
    }


def gone_view(id: str, link: Link, capability: Capability) -> Plain:
    """Return a deleted connection that a profile still names."""
    return {
        "id": id,
        "alias": link.alias,
        "name": link.alias,
        "provider": "",
        "can": [str(capability)],
        **state_view("gone"),
    }


def state_view(state: str) -> Plain:
    """Return a state in words, and its colour."""
    tone, words = STATES.get(state, ("bad", state))
    return {"state": state, "tone": tone, "words": words}


def stored_view(profile: Profile, *, is_default: bool) -> Plain:
    """Return a stored profile: every value as the text of its input."""
    return {
        "id": profile.id,
        "alias": profile.alias,
        "name": profile.name,
        "active": is_default,
        "mark": "default" if is_default else "",
        "kind": str(profile.capability),
        "connections": list(profile.connections),
        "models": dict(profile.models),
        "settings": {key: {"text": text} for key, text in texts_view(profile).items()},
        "version": profile.version,
        "modified": profile.modified.isoformat(),
    }


def texts_view(profile: Profile) -> dict[str, str]:
    """Return model, tags and options as text; '' for an option that is not sent."""
    keys = [option.key for option in OPTIONS[profile.capability]]
    options = {**dict.fromkeys(keys, ""), **{key: str(value) for key, value in profile.options.items()}}
    return {"model": profile.model, "tags": ", ".join(profile.tags), **options}


def models_view(connection: Connection, models: Models, capability: Capability) -> Plain:
    """Return the live list of a connection, as suggestions: models that have the capability, or may have it."""
    able = [row for row in models if not row.capabilities or capability in row.capabilities]
    if not able:
        line = f"{connection.alias} answered, and lists no model for {capability}."
    else:
        line = f"{connection.alias} lists {len(able)} {'model' if len(able) == 1 else 'models'} for {capability}."
    return {
        "id": connection.id,
        "models": [{"id": row.id, "note": _note(row)} for row in able],
        "line": line,
    }


def no_models_view(id: str, alias: str, what: str, hint: str) -> Plain:
    """Return why the list of a connection is missing."""
    line = f"{alias} cannot be asked for its models now: {sentences(what, hint)} Any name can be typed."
    return {"id": id, "line": line}


def unlisted(connection: Connection, model: str, listed: Sequence[str], *, is_named: bool = False) -> str:
    """Return a note that a connection's list lacks a model, with the nearest one; '' if it has it, or nothing is known.

    ``is_named``: the note names the model, which is in another field.
    """
    # Ollama lists a model with its tag, even if users omit the tag.
    if not model or not listed or model in listed or f"{model}:latest" in listed:
        return ""
    told = (
        f"{connection.alias} does not list {model if is_named else 'this model'}.",
        did_you_mean(model, listed),
        "You can save it anyway: a deployment or a new model may be missing there.",
    )
    return " ".join(filter(None, told))


def _note(row: ModelRow) -> str:
    """Return the text beside a model's id: its name, if different, and its last day."""
    return " · ".join(
        filter(None, [row.name if row.name != row.id else "", row.shutdown and f"shuts down {row.shutdown}"])
    )
