"""Completion of a line: commands, options, aliases, providers, environments, field keys, configuration keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.app import Session
from aiconn_nb.model.capability import Capability

from .command import Argument, Command
from .table import COMMANDS, GROUPS, first_words, members


def complete(session: Session, line: str) -> tuple[str, list[str]]:
    """Return the fragment at the end of ``line`` and the words that could replace it.

    ``line`` is the text after ``%aiconn``, up to the cursor. Never raises; the list is empty if nothing is known.
    """
    words = line.split()
    fragment = "" if not line or line[-1].isspace() else words.pop()
    try:
        candidates = _candidates(session, words, fragment)
    except AiconnError:
        candidates = []
    return fragment, sorted({each for each in candidates if each.lower().startswith(fragment.lower())}, key=str.lower)


def _candidates(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    if not words:
        return first_words()
    if words[0] in GROUPS and len(words) == 1:
        return _second_words(words[0])
    if words[0] in GROUPS:
        # From here on, a command of a group is one word.
        words = [" ".join(words[:2]), *words[2:]]
    command = COMMANDS.get(words[0])
    if command is None:
        return []
    if fragment.startswith("-"):
        used = set(words)
        return [arg.name for arg in command.args if arg.is_option and arg.name not in used]
    arg = _argument(command, words[1:])
    return _KINDS[arg.kind](session, words, fragment) if arg and arg.kind in _KINDS else []


def _argument(command: Command, words: Sequence[str]) -> Argument | None:
    """Return the argument that the next word belongs to."""
    options = {arg.name: arg for arg in command.args if arg.is_option}
    positionals = [arg for arg in command.args if not arg.is_option]
    waiting: Argument | None = None
    taken = 0
    for word in words:
        if word in options:
            waiting = options[word] if options[word].takes_value else None
        elif waiting is None:
            taken += 1
        elif "nargs" not in waiting.options:
            waiting = None
    if waiting is not None:
        return waiting
    if taken < len(positionals):
        return positionals[taken]
    last = positionals[-1] if positionals else None
    return last if last and last.options.get("nargs") in ("*", "+") else None


def _second_words(first: str) -> list[str]:
    return [each.name.partition(" ")[2] for each in members(GROUPS[first])] if first in GROUPS else []


def _commands(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    return first_words() if len(words) == 1 else _second_words(words[1]) if len(words) == 2 else []


def _use_words(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    placed = [word for word in words[1:] if not word.startswith("-")]
    return session.aliases() if not placed else ["as"] if len(placed) == 1 else []


def _fields(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    return [field.key for field in session.fields(_provider_of(session, words))]


def _keys(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    """Return the keys of a connection that are set and can be rotated."""
    connection = session.get(words[1])
    return [
        field.key
        for field in session.fields(connection.provider)
        if field.sensitive and field.key in connection.settings
    ]


def _provider_of(session: Session, words: Sequence[str]) -> str:
    """Return the provider whose fields to offer: named by ``--provider``, or that of the connection on the line."""
    if provider := _behind("--provider", words):
        return provider
    return session.get(words[1]).provider if len(words) > 1 else ""


def _settings(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    key, equals, value = fragment.partition("=")
    fields = {field.key: field for field in session.fields(_provider_of(session, words))}
    if not equals:
        return [f"{each}=" for each in fields]
    if value.startswith("$"):
        return [f"{key}=${each}" for each in session.known_keys()]
    field = fields.get(key)
    offered = [*(field.choices if field else ()), *([field.suggested_reference] if field and field.sensitive else [])]
    return [f"{key}={each}" for each in offered if each]


def _references(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    dollar = "$" if fragment.startswith("$") or (not fragment and words[0] in ("resolve", "rotate")) else ""
    return [f"{dollar}{each}" for each in session.known_keys()]


def _connection_list(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    """Return aliases, also after a comma: ``a,b`` names two connections."""
    before, comma, _ = fragment.rpartition(",")
    taken = set(before.split(","))
    capability = _behind("--capability", words)
    if not capability and words[0] == "profile edit" and len(words) > 1:
        capability = session.profile(words[1]).capability
    able = session.connections_for(capability or Capability.CHAT)
    return [f"{before}{comma}{each.alias}" for each in able if each.alias not in taken]


def _behind(option: str, words: Sequence[str]) -> str:
    """Return the value of an option on the line, or ''."""
    return words[words.index(option) + 1] if option in words[:-1] else ""


def _models(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    """Return the models of profiles, and those that this session has listed; without a network request."""
    return [*(row.model for row in session.profiles()), *session.listed_models()]


def _versions(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    """Return the versions of the connection or the profile on the line."""
    versions = session.history_profile if words[0].startswith("profile ") else session.history
    return [str(row.version) for row in versions(words[1])] if len(words) > 1 else []


def _options(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    return ["tags", *(session.profile(words[1]).options if len(words) > 1 else ())]


def _model_options(session: Session, words: Sequence[str], fragment: str) -> list[str]:
    """Return ``KEY=`` for each option that the connections' providers take, and its values if there are choices."""
    named = _behind("--connection", words).split(",") if "--connection" in words else None
    fields = {field.key: field for capability in Capability for field in session.option_fields(capability, named)}
    key, equals, _ = fragment.partition("=")
    if equals and key in fields:
        return [f"{key}={choice}" for choice in fields[key].choices]
    return [f"{field}=" for field in fields]


_KINDS: dict[str, Callable[[Session, Sequence[str], str], list[str]]] = {
    "alias": lambda session, words, fragment: session.aliases(),
    "profile": lambda session, words, fragment: session.profile_aliases(),
    "deleted profile": lambda session, words, fragment: session.deleted_profile_aliases(),
    "target": lambda session, words, fragment: [*session.profile_aliases(), *session.aliases()],
    "connections": _connection_list,
    "model": _models,
    "option": _options,
    "model option": _model_options,
    "tag": lambda session, words, fragment: [tag for row in session.profiles() for tag in row.tags],
    "deleted": lambda session, words, fragment: session.deleted_aliases(),
    "use": _use_words,
    "provider": lambda session, words, fragment: session.provider_ids(),
    "framework": lambda session, words, fragment: session.frameworks(),
    "environment": lambda session, words, fragment: [row.name for row in session.environment()],
    "field": _fields,
    "key": _keys,
    "setting": _settings,
    "reference": _references,
    "command": _commands,
    "version": _versions,
    "secret": lambda session, words, fragment: [row.key for row in session.secrets() if not (row.removed or row.place)],
    "former secret": lambda session, words, fragment: [row.key for row in session.secrets() if row.former],
    "format": lambda session, words, fragment: ["markdown", "text", "json", "code"],
    "usage group": lambda session, words, fragment: ["model", "connection", "profile", "day"],
    "cap period": lambda session, words, fragment: ["day", "month"],
    "capped": lambda session, words, fragment: session.capped_aliases(),
    "capability": lambda session, words, fragment: [str(each) for each in Capability],
}
