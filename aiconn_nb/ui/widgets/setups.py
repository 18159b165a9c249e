"""The structure of lists and forms: columns, filters, actions, words; the page draws them. A column of profiles is one entry."""

from __future__ import annotations

from aiconn_nb.features.connections import COLUMNS
from aiconn_nb.features.connections import Column as ConnectionColumn
from aiconn_nb.model.hint import command

from .column_widths import tracks, widest_cards
from .list_views import Plain, path_of
from .protocol import Action, Answer, Column, Empty, Setup, Structure
from .question_panels import discarding

_EDIT: Action = {"do": "edit", "icon": "edit", "words": "Edit"}
_DUPLICATE: Action = {"do": "duplicate", "icon": "copy", "words": "Duplicate"}
_DELETE: Action = {"do": "delete", "icon": "delete", "words": "Delete", "intent": "ask_delete"}


def _column(column: ConnectionColumn) -> Column:
    """Return a column of connections, in the page's form."""
    made: Column = {
        "key": column.key,
        "title": column.title,
        "kind": "state" if column.kind == "resolves" or column.kind == "test" else column.kind,
        "width": column.width,
    }
    if path_of(column) != column.key:
        made["path"] = path_of(column)
    return {**made, "names": column.names} if column.names else made


def _laid_out(parts: Structure) -> Setup:
    made = tracks(
        [each["width"] for each in parts["columns"]], buttons=len(parts["actions"]), check_box=bool(parts["bulk"])
    )
    names = next(each["width"] for each in parts["columns"] if each["kind"] == "name")
    return {**parts, "tracks": " ".join(made), "cards": widest_cards(made, names)}


CONNECTIONS: Setup = _laid_out(
    {
        "label": "Connections",
        "create": "Create connection",
        "no_match": "No connection matches.",
        "columns": [_column(each) for each in COLUMNS if each.width],
        "filters": [
            {
                "key": "provider",
                "label": "Provider",
                "every": "All providers",
                "path": "provider",
                "names": "providers",
            },
            {
                "key": "active",
                "label": "Active or inactive",
                "every": "Active or not",
                "path": "active",
                "choices": [["yes", "Active"], ["no", "Inactive"]],
            },
            {
                "key": "resolves",
                "label": "Resolves here or not",
                "every": "Resolves or not",
                "path": "resolves.missing",
                "choices": [["no", "Resolves here"], ["yes", "Does not resolve"]],
            },
            {
                "key": "capability",
                "label": "Capability",
                "every": "All capabilities",
                "path": "provider",
                "through": "capabilities",
                "choices": [["chat", "Chat"], ["embedding", "Embedding"]],
            },
        ],
        "search": "Filter by name, alias or provider",
        "search_label": "Filter connections",
        "searched": ["name", "alias", "provider"],
        "actions": [
            {
                "do": "use",
                "icon": "plug",
                "words": "Use",
                "pressed": "used",
                "release": "stop",
                "release_title": "In use by this kernel; press to stop using it",
            },
            {"do": "test", "icon": "test", "words": "Test", "off": "test.busy"},
            _EDIT,
            _DUPLICATE,
            _DELETE,
        ],
        "bulk": [
            {"text": "Enable", "intent": "switch", "data": {"active": True}},
            {"text": "Disable", "intent": "switch", "data": {"active": False}},
            {"text": "Test", "icon": "test", "intent": "test"},
            {"text": "Delete", "icon": "delete", "intent": "ask_delete"},
        ],
        "used": "used",
        "used_words": "in use",
    }
)

PROFILES: Setup = _laid_out(
    {
        "label": "Profiles",
        "create": "Create profile",
        "no_match": "No profile matches.",
        "columns": [
            {"key": "name", "title": "Name", "kind": "name", "width": "minmax(0, 16fr)"},
            {"key": "capability", "title": "For", "kind": "text", "width": "100px"},
            {"key": "connections", "title": "Connections", "kind": "links", "width": "minmax(0, 17fr)"},
            {"key": "model", "title": "Model", "kind": "code", "width": "minmax(0, 13fr)"},
            {"key": "tags", "title": "Tags", "kind": "tags", "width": "minmax(0, 10fr)"},
            {"key": "health", "title": "Health", "kind": "state", "width": "minmax(0, 18fr)"},
            {"key": "modified", "title": "Modified", "kind": "age", "width": "84px"},
        ],
        "filters": [
            {"key": "capability", "label": "Capability", "every": "All capabilities", "path": "capability"},
            {
                "key": "health",
                "label": "Health",
                "every": "Any health",
                "path": "health.tone",
                "choices": [
                    ["good", "Ready"],
                    ["none", "Not checked"],
                    ["warn", "Answers, but"],
                    ["bad", "Cannot answer"],
                ],
            },
            {
                "key": "resolves",
                "label": "Resolves here or not",
                "every": "Resolves or not",
                "path": "links.state",
                "choices": [["unresolved", "One does not resolve"]],
            },
        ],
        "search": "Filter by name, alias, model, connection or tag",
        "search_label": "Filter profiles",
        "searched": ["name", "alias", "model", "tags", "links.alias"],
        "actions": [
            {
                "do": "default",
                "icon": "star",
                "words": "Make the default",
                "pressed": "default",
                "label": "Default for {capability}: {who}",
                "title": "Make it the default for {capability}",
                "release_title": "The default for {capability}; press to remove the default",
            },
            {
                "do": "check",
                "icon": "test",
                "words": "Check",
                "title": "Ask each of its connections for one token, or one vector",
            },
            _EDIT,
            _DUPLICATE,
            _DELETE,
        ],
        "bulk": [],
        "used": "default",
        "used_words": "default",
    }
)


def no_connections(*, has_demo: bool, project_file: str) -> Empty:
    """Return the content of a list without connections. ``project_file`` is the name of the local one, or ''."""
    demo: Answer = {"text": "Try the offline demo", "icon": "use", "intent": "demo"}
    parts = [f"{project_file} in this folder has what the notebook needs: ", command("require --yes"), " imports it."]
    return {
        "icon": "plug",
        "title": "No connections",
        "help": [
            *([parts] if project_file else []),
            [
                "A connection is a named account with an AI provider. It remembers the provider, the settings and where the key "
                "comes from, so that a notebook only needs its name."
            ],
            ["Keys stay out of the notebook: they are references such as ", "$OpenAI:ApiKey", ", or kept sealed."],
            ["If other tools have your keys already, ", "%aiconn discover", " finds them."],
        ],
        "answers": [
            {"text": "Create a connection", "icon": "add", "intent": "create", "kind": "primary"},
            *([demo] if has_demo else []),
        ],
    }


def no_profiles(*, has_connections: bool) -> Empty:
    """Return the content of a list without profiles."""
    first = ["There are no connections yet, and a profile needs one."]
    create: Answer = {"text": "Create a profile", "icon": "add", "intent": "create", "kind": "primary"}
    instead: Answer = {**create, "text": "Create a connection first", "icon": "plug", "intent": "connections"}
    return {
        "icon": "layers",
        "title": "No profiles",
        "help": [
            [
                "A profile has a connection, a model and options such as the temperature under one name. Further connections are "
                "fallbacks, in order."
            ],
            ["A notebook asks the profile by its name. Its connections and model can change without the notebook."],
            *([] if has_connections else [first]),
        ],
        "answers": [create if has_connections else instead],
    }


_CONNECTION = {
    "noun": "Connection",
    "about": "A named account with an AI provider.",
    "pick": "provider",
    "picker": "Provider",
    "fixed": "The provider of a connection never changes: notebooks rely on it. For another, make a new connection.",
    "switch": "Active",
    "switch_about": "A disabled connection stays here, but cannot be used.",
    "open": "Profiles follow a new alias; notebooks that use the old one do not.",
}
_PROFILE = {
    "noun": "Profile",
    "about": "Connections, a model and options under one name.",
    "pick": "capability",
    "picker": "What for",
    "fixed": "This never changes: notebooks rely on it. For another, make a new profile.",
    "switch": "Default",
    "switch_about": "Used when no profile is named.",
    "open": "Notebooks that use the old alias do not follow.",
}
_STORED_ALIAS = {
    "locked": "It stays the same when the name changes, because notebooks use it.",
    "lock": "Keep the alias as it is",
}
_NEW_ALIAS = {
    "locked": "Made from the name. Notebooks use it.",
    "open": "a-z, 0-9 and -. Notebooks use it.",
    "lock": "Make the alias from the name again",
}


def words(noun: str, *, is_stored: bool) -> Plain:
    """Return the words of a form for a connection or a profile."""
    made = {**(_CONNECTION if noun == "connection" else _PROFILE), **(_STORED_ALIAS if is_stored else _NEW_ALIAS)}
    elsewhere = f"This {noun} was saved elsewhere in the meantime. When you save, both versions are shown."
    return {**made, "elsewhere": elsewhere}


def buttons(noun: str, *, is_stored: bool) -> list[Answer]:
    """Return the buttons of a form: what it does with the stored entry, then those to leave and to save."""
    test: Answer = {"text": "Test", "icon": "test", "testid": "test-button", "intent": "test", "draft": True}
    stored: list[Answer] = [
        {"text": "Try…", "title": "Try a prompt", "icon": "use", "testid": "try-button", "intent": "try"},
        {
            "text": "Cell",
            "title": "Insert a cell that uses this",
            "icon": "add",
            "testid": "insert",
            "intent": "insert",
        },
        {"text": "Delete…", "kind": "quiet", "icon": "delete", "testid": "delete", "intent": "ask_delete"},
    ]
    lost = f"The {noun} stays as it is stored." if is_stored else "Nothing has been saved yet."
    discard: Answer = {"text": "Discard", "intent": "cancel", "stored": True}
    cancel: Answer = {"text": "Cancel", "testid": "cancel", "intent": "cancel", "stored": True}
    text = "Save" if is_stored else "Create"
    return [
        *([test] if noun == "connection" else []),
        *(stored if is_stored else []),
        {**cancel, "discards": discarding("Discard your changes?", lost, discard)},
        {"text": text, "kind": "primary", "testid": "save", "intent": "save", "draft": True},
    ]
