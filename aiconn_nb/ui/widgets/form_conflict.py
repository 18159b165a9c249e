"""A conflicting save: for each field that it changed, the user chooses between the typed value and the saved one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import holds_key

from .form_draft import looks_like_a_key, text_in, texts_in, words_in
from .form_views import settings_view
from .profile_draft import own_models
from .profile_form_views import texts_view
from .protocol import Answer, Input, Panel
from .question_panels import GO_ON, ago, asked
from .undo import Stored

HIDDEN = "what you typed, hidden"
Content = Mapping[str, Any]


class Side(NamedTuple):
    """A field that the other save changed: the values here, at the start of the form, and in the other save."""

    key: str
    label: str
    mine: str
    former: str
    theirs: str


def conflicting(noun: str, began: Stored, theirs: Stored, sides: Sequence[Side]) -> Panel:
    """Return the question which values to save. A field that was not changed here proposes the other value."""
    different = [side for side in sides if side.mine != side.theirs]
    what = "Choose what to save:" if different else "Your changes and theirs are in different fields."
    saved = (
        f"{theirs.alias} was saved elsewhere {ago(theirs.modified)}, while you were editing. Nothing was overwritten."
    )
    save: Answer = {"text": "Save the chosen values", "kind": "primary", "intent": "save", "draft": True}
    inputs: list[Input] = [
        {
            "name": key,
            "kind": "side",
            "label": [label],
            "testid": key,
            "value": "theirs" if mine == former else "mine",
            "choices": [["mine", "Yours", mine or "not set"], ["theirs", "Theirs", other or "not set"]],
        }
        for key, label, mine, former, other in different
    ]
    panel = asked(
        f"This {noun} was changed in the meantime",
        [[f"{saved} {what}"]],
        {**save, "data": {"over": began.version, "version": theirs.version}},
        {"text": "Take theirs", "intent": "take", "stored": True},
        GO_ON,
    )
    return {**panel, "inputs": inputs}


def own_sides(content: Content, began: Stored, theirs: Stored) -> Iterator[Side]:
    """Yield the sides of name and alias."""
    alias = text_in(content, "alias").strip() if content.get("open") is True else began.alias
    for key, label, mine in (("name", "Name", text_in(content, "name").strip()), ("alias", "Alias", alias)):
        before, after = getattr(began, key), getattr(theirs, key)
        if before != after:
            yield Side(key, label, mine, before, after)


def connection_sides(
    content: Content, began: Connection, theirs: Connection, fields: Sequence[Field]
) -> Iterator[Side]:
    """Yield the fields of a connection that the other save changed and that the form would save, too."""
    yield from own_sides(content, began, theirs)
    if began.active != theirs.active:
        mine = content.get("active") is not False
        yield Side("active", "Active", *map(_yes, (mine, began.active, theirs.active)))
    texts, cleared = texts_in(content), words_in(content, "cleared")
    before, after = (_settings(each, fields) for each in (began, theirs))
    for field in fields:
        key = field.key
        if began.settings.get(key) == theirs.settings.get(key) or not (key in texts or key in cleared):
            continue
        typed = texts.get(key, "").strip()
        is_secret = typed and ((field.sensitive and not is_reference(typed)) or looks_like_a_key(typed))
        yield Side(f"field-{key}", field.label, HIDDEN if is_secret else typed, before(key), after(key))


def _settings(connection: Connection, fields: Sequence[Field]) -> Callable[[str], str]:
    shown = settings_view(connection.settings, fields)
    return lambda key: "stored, sealed" if shown.get(key, {}).get("sealed") else str(shown.get(key, {}).get("text", ""))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def profile_sides(
    content: Content, began: Profile, theirs: Profile, labels: Mapping[str, str], alias_of: Callable[[str], str]
) -> Iterator[Side]:
    """Yield the fields of a profile that the other save changed; ``alias_of`` names a connection by its id."""
    yield from own_sides(content, began, theirs)

    def links(connections: Sequence[str], models: Mapping[str, str]) -> str:
        return " → ".join("=".join(filter(None, [alias_of(id), models.get(id, "")])) for id in connections)

    before, after = ((dict(each.models), each.connections) for each in (began, theirs))
    if before != after:
        mine = links(words_in(content, "connections"), own_models(content))
        yield Side("field-connections", "Connections", mine, links(*before[::-1]), links(*after[::-1]))
    texts, old, new = texts_in(content), texts_view(began), texts_view(theirs)
    for key in {**old, **new}:
        typed = texts.get(key, "").strip()
        if old.get(key, "") != new.get(key, ""):
            shown = HIDDEN if looks_like_a_key(typed) or holds_key(typed) else typed
            yield Side(f"field-{key}", labels.get(key, key), shown, old.get(key, ""), new.get(key, ""))


def chosen(content: Content, began: Stored, theirs: Stored, sides: Sequence[Side], mine: Content) -> dict[str, Any]:
    """Return the content of a save: the stored value of each conflicting field, unless the user chose their own."""
    merged = {**content, "fields": texts_in(content), "cleared": words_in(content, "cleared")}
    if began.alias != theirs.alias:
        merged |= {"open": True, "alias": text_in(content, "alias") if content.get("open") is True else began.alias}
    for key in (side.key for side in sides if mine.get(side.key) != "mine"):
        field = key.removeprefix("field-")
        if field == key:
            merged[key] = getattr(theirs, key)
        elif isinstance(theirs, Connection):  # what is not sent stays as it is stored
            merged["fields"].pop(field, None)
            merged["cleared"] = [each for each in merged["cleared"] if each != field]
        elif field == "connections":
            merged |= {"connections": list(theirs.connections), "models": dict(theirs.models)}
        else:
            merged["fields"][field] = texts_view(theirs).get(field, "")
    return merged
