"""The command table, and the only way to run a line of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Final

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.hint import Interface, shown_in
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.notices import notes_heard
from aiconn_nb.model.pattern import late
from aiconn_nb.session.noted_results import with_notes
from aiconn_nb.session.results import Result

from .command import Argument, Command, Group, Words, split, split_prose
from .console import Console
from .derived import Commands


def _help(session: Session, words: Words, console: Console) -> Result:
    from .help import Help, Overview  # the views are for this command alone

    prog = "aiconn" if console.in_shell else "%aiconn"
    if not words.command:
        return Overview([GROUPS.get(name) or COMMANDS[name] for name in first_words()], prog)
    group = GROUPS.get(words.command[0])
    if group and len(words.command) == 1:
        return Overview(members(group), prog, group)
    return Help(find(words.command)[0], prog, console.in_shell)


def _panel(session: Session, words: Words, console: Console) -> Result:
    """Show the list. In a notebook with widgets, the magic shows the panel and does not call this."""
    found = session.connections()
    return replace(found, notes=("A terminal has no side bar: this is the list.", *found.notes))


COMMANDS: Final = Commands(
    Command(
        "help",
        "this list, or one command with its options and examples",
        _help,
        (Argument("command", "a command", "command", {"nargs": "*"}),),
        ("help new", "help profile new"),
    ),
    Command(
        "panel",
        "the manager in JupyterLab's side bar, and its commands in the palette",
        _panel,
        examples=("panel",),
        details="Needs the extra 'lab'. Elsewhere a notebook shows the manager in the cell; a terminal shows the list.",
    ),
)
_SYNONYMS: Final = {
    **dict.fromkeys(("create", "add", "make"), "new"),
    **dict.fromkeys(("remove", "rm", "del"), "delete"),
    **dict.fromkeys(("ls", "connections"), "list"),
    **dict.fromkeys(("copy", "cp"), "duplicate"),
    **dict.fromkeys(("mv", "move"), "rename"),
    "restore": "undelete",
    "update": "edit",
    "get": "show",
}
"""Command names from other tools."""
_PLACE: Final = late(r"\{[^\W\d]\w*\}")
"""Placeholders that other magics fill in on a line; ours do not."""
GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        Group("profile", "connections in order, a model and options, under one name"),
        Group("secret", "the encrypted user secrets: values for configuration keys, kept on this machine"),
    )
}


def first_words() -> list[str]:
    """Return the possible first words of a line, in the order of the table."""
    return list(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS))


def members(group: Group) -> list[Command]:
    """Return the commands of a group."""
    return [each for name, each in COMMANDS.items() if name.startswith(f"{group.name} ")]


def find(words: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """Return the command at the start of a line, and the words after its name. Raises `CommandError`, naming the nearest."""
    first, rest = words[0], words[1:]
    group = GROUPS.get(first)
    if group is not None:
        return _of_group(group, rest)
    command = COMMANDS.get(first)
    if command is not None:
        return command, rest
    # Rather the command of a group than one that is only spelled similarly: 'set' is no 'reset', 'default' no 'delete'.
    of_group = None if first in _SYNONYMS else next((each for each in COMMANDS if each.endswith(f" {first}")), None)
    raise errors.NoCommand(word=first, nearest=of_group or _meant(first, first_words()))


def _with_help(words: Sequence[str]) -> Sequence[str]:
    """The words; those of ``help`` if one of them asks for it. What follows ``--`` is not for us."""
    ours = words[: words.index("--")] if "--" in words else words
    if "-h" not in ours and "--help" not in ours:
        return words
    # Only the command's name is shown, without its arguments; a command of a group has two words.
    return ["help", *takewhile(lambda word: not word.startswith("-"), ours[:2])]


def _of_group(group: Group, words: Sequence[str]) -> tuple[Command, Sequence[str]]:
    known = [each.name.partition(" ")[2] for each in members(group)]
    if words and words[0] in known:
        return COMMANDS[f"{group.name} {words[0]}"], words[1:]
    # A group alone means its list, which also takes an option without a command.
    if not words or words[0].startswith("-"):
        return COMMANDS[f"{group.name} list"], words
    word = words[0]
    raise errors.NoSubcommand(group=group.name, known=tuple(known), word=word, nearest=_meant(word, known))


def _meant(word: str, known: Sequence[str]) -> str | None:
    """Return the nearest command; also recognizes command names from other tools."""
    synonym = _SYNONYMS.get(word.lower())
    if synonym is not None:
        return synonym if synonym in known else None
    return nearest(word, known)


def _meant_to_use(session: Session, word: str) -> str | None:
    """The command that a line which begins with an alias probably lacks; None if it begins with something else."""
    alias = word.lower()
    return (
        f"use {alias}" if alias in session.aliases() else f"ask {alias}" if alias in session.profile_aliases() else None
    )


def read(line: str) -> list[str]:
    """Split a line in the way of its command. Raises `CommandError` for an unclosed quote."""
    first = line.split(maxsplit=1)[:1]
    command = COMMANDS.get(first[0]) if first else None
    return split_prose(line) if command is not None and command.takes_cell else split(line)


def _in_python(command: Command, place: str) -> str:
    """Return the Python function to use for a placeholder in a command that fills none in."""
    name = "_".join(reversed(command.name.split(" "))).replace("new", "create")
    return f"aiconn_nb.{name}({place[1:-1]})" if hasattr(sys.modules.get("aiconn_nb"), name) else "its functions"


LONG: Final = 12
"""The minimum number of characters of a word that may be a key."""


@partial(leaves_no_locals, in_debug=True)
def run(session: Session, words: Sequence[str], console: Console, cell: str | None = None) -> Result:
    """Run one command, with the cell below it if there is one. Raises only `AiconnError`."""
    shown = Interface.TERMINAL if console.in_shell else Interface.NOTEBOOK
    prog = shown.value
    given, words = words, _with_help(words)
    if words is not given:
        cell = None
    with shown_in(shown):
        command = COMMANDS.get(words[0])
        # This comes before any message that repeats a word. The name of a command is not a key.
        refuse_known_keys(
            session,
            words[1:] if command is not None or words[0] in GROUPS else words,
            names_secret=tuple(words[:2]) in (("secret", "remove"), ("secret", "restore")),
        )
        try:
            command, rest = find(words) if command is None else (command, words[1:])
        except errors.AiconnError as error:
            if isinstance(error, errors.NoCommand):
                error.nearest = _meant_to_use(session, words[0]) or error.nearest
            session.mask_known_keys(error)
            raise
        if cell is not None and not command.takes_cell:
            raise errors.NoCell(command=command.name)
        try:
            with notes_heard(_on_stderr) as heard:
                return with_notes(command.run(session, command.parse(rest, prog, cell), console), heard)
        except errors.AiconnError as error:
            session.mask_known_keys(error)
            place = next((word for word in rest if _PLACE.fullmatch(word) and word in error.texts()), "")
            if place and not console.in_shell:
                error.unfilled = place, _in_python(command, place)
            raise


def _on_stderr(note: str) -> None:
    sys.stderr.write(f"{note}\n")
    sys.stderr.flush()


def refuse_known_keys(session: Session, words: Sequence[str], *, names_secret: bool = False) -> None:
    """Raise `CommandError` for a line with a key of this machine, because a line is saved.

    Most lines have no word that could be a key, so the check is cheap. With ``names_secret``, a word may be the name of a user
    secret: a key that was stored as a name must be removable by that name.
    """
    long = [word for word in words if len(word) >= LONG and not word.startswith("$") and "=$" not in word]
    if not long:
        return
    known = {*session.aliases(), *session.profile_aliases()}
    left = [word for word in long if word.lower() not in known]
    if names_secret and left:
        left = [word for word in left if word not in session.secret_names()]
    session.require_no_known_key(*left)
