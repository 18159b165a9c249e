"""Commands inside messages, in the syntax of the interface that shows the message, so that they can be pasted.

A message names a command only through `command`, when it is shown::

    f"'{command('enable', alias)}' switches it on."

=========  ==================================  ===============================================
interface  ``command("enable", "openai-dev")``  ``command("secret set", "OpenAI:ApiKey")``
=========  ==================================  ===============================================
notebook   ``%aiconn enable openai-dev``       ``%aiconn secret set OpenAI:ApiKey``
terminal   ``aiconn enable openai-dev``        ``aiconn secret set OpenAI:ApiKey``
Python     ``aiconn_nb.enable("openai-dev")``  ``aiconn secret set OpenAI:ApiKey``
=========  ==================================  ===============================================

The first argument is not quoted and may contain several words; each further argument is one word, quoted if the interface needs
that. A placeholder is in capitals: ``command("use ALIAS")``. `pip` does the same for an installation. The extension and the
terminal set the interface, with `begin` and `shown_in`; without either it is Python. Call these functions when the message is
built, never for a module's constant: the interface is known only then.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import Final


class Interface(Enum):
    """The user interface that shows a message; the value is the first word of a command there."""

    NOTEBOOK = "%aiconn"
    TERMINAL = "aiconn"
    PYTHON = "aiconn_nb"


_PYTHON_NAMES: Final = {
    "list": "connections",
    **dict.fromkeys(("show", "enable", "disable", "test", "use", "trust", "models"), ""),
    **dict.fromkeys(("rename", "history", "rollback", "undelete", "explain", "resolve"), ""),
    **dict.fromkeys(("failover", "discover", "cap", "caps", "edit", "delete", "require", "export", "dotenv"), ""),
    "env": "environment",
    "new": "create",
    "profile list": "profiles",
    "profile new": "create_profile",
    "profile edit": "edit_profile",
    "profile delete": "delete_profile",
    "profile show": "show_profile",
    "profile history": "history_profile",
    "profile rename": "rename_profile",
    "profile rollback": "rollback_profile",
    "profile undelete": "undelete_profile",
    "profile default": "default_profile",
    "secret list": "secrets",
}
"""Commands with an equivalent Python function that takes the same words as arguments -> its name, if that differs."""

_PYTHON_OPTIONS: Final[dict[str, dict[str, tuple[str, type]]]] = {
    "cap": {
        "--per": ("per", str),
        "--dollars": ("dollars", int),
        "--calls": ("calls", int),
        "--tokens": ("tokens", int),
    },
    "discover": {"--create": ("create", list), "--all": ("all", bool)},
    "dotenv": {"--on": ("on", bool)},
    "edit": {"--set": ("settings", dict)},
    "export": {"-o": ("to", str)},
    "failover": {"--live": ("live", bool)},
    "new": {"--provider": ("provider", str), "--set": ("settings", dict)},
    "profile edit": {"--connection": ("connections", list)},
    "profile new": {
        "--connection": ("connections", str),
        "--model": ("model", str),
        "--capability": ("capability", str),
        "--default": ("default", bool),
    },
    "require": {"--from": ("file", str), "--yes": ("yes", bool)},
    "test": {"--model": ("model", str)},
    "use": {"--env": ("export", bool)},
}
"""Their options in Python: a parameter, and the kind of its value. A command with any other option has no call."""

_PYTHON_LINES: Final = {
    "ask -- TEXT": 'ask("TEXT")',
    "ask PROFILE TEXT": 'ask("TEXT", profile="PROFILE")',
    "compare A B -- PROMPT": 'compare("PROMPT", "A", "B")',
}
"""Whole lines whose words have another order in Python."""

_interfaces: list[Interface] = []
"""The interfaces of this process, the innermost last: a kernel's extension, or a command of the terminal. Not a context variable,
because the threads of a command have the same interface."""


def here() -> Interface:
    """The interface that shows messages in this process."""
    return _interfaces[-1] if _interfaces else Interface.PYTHON


@contextmanager
def shown_in(shown: Interface) -> Iterator[None]:
    """Build messages in the block for this interface."""
    _interfaces.append(shown)
    try:
        yield
    finally:
        end(shown)


def begin(shown: Interface) -> None:
    """Do the same until `end`, for an interface that is loaded and unloaded."""
    if shown not in _interfaces:
        _interfaces.insert(0, shown)


def end(shown: Interface) -> None:
    """Stop building messages for this interface."""
    if shown in _interfaces:
        del _interfaces[len(_interfaces) - 1 - _interfaces[::-1].index(shown)]


def command(written: str, *words: str) -> str:
    """A command in the syntax of the interface that shows the message.

    ``written`` is not quoted, each of ``words`` is one word: ``command("edit", alias, "--prompt", "api_key")``.
    """
    shown = here()
    words = tuple(map(str, words))  # a call in Python may have given anything
    if shown is Interface.PYTHON:
        call = _as_call(written, words)
        if call:
            return call
        shown = Interface.TERMINAL
    return " ".join([shown.value, written, *(_quoted(word, shown) for word in words)])


def binding(alias: str, name: str, *, exports: bool = False) -> str:
    """Return the line that binds a name to a connection's SDK client: ``%aiconn use a as client``, or a call.

    With ``exports`` it also exports the variables.
    """
    if here() is Interface.PYTHON:
        return f'{name} = {Interface.PYTHON.value}.client("{alias}")'
    return command("use", alias, "as", name, *(["--env"] if exports else []))


def switching(environment: str) -> str:
    """Return how to switch to an environment: a command or, in a terminal, a variable in front of a command."""
    if here() is Interface.TERMINAL:
        return f"AICONN_ENVIRONMENT={_quoted(environment, Interface.TERMINAL)} {Interface.TERMINAL.value} ..."
    return command("env", environment)


def pip(written: str) -> str:
    """The command that installs a package: ``%pip install numpy`` in a notebook, ``pip install numpy`` elsewhere."""
    return f"{'%' if here() is Interface.NOTEBOOK else ''}pip install {written}"


def written(notebook: str, python: str) -> str:
    """The variant that works in the current interface: with a magic, or as a call."""
    return notebook if here() is Interface.NOTEBOOK else python


def option(typed: str, python: str) -> str:
    """An option of a command: ``--yes`` where commands are typed, ``overwrite=True`` in Python."""
    return python if here() is Interface.PYTHON else typed


def _as_call(written: str, words: tuple[str, ...]) -> str:
    """The call of the equivalent function; '' if there is none for these words."""
    if written in _PYTHON_LINES:
        return f"{Interface.PYTHON.value}.{_PYTHON_LINES[written]}"
    given = written.split()
    for length in (2, 1):
        name = " ".join(given[:length])
        if name in _PYTHON_NAMES:
            arguments = _arguments([*given[length:], *words], _PYTHON_OPTIONS.get(name, {}))
            call = f"{Interface.PYTHON.value}.{_PYTHON_NAMES[name] or name}"
            return "" if arguments is None else f"{call}({', '.join(arguments)})"
    return ""


def _arguments(words: Sequence[str], options: Mapping[str, tuple[str, type]]) -> list[str] | None:
    """The words of a command as the arguments of a call; None if it has an option that Python does not have."""
    positional, named = list[str](), list[str]()
    left = deque(words)
    while left:
        word = left.popleft()
        if not word.startswith("-"):
            positional.append(_value(word, int if word.isascii() and word.isdigit() else str))
            continue
        if word not in options:
            return None
        name, kind = options[word]
        values = [] if kind is bool else [left.popleft()]
        while kind in (list, dict) and left and not left[0].startswith("-"):
            values.append(left.popleft())
        named.append(f"{name}={_value(values, kind)}")
    return [*positional, *named]


def _value(given: str | Sequence[str], kind: type) -> str:
    """A value as Python writes it, in double quotes: a message puts single ones around a command."""
    from json import dumps

    values = [given] if isinstance(given, str) else given
    shown = partial(dumps, ensure_ascii=False)
    if kind is bool:
        return "True"
    if kind is list:
        return f"[{', '.join(shown(item) for each in values for item in each.split(','))}]"
    if kind is dict:
        return f"{{{', '.join(': '.join(map(shown, each.split('=', 1))) for each in values)}}}"
    return values[0] if kind is int else shown(values[0])


def _quoted(word: str, shown: Interface) -> str:
    """Quote one word of a line. A shell expands ``$`` and similar; the magic changes only blanks and quotes."""
    harmless = r"[^\s'\"]+" if shown is Interface.NOTEBOOK else r"[\w@%+=:,./-]+"
    if re.fullmatch(harmless, word):
        return word
    if shown is Interface.NOTEBOOK:
        return f'"{word}"' if '"' not in word else f"'{word}'"
    from shlex import quote

    return quote(word)


def sentences(what: str, hint: str) -> str:
    """Join the two lines of an error in one line. A server's message may end without a full stop."""
    return f"{what}{'' if what.endswith(('.', '!', '?', '…')) else '.'} {hint}" if what and hint else what or hint
