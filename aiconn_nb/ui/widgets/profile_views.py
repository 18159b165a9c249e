"""The views of the list of profiles for the page: pure functions from values to plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiconn_nb.features.profiles import Health, Kind, Link, ProfileRow, Profiles
from aiconn_nb.model.moment import at
from aiconn_nb.ui.render.profiles import tone_of

from .list_views import Plain, cut, moment, size

ROW_BYTES = 800
"""Maximum size of a row of the view as JSON: texts are cut to fit, and further entries of a list are counted."""
AT_MOST = 4
"""Number of connections and tags to name in a row without room for all."""

STATES: Mapping[str, tuple[str, str]] = {
    "ready": ("good", "ready"),
    "not checked": ("none", "not checked with its model"),
    "refused": ("bad", "refused when it was last asked"),
    "unlisted": ("bad", "does not offer its model"),
    "shut down": ("bad", "has shut its model down"),
    "inactive": ("none", "inactive"),
    "unresolved": ("bad", "does not resolve here"),
    "untrusted host": ("bad", "its key is not allowed to go to its host yet"),
    "gone": ("bad", "gone"),
    "no provider": ("bad", "its provider is not installed here"),
    "no SDK": ("bad", "its SDK is not installed here"),
}
"""State of a connection -> its colour and words."""

_TITLES = {
    Kind.READY: "ready",
    Kind.NOT_CHECKED: "not checked",
    Kind.ENDING: "a model ends",
    Kind.NO_FALLBACK: "a fallback cannot answer",
    Kind.REFUSED: "refused when it was last asked",
    Kind.SHUT_DOWN: "a model was shut down",
    Kind.ALL_INACTIVE: "all inactive",
    Kind.GONE: "a connection is gone",
    Kind.UNLISTED: "its model is not offered",
    Kind.UNREADY: "cannot answer here",
}


def list_view(found: Profiles) -> Plain:
    """Return the rows."""
    states = {state: words for state, (_, words) in STATES.items()}
    return {"kind": "profiles", "rows": [row_view(row) for row in found], "states": states}


def row_view(row: ProfileRow) -> Plain:
    """Return one profile, in at most `ROW_BYTES`; false values are left out."""
    view: Plain = {
        "id": row.id,
        "alias": row.alias,
        "name": row.name,
        "capability": str(row.capability),
        "links": [link_view(link) for link in row.connections],
        "model": row.model,
        "health": health_view(row.health),
        "modified": moment(row.modified),
        "version": row.version,
    }
    if row.tags:
        view["tags"] = list(row.tags)
    if row.default:
        view["default"] = True
    return fitted(view)


def link_view(link: Link) -> Plain:
    """Return a connection of a profile, with its state unless it is ready."""
    return {"alias": link.alias} | ({} if link.state in ("ready", "not checked") else {"state": link.state})


def health_view(health: Health) -> Plain:
    """Return the health of a profile: a few words and, if needed, a sentence."""
    title = f"falls back to {health.answers}" if health.kind is Kind.FALLS_BACK else _TITLES[health.kind]
    tone = tone_of(health)
    view: Plain = {"tone": "none" if tone == "quiet" else tone, "title": title}
    if health.kind is Kind.NOT_CHECKED:
        view["words"] = f"{health.answers} would answer"  # the title says the rest
    elif health.kind is not Kind.READY:
        view["words"] = health.words
    elif health.checked:
        view["words"] = f"checked {at(health.checked)}"
    return view


def fitted(view: Plain) -> Plain:
    """Return the row with lists and texts cut, if it is too long."""
    if size(view) <= ROW_BYTES:
        return view
    for key in ("links", "tags"):
        rest: Sequence[object] = view.get(key, ())[AT_MOST:]
        if rest:
            view = {**view, key: view[key][:AT_MOST], f"more_{key}": len(rest)}
    for place in (("tags", 0), ("health", "words"), ("model",), ("name",), ("health", "title"), ("alias",)):
        excess = size(view) - ROW_BYTES
        if excess <= 0:
            break
        view = _cut_at(view, place, excess)
    while size(view) > ROW_BYTES and len(view["links"]) > 1:
        view = {**view, "links": view["links"][:-1], "more_links": view.get("more_links", 0) + 1}
    if size(view) > ROW_BYTES:
        (link,) = view["links"]
        view = {**view, "links": [{**link, "alias": cut(link["alias"], size(view) - ROW_BYTES)}]}
    return view


def _cut_at(view: Plain, place: tuple[str | int, ...], excess: int) -> Plain:
    """Return the row with one of its texts cut, or without tags if they are too long."""
    key = str(place[0])
    if key not in view:
        return view
    if key == "tags":
        return {
            **{name: value for name, value in view.items() if name != "tags"},
            "more_tags": len(view["tags"]) + view.get("more_tags", 0),
        }
    if len(place) == 1:
        return {**view, key: cut(view[key], excess)}
    inner = view[key]
    return {**view, key: {**inner, place[1]: cut(inner[place[1]], excess)}} if place[1] in inner else view
