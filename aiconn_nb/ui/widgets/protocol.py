"""What goes between the kernel and a page, typed once: `typescript` writes the same for the page (``page/src/protocol.ts``).

The views are made as plain dictionaries, which JSON can hold; `problems` tells where one is not what is declared here.
"""

# No `from __future__ import annotations`: a TypedDict does not see NotRequired in a text.

import types
from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

Tone = Literal["good", "warn", "bad", "none", "info"]


class Where(TypedDict):
    """Where a part is shown: at these browser tabs, and whether at others."""

    seats: dict[str, bool]
    others: bool


class Environment(TypedDict):
    """The environment that references are resolved in, and what else there is to choose."""

    name: str
    origin: str
    choices: list[str]


# ---- lists ------------------------------------------------------------------------------------------------------------


class Column(TypedDict):
    """A column. ``kind`` says how its cells are drawn and sorted; ``names`` is the part of the view that translates its values."""

    key: str
    title: str
    kind: Literal["name", "text", "code", "number", "switch", "resolves", "test", "age", "links", "health"]
    width: str
    names: NotRequired[str]


class Filter(TypedDict):
    """A choice among rows, by the value at ``path``: one of the ``choices`` (pairs), else of ``names``, else of the rows'."""

    key: str
    label: str
    every: str
    path: str
    names: NotRequired[str]
    choices: NotRequired[list[list[str]]]


class Action(TypedDict):
    """A button of a row. It is on while the row has ``pressed``, off while it has ``off``; ``{who}`` in a label is the row."""

    do: str
    icon: str
    words: str
    intent: NotRequired[str]
    pressed: NotRequired[str]
    release: NotRequired[str]
    release_title: NotRequired[str]
    label: NotRequired[str]
    title: NotRequired[str]
    off: NotRequired[str]
    said: NotRequired[str]


class Bulk(TypedDict):
    """A button for all rows that are selected."""

    text: str
    icon: NotRequired[str]
    intent: str
    active: NotRequired[bool]
    said: NotRequired[str]
    begun: NotRequired[str]


class EmptyButton(TypedDict):
    """What can be done where there is nothing; ``when`` and ``unless`` name a flag of the view."""

    text: str
    icon: str
    intent: str
    primary: NotRequired[bool]
    when: NotRequired[str]
    unless: NotRequired[str]


class EmptyLine(TypedDict):
    """A sentence; every other part of it is code."""

    parts: list[str]
    quiet: NotRequired[bool]
    unless: NotRequired[str]


class Empty(TypedDict):
    """What stands where there are no rows."""

    icon: str
    title: str
    lines: list[EmptyLine]
    buttons: list[EmptyButton]


class Setup(TypedDict):
    """What a list is made of. It never changes."""

    label: str
    create: str
    no_match: str
    columns: list[Column]
    filters: list[Filter]
    search: str
    searched: list[str]
    search_label: str
    actions: list[Action]
    bulk: list[Bulk]
    used: str
    used_words: str
    empty: Empty


class RunningTest(TypedDict):
    """How far a test has come, or how it ended."""

    running: NotRequired[str]
    ok: NotRequired[bool]
    at: NotRequired[str]
    seconds: NotRequired[float]
    failed: NotRequired[str]
    unknown: NotRequired[bool]
    outdated: NotRequired[bool]


class Link(TypedDict):
    """A connection of a profile; without a state it is ready."""

    alias: str
    state: NotRequired[str]


class Health(TypedDict):
    """How a profile is."""

    tone: Tone
    title: str
    words: NotRequired[str]


class Row(TypedDict):
    """A connection or a profile in a list; what is not the case is left out."""

    id: str
    alias: str
    name: str
    modified: str
    version: int
    provider: NotRequired[str]
    active: NotRequired[bool]
    missing: NotRequired[str]
    untrusted: NotRequired[str]
    used: NotRequired[bool]
    test: NotRequired[RunningTest]
    capability: NotRequired[str]
    links: NotRequired[list[Link]]
    more_links: NotRequired[int]
    model: NotRequired[str]
    health: NotRequired[Health]
    tags: NotRequired[list[str]]
    more_tags: NotRequired[int]
    default: NotRequired[bool]
    cells: NotRequired[dict[str, str | int | bool]]


class Failure(TypedDict):
    """The first rung of a test that failed, or could not tell, and what to do."""

    rung: str
    what: str
    hint: str
    unknown: NotRequired[bool]


class ListView(TypedDict):
    """The rows of a list, or why there are none."""

    kind: Literal["list", "profiles", "error"]
    what: NotRequired[str]
    hint: NotRequired[str]
    turn: NotRequired[int]
    environment: NotRequired[Environment]
    providers: NotRequired[dict[str, str]]
    rows: NotRequired[list[Row]]
    failures: NotRequired[dict[str, Failure]]
    notes: NotRequired[list[str]]
    has_form: NotRequired[bool]
    has_demo: NotRequired[bool]
    has_connections: NotRequired[bool]
    has_manager: NotRequired[bool]


class Tab(TypedDict):
    """A tab."""

    id: str
    title: str


class TabsView(TypedDict):
    """The tabs; at a seat that is not named the ``chosen`` one is shown."""

    kind: Literal["tabs"]
    tabs: list[Tab]
    chosen: str
    seats: dict[str, str]


# ---- forms ------------------------------------------------------------------------------------------------------------


class FieldView(TypedDict):
    """A field as it is drawn."""

    key: str
    label: str
    help: str
    type: str
    required: bool
    sensitive: NotRequired[bool]
    group: NotRequired[str]
    default: NotRequired[str | None]
    choices: NotRequired[list[str]]
    placeholder: NotRequired[str]
    suggested: NotRequired[str]
    least: NotRequired[float | None]
    most: NotRequired[float | None]


class ProviderView(TypedDict):
    """A provider as one can be picked; ``group`` is the heading below which it is."""

    id: str
    name: str
    group: str
    capabilities: list[str]
    missing: list[str]
    install: str
    broken: str
    shapes: list[str]
    fields: list[FieldView]


class CapabilityView(TypedDict):
    """A capability as one can be picked."""

    id: str
    title: str
    about: str
    default: str
    fields: list[FieldView]


class Shape(TypedDict):
    """What the keys of an owner look like."""

    owner: str
    name: str
    pattern: str


class Question(TypedDict):
    """What would be sent to a host, and the answers that allow it."""

    what: str
    answers: list[str]


class SettingView(TypedDict):
    """A setting: its text, or only that it is kept secret."""

    sealed: NotRequired[bool]
    text: NotRequired[str]


class Stored(TypedDict):
    """What a form edits, as it is stored."""

    id: str
    alias: str
    name: str
    active: bool
    version: int
    modified: str
    provider: NotRequired[str]
    in_use: NotRequired[bool]
    untrusted: NotRequired[Question | None]
    settings: NotRequired[dict[str, SettingView]]
    capability: NotRequired[str]
    connections: NotRequired[list[str]]
    texts: NotRequired[dict[str, str]]


class Choosable(TypedDict):
    """A connection that a profile may name."""

    id: str
    alias: str
    name: str
    provider: str
    can: list[str]
    state: str
    tone: str
    words: str


class FormView(TypedDict):
    """A form: what it edits, and what there is to choose from."""

    kind: Literal["form", "profile"]
    title: str
    environment: str
    shapes: list[Shape]
    stored: Stored | None
    providers: NotRequired[list[ProviderView]]
    picked: NotRequired[str]
    capabilities: NotRequired[list[CapabilityView]]
    connections: NotRequired[list[Choosable]]


TYPES = (Where, Setup, ListView, TabsView, FormView)
"""What is sent as state."""

_HEAD = """/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

"""
_TAIL = """/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly [key: string]: unknown;
}
"""


def typescript() -> str:
    """The same types for the page."""
    known: dict[str, Any] = {}
    for each in TYPES:
        _collect(each, known)
    return _HEAD + "\n".join(map(_interface, known.values())) + "\n" + _TAIL


def _collect(kind: Any, known: dict[str, Any]) -> None:
    if is_typeddict(kind):
        if kind.__name__ in known:
            return
        for each in get_type_hints(kind).values():
            _collect(each, known)
        known[kind.__name__] = kind
    for each in get_args(kind):
        _collect(each, known)


def _interface(kind: Any) -> str:
    about = " ".join((kind.__doc__ or "").replace("``", "`").split())
    lines = [
        f"  readonly {key}{'?' if key in kind.__optional_keys__ else ''}: {_written(each)};"
        for key, each in get_type_hints(kind).items()
    ]
    return f"/** {about} */\nexport interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}\n"


def _written(kind: Any) -> str:
    plain = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
    if kind in plain:
        return plain[kind]
    args = get_args(kind)
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        return " | ".join(map(_written, args))
    if origin is Literal:
        return " | ".join(f'"{each}"' for each in args)
    if origin is list:
        inner = _written(args[0])
        return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
    if origin is dict:
        return f"Readonly<Record<string, {_written(args[1])}>>"
    return str(kind.__name__)


def problems(value: Any, kind: Any, place: str = "") -> Iterator[str]:
    """Where a value is not what is declared: one line for each place."""
    args, origin = get_args(kind), get_origin(kind)
    if is_typeddict(kind):
        if not isinstance(value, dict):
            yield f"{place}: no {kind.__name__}"
            return
        hints = get_type_hints(kind)
        yield from (f"{place}.{key}: is missing" for key in sorted(kind.__required_keys__ - value.keys()))
        yield from (f"{place}.{key}: is not declared" for key in value.keys() - hints.keys())
        for key in value.keys() & hints.keys():
            yield from problems(value[key], hints[key], f"{place}.{key}")
    elif origin is list:
        if not isinstance(value, list):
            yield f"{place}: no list"
            return
        for at, each in enumerate(value):
            yield from problems(each, args[0], f"{place}[{at}]")
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{place}: no dictionary"
            return
        for key, each in value.items():
            yield from problems(each, args[1], f"{place}[{key}]")
    elif origin is Literal:
        if value not in args:
            yield f"{place}: {value!r} is none of {args}"
    elif origin in (types.UnionType, Union):
        if all(any(True for _ in problems(value, each)) for each in args):
            yield f"{place}: {value!r} is no {kind}"
    elif not isinstance(value, (int, float) if kind is float else kind) or (
        kind is not bool and isinstance(value, bool)
    ):
        yield f"{place}: {value!r} is no {kind.__name__}"


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parent / "page" / "src" / "protocol.ts").write_text(typescript(), encoding="utf-8")
