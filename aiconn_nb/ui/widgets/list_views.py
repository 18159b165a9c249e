"""The views of the list for the page: pure functions from values to plain dictionaries. They receive no secrets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.checks import Rung, Tested
from aiconn_nb.features.connections import COLUMNS, Column, ConnectionRow, Connections
from aiconn_nb.features.environments import NO_SETTINGS, Environments
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import sentences

from .protocol import Answer, Empty, Note, Row, State, Table, Usual

Plain = dict[str, Any]
"""A JSON value."""

ROW_BYTES = 600
"""Maximum size of a row of the view as JSON; texts are cut to fit. The messages of failed tests are outside the rows."""
REST_BYTES = 220
"""Maximum size of a row without test, alias, provider and free text, whose characters take at most 6 bytes each in JSON."""
SHORTEST = 12
"""Minimum characters of a text that is cut."""
WORDS = 300
"""Maximum characters of a failure's message."""


def list_view(
    found: Connections,
    *,
    provider_names: Mapping[str, str],
    capabilities: Mapping[str, Sequence[str]],
    tests: Mapping[str, tuple[Tested, datetime]],
    running: Mapping[str, str],
    turn: int,
) -> Plain:
    """Return the rows. ``tests`` and ``running`` (the current step) are by connection id."""
    failed = {id: tested.failed or tested.doubt for id, (tested, _) in tests.items() if id not in running}
    return {
        "kind": "list",
        "turn": turn,
        "providers": {id: name or id for id, name in sorted(provider_names.items())},
        "capabilities": {id: list(each) for id, each in sorted(capabilities.items())},
        "usual": usual_view(found.environment),
        "rows": [
            row_view(row, _test(row, tests, running) if row.id in tests or row.id in running else remembered(row))
            for row in found
        ],
        "failures": {id: failure_view(rung) for id, rung in failed.items() if rung is not None},
    }


_NO_SETTINGS: Note = {
    "tone": "plain",
    "what": NO_SETTINGS,
    "hint": "It holds what connections share in a project. It is optional: user secrets and variables work without it.",
    "answers": [{"text": "Create one here", "kind": "link", "intent": "make_settings"}],
    "dismiss": "dismiss_settings",
    "testid": "no-settings",
}


def notices_view(notes: Sequence[str], offers_settings: bool) -> list[Note]:
    """Return the notes. A missing settings file is an offer to create one, unless the user dismissed it."""
    told: list[Note] = [{"tone": "warn", "what": note, "hint": ""} for note in notes if note != NO_SETTINGS]
    return [_NO_SETTINGS, *told] if offers_settings and NO_SETTINGS in notes else told


def failed_view(error: AiconnError) -> Plain:
    """Return the list that cannot be read."""
    again: Answer = {"icon": "refresh", "text": "Try again", "intent": "refresh"}
    empty: Empty = {"icon": "warn", "title": error.what, "help": [[error.hint]], "answers": [again], "failed": True}
    return {"kind": "error", "empty": empty}


def _test(row: ConnectionRow, tests: Mapping[str, tuple[Tested, datetime]], running: Mapping[str, str]) -> State | None:
    return test_view(moment(row.modified), tests.get(row.id), running.get(row.id))


def usual_view(environment: str) -> dict[str, Usual]:
    """Return the states of a connection that nothing is known about."""
    return {
        "resolves": {
            "tone": "good",
            "text": "yes",
            "rank": 0,
            "title": f"All references resolve in {environment}",
            "fault": f"Does not resolve in {environment}:",
            "offer": {"do": "trust", "text": "Trust…", "label": "Trust the host of {who}"},
        },
        "test": {
            "tone": "none",
            "text": "not tested",
            "rank": 4,
            "title": "Not checked in this environment with its current settings",
            "fault": "The test failed:",
        },
    }


def remembered(row: ConnectionRow) -> State | None:
    """Return what the store knows of a connection that was not tested in this kernel; None if nothing."""
    if row.checked is None:
        return None
    return result_view(moment(row.checked), "refused" if row.refused else "")


def environment_view(environments: Environments) -> Plain:
    """Return the environment for references, and the alternatives."""
    return {
        "name": environments.current,
        "origin": next((row.origin for row in environments if row.current), ""),
        "choices": [row.name for row in environments],
    }


CELL_LENGTH = 40
"""Maximum characters of a text in a column without a field in the row."""
_SHOWN: Final = [each for each in COLUMNS if each.width and each.kind != "resolves"]
_FIELDS: Final = [each for each in _SHOWN if each.value and each.key in Row.__annotations__]
_VALUES: Final = [(each.key, each.value) for each in _FIELDS if each.value and each.kind != "age"]
_TIMES: Final = [(each.key, each.value) for each in _FIELDS if each.value and each.kind == "age"]
_CELLS: Final = [(each.key, each.value) for each in _SHOWN if each.value and each.key not in Row.__annotations__]


def path_of(column: Column) -> str:
    """Return the place of the column's value in a row of the view."""
    return column.key if column.key in Row.__annotations__ else f"cells.{column.key}"


def row_view(row: ConnectionRow, test: State | None) -> Plain:
    """Return one connection, in at most `ROW_BYTES` besides the cells of further columns; false values are left out."""
    view: Plain = {
        "id": row.id,
        "alias": row.alias,
        "version": row.version,
        **{key: value(row) for key, value in _VALUES},
        **{key: _plain(value(row)) for key, value in _TIMES},
    }
    if row.untrusted:
        title = f"Untrusted host: {row.alias} {row.untrusted}"
        view["resolves"] = {"tone": "bad", "text": "untrusted host", "rank": 2, "title": title, "offers": True}
    elif row.missing:
        view["resolves"] = {"tone": "bad", "text": ", ".join(row.missing), "rank": 1, "missing": True}
    if row.in_use:
        view["used"] = True
    if test is not None:
        view["test"] = test
    view = fitted(view)
    if _CELLS:
        view["cells"] = {key: _plain(value(row)) for key, value in _CELLS}
    return view


def fitted(view: Plain) -> Plain:
    """Return the row, with its texts cut if it is too long."""
    free = len(view["alias"]) + len(view["provider"]) + 6 * len(view["name"])
    if "test" not in view and "resolves" not in view and REST_BYTES + free <= ROW_BYTES:
        return view  # most rows: to measure each would take a third of the time for a long list
    texts = iter((("resolves", "title"), ("resolves", "text"), ("name",), ("provider",), ("alias",)))
    while (excess := size(view) - ROW_BYTES) > 0 and (place := next(texts, None)):
        view = cut_at(view, place, excess)
    return view


def test_view(modified: str, last: tuple[Tested, datetime] | None, running: str | None) -> State | None:
    """Return the last test of a connection modified at that time, or the progress of the present one."""
    if running is not None:
        return {"tone": "running", "text": f"{running}…", "rank": 3, "title": "The test is running", "busy": True}
    if last is None:
        return None
    tested, when = last
    view = result_view(moment(when), tested.failed.title if tested.failed else "", tested.verdict, tested.seconds)
    if view["when"] < modified:
        view["outdated"] = True
        if not tested.failed:
            view["tone"] = "old"
    return view


def result_view(when: str, failed: str, verdict: str = "", seconds: float | None = None) -> State:
    """Return the result of a test. A check from another kernel has no duration here."""
    took = "" if seconds is None else f" · {seconds:.{1 if seconds < 10 else 0}f}\u00a0s"
    if failed:
        return {"tone": "bad", "text": failed + took, "rank": 0, "when": when}
    if verdict == "unknown":
        title = "The test cannot tell whether it works"
        return {"tone": "warn", "text": f"cannot tell{took}", "rank": 1, "title": title, "when": when}
    return {"tone": "good", "text": f"passed{took}", "rank": 2, "title": "Every step of the test passed", "when": when}


def tested_again(row: Plain, last: tuple[Tested, datetime] | None, running: str | None) -> tuple[Plain, Note | None]:
    """Return a row with the present state of its test, and the reason of a failure."""
    test = test_view(row["modified"], last, running)
    rest = {key: value for key, value in row.items() if key != "test"}
    failed = (last[0].failed or last[0].doubt) if last and running is None else None
    return fitted({**rest, "test": test} if test else rest), failure_view(failed) if failed else None


def test_said(alias: str, failure: Note | None) -> str:
    """Return the end of a test as a sentence."""
    if failure is None:
        return f"{alias}: the test passed."
    verdict = "failed" if failure["tone"] == "bad" else "cannot tell"
    return f"{alias}: the test {verdict}. {sentences(failure['what'], failure['hint'])}"


def failure_view(rung: Rung) -> Note:
    """Return the first rung that failed or cannot tell, and what to do."""
    tone = "bad" if rung.state == "failed" else "warn"
    return {"tone": tone, "what": f"{rung.title}: {rung.detail[:WORDS]}", "hint": rung.hint[:WORDS]}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[int] | None:
    """Return the indexes of the rows that differ if nothing else does; None if the whole list must be shown again."""
    if any(old.get(key) != value for key, value in new.items() if key not in ("turn", "rows", "failures")):
        return None
    before, after = old.get("rows"), new.get("rows")
    if before is None or after is None or [row["id"] for row in before] != [row["id"] for row in after]:
        return None
    return [
        place
        for place, (was, row) in enumerate(zip(before, after, strict=True))
        if was != row or old["failures"].get(row["id"]) != new["failures"].get(row["id"])
    ]


def difference_view(seen: Mapping[str, Any], stored: Connection, wanted: bool | None) -> Table:
    """Return a conflicting save: the values on this page, and the stored ones.

    ``seen`` is the page's row, ``wanted`` the state to switch to, if it was a switch.
    """
    here = seen.get("active") is True if wanted is None else wanted
    pairs = [
        ["Name", str(seen.get("name", "")), stored.name],
        ["Alias", str(seen.get("alias", "")), stored.alias],
        ["Active", _on_off(here), _on_off(stored.active)],
    ]
    # After a switch, the state is shown even if both agree, because the question is about it.
    return differences(
        [[label, *pair] for label, *pair in pairs if pair[0] != pair[1] or (label == "Active" and wanted is not None)]
    )


def differences(rows: list[list[str]]) -> Table:
    """Return the values on this page, and the stored ones."""
    return {"caption": "", "heads": ["", "Here", "Stored now"], "rows": rows, "none": "Only its settings differ."}


def _on_off(active: bool) -> str:
    return "on" if active else "off"


def moment(when: datetime) -> str:
    """Return a time in the format of JavaScript."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    """Return the value of a column without a field in the row."""
    if isinstance(value, datetime):
        return moment(value)
    return value[:CELL_LENGTH] if isinstance(value, str) else value


def size(view: Plain) -> int:
    """Return its size as JSON, in bytes."""
    return len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))


def cut_at(view: Plain, place: Sequence[str], excess: int) -> Plain:
    """Return the view with one of its texts cut, if it has it."""
    key, *inner = place
    if key not in view:
        return view
    return {**view, key: cut_at(view[key], inner, excess) if inner else cut(view[key], excess)}


def cut(text: str, excess: int) -> str:
    """Return the text shortened by ``excess`` bytes, with an ellipsis, but to no less than `SHORTEST` characters."""
    if len(text) <= SHORTEST:
        return text
    encoded = text.encode(errors="surrogatepass")
    room = len(encoded) - excess - len("…".encode())
    kept = encoded[: max(room, 0)].decode(errors="ignore")
    return (kept if len(kept) > SHORTEST else text[:SHORTEST]) + "…"


def named(connections: Iterable[Connection]) -> str:
    """Return connections for a sentence: ``OpenAI dev (openai-dev)``, or their number."""
    some: Sequence[Connection] = list(connections)
    return f"{some[0].name} ({some[0].alias})" if len(some) == 1 else f"{len(some)} connections"
