"""Commands inside messages, which can be pasted where the message is shown.

A message names a command only through `command`, when it is shown::

    f"'{command('enable', alias)}' switches it on."

=========  ==================================  ===============================================
face       ``command("enable", "openai-dev")``  ``command("secret set", "OpenAI:ApiKey")``
=========  ==================================  ===============================================
notebook   ``%aiconn enable openai-dev``       ``%aiconn secret set OpenAI:ApiKey``
terminal   ``aiconn enable openai-dev``        ``aiconn secret set OpenAI:ApiKey``
Python     ``aiconn_nb.enable("openai-dev")``  ``aiconn secret set OpenAI:ApiKey``
=========  ==================================  ===============================================

The first argument is written as it is and may hold several words; each further argument is one word, quoted where its face needs
that. A placeholder is in capitals: ``command("use ALIAS")``. `pip` does the same for an
installation. A face says once who reads its messages: the extension and the terminal with `face`; without either it
is Python. Call these functions where the message is made, never for a constant of a module: the face is known only then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final


class Face(Enum):
    """Who reads a message; the value is what a command begins with there."""

    NOTEBOOK = "%aiconn"
    TERMINAL = "aiconn"
    PYTHON = "aiconn_nb"


_PYTHON_NAMES: Final = {
    "list": "connections",
    **dict.fromkeys(("show", "enable", "disable", "test", "use", "trust", "models"), ""),
    **dict.fromkeys(("rename", "history", "rollback", "undelete", "explain", "resolve"), ""),
    "failover": "",
    "profile list": "profiles",
    "profile show": "show_profile",
    "profile history": "history_profile",
    "profile rename": "rename_profile",
    "profile rollback": "rollback_profile",
    "profile undelete": "undelete_profile",
    "profile default": "default_profile",
    "secret list": "secrets",
}
"""Commands that are one call in Python with the same words as arguments, and the function's name where it is another one."""

_faces: list[Face] = []
"""The faces of this process, the innermost last: a kernel's extension, or a command of the terminal. Not a context variable: the
threads of a command have the same reader."""


def here() -> Face:
    """The face that shows messages in this process."""
    return _faces[-1] if _faces else Face.PYTHON


@contextmanager
def face(shown: Face) -> Iterator[None]:
    """Messages that are made within are read there."""
    _faces.append(shown)
    try:
        yield
    finally:
        end(shown)


def begin(shown: Face) -> None:
    """The same until `end`, for a face that is loaded and unloaded."""
    if shown not in _faces:
        _faces.insert(0, shown)


def end(shown: Face) -> None:
    """Messages are not read there any more."""
    if shown in _faces:
        del _faces[len(_faces) - 1 - _faces[::-1].index(shown)]


def command(written: str, *words: str) -> str:
    """A command as it is typed where the message is shown.

    ``written`` is taken as it is, each of ``words`` is one word: ``command("edit", alias, "--prompt", "api_key")``.
    """
    shown = here()
    if shown is Face.PYTHON:
        call = _as_call(written, words)
        if call:
            return call
        shown = Face.TERMINAL
    return " ".join([shown.value, written, *(_quoted(word, shown) for word in words)])


def pip(written: str) -> str:
    """What installs a package: ``%pip install numpy`` in a notebook, ``pip install numpy`` elsewhere."""
    return f"{'%' if here() is Face.NOTEBOOK else ''}pip install {written}"


def _as_call(written: str, words: tuple[str, ...]) -> str:
    """The call of the function of the same meaning; '' where there is none for these words."""
    from json import dumps  # in double quotes: a message puts single ones around a command

    given = written.split()
    for length in (2, 1):
        name = " ".join(given[:length])
        arguments = [*given[length:], *words]
        if name in _PYTHON_NAMES and not any(word.startswith("-") for word in arguments):
            shown = ", ".join(
                word if word.isascii() and word.isdigit() else dumps(word, ensure_ascii=False) for word in arguments
            )
            return f"{Face.PYTHON.value}.{_PYTHON_NAMES[name] or name}({shown})"
    return ""


def _quoted(word: str, shown: Face) -> str:
    """One word of a line. A shell expands ``$`` and its like; the magic takes everything but blanks and quotes as it is."""
    harmless = r"[^\s'\"]+" if shown is Face.NOTEBOOK else r"[\w@%+=:,./-]+"
    if re.fullmatch(harmless, word):
        return word
    if shown is Face.NOTEBOOK:
        return f'"{word}"' if '"' not in word else f"'{word}'"
    from shlex import quote

    return quote(word)
