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
    """A column. ``kind`` says how its cells are drawn and sorted; ``names`` is the part of the view that translates its values.

    A row has its value at ``path``, or else at ``key``.
    """

    key: str
    path: NotRequired[str]
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
    """What is shown where there are no rows."""

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
    states: NotRequired[dict[str, str]]
    """The states of a connection in words."""


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
    """A field as it is drawn. Its ``type`` says which component it is."""

    key: str
    label: str
    help: str
    type: str
    required: bool
    optional: NotRequired[bool]
    sensitive: NotRequired[bool]
    group: NotRequired[str]
    default: NotRequired[str | None]
    choices: NotRequired[list[str]]
    placeholder: NotRequired[str]
    suggested: NotRequired[str]
    least: NotRequired[float | None]
    most: NotRequired[float | None]


class KindView(TypedDict):
    """A provider or a capability, as one can be picked, below ``group``; ``default`` is the alias of its default profile."""

    id: str
    name: str
    about: str
    fields: list[FieldView]
    use: str
    example: str
    group: NotRequired[str]
    group_help: NotRequired[dict[str, str]]
    default: NotRequired[str]
    capabilities: NotRequired[list[str]]
    missing: NotRequired[list[str]]
    install: NotRequired[str]
    broken: NotRequired[str]
    shapes: NotRequired[list[str]]


class FormWords(TypedDict):
    """What a form says of what it edits. ``pick`` names what is picked first, ``test`` what a test looks at first."""

    noun: str
    about: str
    pick: Literal["provider", "capability"]
    picker: str
    fixed: str
    switch: str
    switch_about: str
    follows: str
    test: NotRequired[str]


class Shape(TypedDict):
    """What the keys of an owner look like."""

    owner: str
    name: str
    pattern: str


class TrustQuestion(TypedDict):
    """What would be sent to a host, and the answers that allow it."""

    what: str
    answers: list[str]


class SettingView(TypedDict):
    """A setting: its text, or only that it is kept secret."""

    sealed: NotRequired[bool]
    text: NotRequired[str]


class Stored(TypedDict):
    """What a form edits, as it is stored. ``kind`` is its provider or capability; ``mark``: in use, or the default."""

    id: str
    alias: str
    name: str
    kind: str
    active: bool
    version: int
    modified: str
    mark: str
    settings: dict[str, SettingView]
    connections: NotRequired[list[str]]
    untrusted: NotRequired[TrustQuestion | None]


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
    words: FormWords
    environment: str
    shapes: list[Shape]
    stored: Stored | None
    kinds: list[KindView]
    picked: NotRequired[str]
    connections: NotRequired[list[Choosable]]


# ---- what the kernel answers ------------------------------------------------------------------------------------------


class Note(TypedDict):
    """Something told in one line, and in another what to do."""

    tone: str
    what: str
    hint: str


class Made(TypedDict):
    """A row that is new."""

    id: str
    what: str


class Deletion(TypedDict):
    """A deletion that can be undone for so many seconds."""

    number: int
    what: str
    hint: str
    seconds: float


class Undone(TypedDict):
    """What is back, and what could not be brought back."""

    number: int
    id: str | None
    what: str
    left: Deletion | None


class PatchedRow(Row):
    """A row with why its test failed."""

    failure: Failure | None


class RowsChanged(TypedDict):
    """Some rows that are different. What has an older turn than what is known is dropped."""

    turn: int
    rows: list[PatchedRow]


class Pair(TypedDict):
    """A value on the page, and the one that is stored."""

    label: str
    here: str
    stored: str


class Difference(TypedDict):
    """What was saved after a page has seen it."""

    id: str
    version: int
    at: str
    pairs: list[Pair]


class Seen(TypedDict):
    """A version of something."""

    id: str
    version: int


class AskDelete(TypedDict):
    """Before a deletion: what depends on it, what it is the default of, and what was saved since the page has seen it."""

    what: NotRequired[str]
    aliases: NotRequired[list[str]]
    profiles: NotRequired[list[str]]
    broken: NotRequired[list[str]]
    active: NotRequired[bool]
    used: NotRequired[bool]
    default: NotRequired[str]
    rows: NotRequired[list[Seen]]
    changed: NotRequired[list[Difference]]


class SwitchRefused(TypedDict):
    """Rows that were saved after the page has seen them, and were not switched."""

    rows: list[Difference]
    active: bool


class ListWelcome(TypedDict):
    """How the list is looked at, and what a page is told on arrival."""

    look: dict[str, str | int | bool]
    deleted: list[Deletion]
    note: NotRequired[Note]
    focus: NotRequired[str]


class ListMessages(TypedDict):
    """The messages of a list."""

    welcome: ListWelcome
    note: Note
    made: Made
    deleted: Deletion
    undone: Undone
    rows: RowsChanged
    ask_delete: AskDelete
    ask_trust: TrustQuestion
    changed: SwitchRefused


class FormWelcome(TypedDict):
    """What was typed before, and whether the form takes the focus."""

    draft: dict[str, Any] | None
    focus: bool


class AliasCheck(TypedDict):
    """The alias that a save would use, what is wrong with it, and a free one."""

    value: str
    problem: str
    free: str


class Meanwhile(TypedDict):
    """That something was saved, or deleted, since the form began with it."""

    gone: bool
    modified: NotRequired[str]


class ReferenceView(TypedDict):
    """What becomes of a reference in the current environment."""

    resolved: bool
    shown: str
    source: str
    hidden: list[str]
    problem: str
    hint: str


class Checked(TypedDict):
    """What would become of what is typed. ``mark`` names the keys and connections, which are left out where the page has them."""

    alias: AliasCheck
    environment: str
    meanwhile: Meanwhile | None
    references: NotRequired[dict[str, ReferenceView]]
    model: NotRequired[str]
    keys: NotRequired[list[str]]
    connections: NotRequired[list[Choosable]]
    mark: NotRequired[int]


class Saved(TypedDict):
    """What was saved; its version says which view belongs to it."""

    what: str
    warnings: list[str]
    alias: str
    version: int
    created: bool


class Problem(TypedDict):
    """Why something was not done, or what is wrong with which field."""

    what: NotRequired[str]
    hint: NotRequired[str]
    problems: NotRequired[dict[str, str]]


class FormChanged(TypedDict):
    """What was saved elsewhere: it, and the names of what differs from what the form began with."""

    theirs: Stored
    changed: list[str]
    settings: list[str]
    connections: NotRequired[list[Choosable]]


class Gone(TypedDict):
    """What was deleted elsewhere."""

    alias: str


class Done(TypedDict):
    """What was done, in one line."""

    what: str


class FormDeleted(TypedDict):
    """What was deleted; for so many seconds it can be brought back."""

    what: str
    warnings: list[str]
    seconds: float


class Change(TypedDict):
    """A field in two versions."""

    field: str
    before: str
    after: str


class Version(TypedDict):
    """A version that is kept."""

    version: int
    modified: str
    by: str
    first: bool
    current: bool
    changes: list[Change]


class Versions(TypedDict):
    """The versions that are kept, the newest first."""

    versions: list[Version]


class Compared(TypedDict):
    """What differs between a version and now."""

    version: int
    changes: list[Change]


class Rung(TypedDict):
    """A step of a test, and what it looks at ``next``."""

    name: str
    title: str
    state: str
    detail: str
    hint: str
    seconds: float
    next: str


class RungDone(TypedDict):
    """How far a test has come."""

    rung: Rung


class Tested(Problem):
    """How a test ended, or why there was none."""

    ok: NotRequired[bool]
    verdict: NotRequired[str]
    summary: NotRequired[str]
    seconds: NotRequired[float]
    rungs: NotRequired[list[Rung]]


class Kept(TypedDict):
    """What became of a value that was to be kept as a user secret."""

    field: str
    reference: NotRequired[str]
    done: NotRequired[str]
    exists: NotRequired[str]
    what: NotRequired[str]
    hint: NotRequired[str]


class Model(TypedDict):
    """A model that a connection lists."""

    id: str
    note: str


class Models(TypedDict):
    """The list of a connection, or why it cannot be had."""

    id: str
    models: NotRequired[list[Model]]
    said: NotRequired[str]
    what: NotRequired[str]
    hint: NotRequired[str]


class Stir(TypedDict):
    """That something may be different: a page looks again."""


class FormMessages(TypedDict):
    """The messages of a form."""

    welcome: FormWelcome
    checked: Checked
    saved: Saved
    failed: Problem
    changed: FormChanged
    gone: Gone
    restored: Done
    trusted: Done
    stir: Stir
    note: Note
    ask_delete: AskDelete
    ask_trust: TrustQuestion
    deleted: FormDeleted
    history: Versions
    differs: Compared
    rung: RungDone
    tested: Tested
    kept: Kept
    models: Models


TYPES = (Where, Setup, ListView, TabsView, FormView, ListMessages, FormMessages)
"""What is sent: the state, and the messages by their kind."""

_HEAD = """/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

"""
_TAIL = """/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly turn?: number | null;
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
    if not lines:
        return f"/** {about} */\nexport type {kind.__name__} = Readonly<Record<string, never>>;\n"
    return f"/** {about} */\nexport interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}\n"


def _written(kind: Any) -> str:
    plain = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "unknown"}
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
    if kind is Any:
        return
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
