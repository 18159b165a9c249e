"""The user's folders, and how their paths are shown.

A saved notebook shows its output to others, so a path below the home folder begins with ``~`` instead of the user's name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from aiconn_nb import errors


def tilde(path: str | os.PathLike[str]) -> str:
    """A path in display form: ``~/.local/share/aiconn`` for one below the home folder."""
    text = os.fspath(path)
    home = os.path.expanduser("~").rstrip(os.sep)
    if not os.path.isabs(home) or not (text == home or text.startswith(home + os.sep)):
        return text
    return "~" + text[len(home) :]


def without_home(text: str) -> str:
    """Another program's text, with ``~`` for the home folder in every path.

    >>> without_home("no such plug-in: /srv/plug-in.py")
    'no such plug-in: /srv/plug-in.py'
    """
    import re  # only for reports

    home = os.path.expanduser("~")
    for each in {home, os.path.realpath(home)}:
        folder = each.rstrip(os.sep)
        if os.path.isabs(folder):
            text = re.sub(rf"(?<!\w){re.escape(folder)}(?![\w-]|\.\w)", "~", text)
    return text


def shown(path: str) -> str:
    """A path for a message: relative to the working folder if that is shorter, and in words if it is that folder or one above.
    Dots alone at the end of a sentence look like an omission."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):
        return tilde(path)
    if relative == os.curdir:
        return "this folder"
    steps = relative.split(os.sep)
    if set(steps) == {os.pardir}:
        return "the folder above" if len(steps) == 1 else f"the folder {len(steps)} levels above"
    whole = tilde(path)
    return relative if len(relative) < len(whole) else whole


def here() -> str | None:
    """The working folder; None if it was deleted or cannot be entered."""
    try:
        return os.getcwd()
    except OSError:
        return None


def from_tilde(path: str | os.PathLike[str]) -> Path:
    """The path that a user wrote: ``~`` is the home folder, as in a shell, which leaves it as it is in quotes."""
    return Path(os.path.expanduser(path))


def named_folder(variable: str, written: str, start: str | None) -> Path:
    """The folder that a variable names, without quotes around it. A relative path is resolved at ``start``, and later changes of
    the working folder do not affect it.

    Raises `NoPlace` if ``~`` or ``start`` is unknown. Otherwise a folder called ``~`` would be created in the working folder, and
    another one after each change of it, each with its own key.
    """
    text = unquoted(written)
    path = os.path.expanduser(text)
    if path.startswith("~"):
        raise errors.HomeUnknown(variable=variable)
    if not os.path.isabs(path):
        if start is None:
            raise errors.RelativeToNothing(variable=variable)
        path = os.path.join(start, path)
    return Path(os.path.normpath(path))


def own_folder(variable: str, kind: str, environ: Mapping[str, str]) -> Path:
    """The system's default folder of the user for data or configuration: ``user_data_path``, ``user_config_path``.

    Raises `NoPlace` if there is no home folder, or HOME is not an absolute path.
    """
    home = environ.get("HOME")
    if home is not None and os.name == "posix" and not os.path.isabs(home):
        problem = "is empty" if not home.strip() else "is not an absolute path"
        raise errors.NoHome(variable=variable, problem=problem)
    import platformdirs

    try:
        folder = Path(getattr(platformdirs, kind)("aiconn", appauthor=False))
    except RuntimeError:
        folder = Path("~")
    if not folder.is_absolute() or "~" in folder.parts:
        raise errors.NoHome(variable=variable)
    return folder


def unquoted(written: str) -> str:
    """Remove the quotes that a container's env file leaves in a value."""
    text = written.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
