"""The views of the list of profiles for the page: pure functions from values to plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiconn_nb.features.profiles import Health, Kind, Link, ProfileRow, Profiles
from aiconn_nb.model.moment import at
from aiconn_nb.ui.render.profiles import tone_of

from .list_views import Plain, cut, cut_at, moment, size

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
    view: Plain = {"tone": "none" if tone == "quiet" else tone, "text": title}
    view["rank"] = ("good", "none", "warn", "bad").index(view["tone"])
    if health.kind is Kind.NOT_CHECKED:
        view["more"] = f"{health.answers} would answer"  # the text says the rest
    elif health.kind is not Kind.READY:
        view["more"] = health.words
    elif health.checked:
        view["more"] = f"checked {at(health.checked)}"
    return view


def fitted(view: Plain) -> Plain:
    """Return the row with lists and texts cut, if it is too long."""
    if size(view) <= ROW_BYTES:
        return view
    for key in ("links", "tags"):
        rest: Sequence[object] = view.get(key, ())[AT_MOST:]
        if rest:
            view = {**view, key: view[key][:AT_MOST], f"more_{key}": len(rest)}
    if size(view) > ROW_BYTES and "tags" in view:
        view["more_tags"] = len(view["tags"]) + view.get("more_tags", 0)
        del view["tags"]
    texts = iter((("health", "more"), ("model",), ("name",), ("health", "text"), ("alias",)))
    while (excess := size(view) - ROW_BYTES) > 0 and (place := next(texts, None)):
        view = cut_at(view, place, excess)
    while size(view) > ROW_BYTES and len(view["links"]) > 1:
        view = {**view, "links": view["links"][:-1], "more_links": view.get("more_links", 0) + 1}
    if size(view) > ROW_BYTES:
        (link,) = view["links"]
        view = {**view, "links": [{**link, "alias": cut(link["alias"], size(view) - ROW_BYTES)}]}
    return view
