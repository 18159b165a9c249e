"""The messages between kernel and page, declared once: `typescript` writes them for the page (``page/src/protocol.ts``).

The views are created as plain JSON dictionaries; the tests compare them with these declarations.
"""

# No `from __future__ import annotations`: a TypedDict does not recognize NotRequired in a string.

import types
from functools import cache
from typing import Any, Literal, NotRequired, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

Tone = Literal["good", "warn", "bad", "none", "info"]


class Where(TypedDict):
    """Where a part is shown: at these browser tabs, and whether at others."""

    seats: dict[str, bool]
    others: bool


class Environment(TypedDict):
    """The environment for references, and the alternatives."""

    name: str
    origin: str
    choices: list[str]


# ---- panels and questions --------------------------------------------------------------------------------------------

Words = list[str]
"""A text; every second part of it is code."""


class Input(TypedDict):
    """An input. A ``key`` is hidden; ``lines`` are a text of several lines; a ``choice`` is one of its pairs of value and label; a
    ``side`` is one of two texts, each with a value and a label; a ``reference`` suggests the known keys."""

    name: str
    kind: Literal["key", "text", "code", "lines", "choice", "side", "reference"]
    label: Words
    testid: str
    value: NotRequired[str]
    choices: NotRequired[list[list[str]]]


class Answer(TypedDict):
    """A button: it sends an intent with the data, and with the inputs as ``values``; without an intent, it closes the panel.

    ``first``: it gets the focus when its question opens. ``off``: it does nothing now. ``expanded``: whether it has expanded
    something. In a form, ``draft`` also sends the content of the form; ``stored``: afterwards the form shows the stored entry,
    whatever was typed; ``discards`` is asked first if that would lose input. In a list, ``row`` is the button of the row that gets
    the focus.
    """

    text: str
    intent: NotRequired[str]
    data: NotRequired[dict[str, Any]]
    kind: NotRequired[Literal["primary", "danger", "quiet", "link"]]
    icon: NotRequired[str]
    label: NotRequired[str]
    title: NotRequired[str]
    testid: NotRequired[str]
    first: NotRequired[bool]
    off: NotRequired[bool]
    draft: NotRequired[bool]
    row: NotRequired[str]
    expanded: NotRequired[bool]
    stored: NotRequired[bool]
    discards: NotRequired["Panel"]


StepState = Literal["passed", "failed", "unknown", "skipped", "running"]


class Step(TypedDict):
    """A step of an action: its state as a drawing and in words."""

    title: str
    state: StepState
    said: str
    detail: str
    hint: str
    time: str


class Table(TypedDict):
    """Values side by side. The first cell of a row is its label. Without rows, it says ``none``."""

    caption: str
    heads: list[str]
    rows: list[list[str]]
    none: str


class Item(TypedDict):
    """A part of a panel: its title, time and author, the ``changes`` (a label and one or two values each), and its buttons."""

    testid: str
    title: str
    chip: str
    at: str
    by: str
    help: str
    changes: list[list[str]]
    answers: list[Answer]
    table: Table | None


class Body(TypedDict, total=False):
    """The content of a panel, from top to bottom. ``text`` is shown as it is, such as the reply of a model. ``copy`` is a line of
    code, with the words before it."""

    help: list[Words]
    lines: list[str]
    tables: list[Table]
    inputs: list[Input]
    steps: list[Step]
    items: list[Item]
    error: str
    text: str
    foot: str
    copy: list[str]
    answers: list[Answer]


class Panel(Body):
    """A panel; another one with its ``id`` replaces it. ``close`` labels a button that closes it.

    One with a ``tone`` is a question: an answer closes it, and the last one is harmless. A form shows it in place of its buttons, a
    list below the row at ``place``, or else above all rows. A form's panel says ``unsaved`` while there is unsaved input, and
    ``stale`` once the form changes; its ``place`` is the tab "history" or a field, which does not let the form be saved while the
    panel has input, but says ``waits``.
    """

    id: str
    title: str
    tone: NotRequired[Literal["none", "warn", "danger"]]
    place: NotRequired[str]
    said: NotRequired[str]
    close: NotRequired[str]
    unsaved: NotRequired[str]
    stale: NotRequired[str]
    waits: NotRequired[str]


class Note(Body):
    """A message: what happened, and a hint in another line. After ``seconds``, its buttons disappear. ``dismiss`` is the intent
    that closes it. ``alone``: it replaces the form, whose entry was deleted."""

    tone: str
    what: str
    hint: str
    seconds: NotRequired[float]
    alone: NotRequired[bool]
    dismiss: NotRequired[str]
    testid: NotRequired[str]


class Close(TypedDict):
    """The panel that is not needed any more."""

    id: str


# ---- lists ------------------------------------------------------------------------------------------------------------


class Column(TypedDict):
    """A column. ``kind`` says how to draw and sort its cells; ``names`` is the part of the view that translates its values.

    A row has its value at ``path``, or else at ``key``.
    """

    key: str
    path: NotRequired[str]
    title: str
    kind: Literal["name", "text", "code", "number", "switch", "state", "age", "links", "tags"]
    width: str
    names: NotRequired[str]


class Filter(TypedDict):
    """A filter of rows by the value at ``path``: one of the ``choices`` (pairs), else of ``names``, else of the rows' values.

    ``through`` is the part of the view that translates values. A switch, or a value that is missing, is "yes" or "no".
    """

    key: str
    label: str
    every: str
    path: str
    names: NotRequired[str]
    choices: NotRequired[list[list[str]]]
    through: NotRequired[str]


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


class Empty(Body):
    """The content of a list without rows; ``failed`` if it could not be read."""

    icon: str
    title: str
    failed: NotRequired[bool]


class Structure(TypedDict):
    """The parts of a list."""

    label: str
    create: str
    no_match: str
    columns: list[Column]
    filters: list[Filter]
    search: str
    searched: list[str]
    search_label: str
    actions: list[Action]
    bulk: list[Answer]
    used: str
    used_words: str


class Setup(Structure):
    """A list, which never changes. Its rows have these ``tracks`` of a grid, and are cards up to a width of ``cards`` pixels."""

    tracks: str
    cards: int


class State(TypedDict):
    """A cell of kind ``state``: a text with the mark of its tone, the time (``when``) or words (``more``) below it, and its rank in
    the order. Its title says more: by default ``more``, or else the `Usual.fault` of the column and the text."""

    tone: Literal["good", "old", "warn", "bad", "none", "info", "running"]
    text: str
    rank: float
    title: NotRequired[str]
    when: NotRequired[str]
    outdated: NotRequired[bool]
    more: NotRequired[str]
    busy: NotRequired[bool]
    missing: NotRequired[bool]
    offers: NotRequired[bool]


class Offer(TypedDict):
    """A button in a cell; ``{who}`` in its label is the row."""

    do: str
    text: str
    label: str


class Usual(State):
    """The state of most rows, which they leave out. ``offer`` is the button of a state that ``offers`` it."""

    fault: NotRequired[str]
    offer: NotRequired[Offer]


class Link(TypedDict):
    """A connection of a profile; without a state it is ready."""

    alias: str
    state: NotRequired[str]


class Row(TypedDict):
    """A connection or profile in a list; false values are left out."""

    id: str
    alias: str
    name: str
    modified: str
    version: int
    provider: NotRequired[str]
    active: NotRequired[bool]
    resolves: NotRequired[State]
    used: NotRequired[bool]
    test: NotRequired[State]
    capability: NotRequired[str]
    links: NotRequired[list[Link]]
    more_links: NotRequired[int]
    model: NotRequired[str]
    health: NotRequired[State]
    tags: NotRequired[list[str]]
    more_tags: NotRequired[int]
    default: NotRequired[bool]
    cells: NotRequired[dict[str, str | int | bool]]


class ListView(TypedDict):
    """The rows of a list, which travel as one JSON text, or an error. ``failures`` says why tests failed or cannot tell."""

    kind: Literal["list", "profiles", "error"]
    turn: NotRequired[int]
    environment: NotRequired[Environment]
    providers: NotRequired[dict[str, str]]
    capabilities: NotRequired[dict[str, list[str]]]
    rows: NotRequired[list[Row]]
    usual: NotRequired[dict[str, Usual]]
    failures: NotRequired[dict[str, Note]]
    notices: NotRequired[list[Note]]
    empty: NotRequired[Empty]
    states: NotRequired[dict[str, str]]
    """The states of a connection in words."""


class Tab(TypedDict):
    """A tab."""

    id: str
    title: str


class TabsView(TypedDict):
    """The tabs; a seat that is not listed shows the ``chosen`` one."""

    kind: Literal["tabs"]
    tabs: list[Tab]
    chosen: str
    seats: dict[str, str]


class BarView(TypedDict):
    """The connection in use ('' for none), the alternatives, the environment with its warning, and a message."""

    kind: Literal["bar"]
    used: str
    choices: list[str]
    environment: NotRequired[Environment]
    warning: str
    told: str


class Focus(TypedDict):
    """The element that gets the focus."""

    what: str


class NeedView(Body):
    """A need of a notebook, with its remedy. ``lack`` says in a word why it is not met, or that it is."""

    id: str
    kind: str
    alias: str
    words: str
    lack: str
    state: Literal["missing", "done", "ready"]


class NeedsView(TypedDict):
    """The needs of a notebook, unmet ones first."""

    kind: Literal["needs"]
    title: str
    about: str
    missing: int
    rows: list[NeedView]
    answers: list[Answer]


# ---- forms ------------------------------------------------------------------------------------------------------------


class FieldView(TypedDict):
    """A field for display. Its ``type`` selects the component. ``choices`` are pairs of a value and a label, '' for none."""

    key: str
    label: str
    help: str
    type: str
    required: bool
    optional: NotRequired[bool]
    sensitive: NotRequired[bool]
    group: NotRequired[str]
    choices: NotRequired[list[list[str]]]
    placeholder: NotRequired[str]
    inputmode: NotRequired[str]
    suggested: NotRequired[str]
    set: NotRequired[str]
    least: NotRequired[float | None]
    most: NotRequired[float | None]


class KindView(TypedDict):
    """A provider or capability for selection, below ``group``; ``default`` is the alias of its default profile.

    What it lacks is a ``tag`` (a tone and words) and a ``note``. One that is ``broken`` has no fields and cannot be chosen. A text
    in ``fields`` is a key of the form's ``shared``.
    """

    id: str
    name: str
    about: str
    fields: list[FieldView | str]
    example: str
    group: NotRequired[str]
    group_help: NotRequired[dict[str, str]]
    folded: NotRequired[list[str]]
    default: NotRequired[str]
    broken: NotRequired[str]
    tag: NotRequired[list[str]]
    note: NotRequired[Note]
    shapes: NotRequired[list[str]]


class FormWords(TypedDict):
    """The words of a form. ``pick`` names the first choice. The alias has a help while it is ``locked`` and while it is ``open``;
    ``lock`` says what locking it again does."""

    noun: str
    about: str
    pick: Literal["provider", "capability"]
    picker: str
    fixed: str
    switch: str
    switch_about: str
    locked: str
    open: str
    lock: str
    elsewhere: str


class Shape(TypedDict):
    """The shape of an owner's keys; ``key`` is one of them in words."""

    owner: str
    key: str
    pattern: str


class SettingView(TypedDict):
    """A setting: its text, or only that it is secret, with its buttons."""

    sealed: NotRequired[bool]
    answers: NotRequired[list[Answer]]
    text: NotRequired[str]


class Stored(TypedDict):
    """The stored entry of a form. ``kind`` is its provider or capability; ``mark``: in use, or the default.

    ``models`` has the model of each connection with its own, by the connection's id. ``note`` is said when the form starts.
    """

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
    models: NotRequired[dict[str, str]]
    note: NotRequired[Note | None]


class Choosable(TypedDict):
    """A connection that a profile may use."""

    id: str
    alias: str
    name: str
    provider: str
    can: list[str]
    state: str
    tone: str
    words: str


class FormView(TypedDict):
    """A form: the edited entry, and the choices. Of its ``buttons``, those to leave and to save come last."""

    kind: Literal["form", "profile"]
    title: str
    words: FormWords
    buttons: list[Answer]
    environment: str
    shapes: list[Shape]
    stored: Stored | None
    kinds: list[KindView]
    shared: NotRequired[dict[str, FieldView]]
    picked: NotRequired[str]
    connections: NotRequired[list[Choosable]]


# ---- what the kernel answers ------------------------------------------------------------------------------------------


class Made(TypedDict):
    """A new row."""

    id: str


class Deletion(Note):
    """A deletion that can be undone for some seconds."""

    number: int


class Undone(TypedDict):
    """The restored entries, and those that could not be restored."""

    number: int
    id: str | None
    left: Deletion | None


class PatchedRow(Row):
    """A row with the reason why its test failed."""

    failure: Note | None


class RowsChanged(TypedDict):
    """Some changed rows. A message with an older turn than the last one is ignored."""

    turn: int
    rows: list[PatchedRow]


class ListWelcome(TypedDict):
    """The filters and sorting of the list, and the message to a page on arrival."""

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
    panel: Panel


class BarMessages(TypedDict):
    """The messages of the bar."""

    note: Note
    focus: Focus


class NeedsMessages(TypedDict):
    """The messages of a notebook's requirements."""

    note: Note
    panel: Panel


class FormWelcome(TypedDict):
    """Earlier input, and whether the form takes the focus."""

    draft: dict[str, Any] | None
    focus: bool


class AliasCheck(TypedDict):
    """The alias that a save would use, its problem, and a free alias."""

    value: str
    problem: str
    free: str


class Meanwhile(TypedDict):
    """What others did to the entry; ``mark`` identifies the event."""

    mark: str
    what: str


class ReferenceView(TypedDict):
    """What a reference resolves to in the current environment, or why it does not; and the values that it ``hides``."""

    resolved: bool
    words: Words
    hides: str
    answers: list[Answer]


class Checked(TypedDict):
    """The results for the input. What the page already has of the known keys, the references that are ``usual`` for a field (each
    with a note), and the connections is left out.

    ``model`` is a note on the profile's model, and ``models`` has notes on the models of connections, by the connection's id.
    """

    alias: AliasCheck
    environment: str
    meanwhile: Meanwhile | None
    references: NotRequired[dict[str, ReferenceView]]
    model: NotRequired[str]
    models: NotRequired[dict[str, str]]
    keys: NotRequired[list[str]]
    usual: NotRequired[dict[str, list[list[str]]]]
    connections: NotRequired[list[Choosable]]


class Saved(TypedDict):
    """The entry was saved: the version of the matching view, and what to say."""

    version: int
    note: Note


class Problems(TypedDict):
    """The problems of fields as sentences, by field."""

    problems: dict[str, str]


class Kept(TypedDict):
    """A value was stored in the user secrets: the field gets its reference."""

    field: str
    reference: str


class Model(TypedDict):
    """A model that a connection lists."""

    id: str
    note: str


class Models(TypedDict):
    """The list of a connection, and a line about it; without ``models``, why it is missing."""

    id: str
    models: NotRequired[list[Model]]
    line: str


class Stir(TypedDict):
    """A possible change: the page refreshes."""


class FormMessages(TypedDict):
    """The messages of a form."""

    welcome: FormWelcome
    checked: Checked
    saved: Saved
    failed: Problems
    note: Note
    stir: Stir
    panel: Panel
    close: Close
    kept: Kept
    models: Models


TYPES = (
    Where,
    Body,
    Setup,
    ListView,
    TabsView,
    BarView,
    NeedsView,
    FormView,
    ListMessages,
    BarMessages,
    NeedsMessages,
    FormMessages,
)
"""The types of what is sent: the state, and the messages by kind."""

_HEAD = """/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

"""
_TAIL = """/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers; a screen reader announces what is `said`. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly turn?: number | null;
  readonly said?: string;
  readonly [key: string]: unknown;
}
"""


_WIDTH = 120
"""Maximum characters of a line in the page's source."""


def typescript() -> str:
    """The types in TypeScript, for the page."""
    known: dict[str, Any] = {}
    for each in TYPES:
        _collect(each, known)
    return _HEAD + "\n".join(map(_interface, known.values())) + "\n" + _TAIL


def _collect(kind: Any, known: dict[str, Any]) -> None:
    if is_typeddict(kind):
        if kind.__name__ in known:
            return
        known[kind.__name__] = kind
        for each in (*_bases(kind), *get_type_hints(kind).values()):
            _collect(each, known)
    for each in get_args(kind):
        _collect(each, known)


@cache
def _written_bases() -> dict[str, list[str]]:
    """Return the bases of each class as this file names them; Python 3.11 forgets those of a TypedDict."""
    import ast
    from pathlib import Path

    classes = [
        each for each in ast.parse(Path(__file__).read_text(encoding="utf-8")).body if isinstance(each, ast.ClassDef)
    ]
    return {each.name: [base.id for base in each.bases if isinstance(base, ast.Name)] for each in classes}


def _bases(kind: Any) -> list[Any]:
    return [globals()[name] for name in _written_bases()[kind.__name__] if name != "TypedDict"]


def _interface(kind: Any) -> str:
    about = " ".join((kind.__doc__ or "").replace("``", "`").split())
    bases = _bases(kind)
    inherited = {key for base in bases for key in get_type_hints(base)}
    lines = [
        _property(f"{key}{'?' if key in kind.__optional_keys__ else ''}", _written(each))
        for key, each in get_type_hints(kind).items()
        if key not in inherited
    ]
    head = f"/** {about} */\nexport interface {kind.__name__}"
    if bases:
        head += f" extends {', '.join(base.__name__ for base in bases)}"
    if not lines:
        return f"/** {about} */\nexport type {kind.__name__} = Readonly<Record<string, never>>;\n"
    return f"{head} {{\n" + "\n".join(lines) + "\n}\n"


def _property(name: str, written: str) -> str:
    """A line; a union that is too long for one line is broken as prettier does it."""
    line = f"  readonly {name}: {written};"
    if len(line) <= _WIDTH:
        return line
    return f"  readonly {name}:" + "".join(f"\n    | {each}" for each in written.split(" | ")) + ";"


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


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parent / "page" / "src" / "protocol.ts").write_text(typescript(), encoding="utf-8")
