"""The configuration folder and the environment: the variables that select them, and the existing files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from aiconn_nb.model.casing import fold
from aiconn_nb.model.environment_name import environment_name_flaw
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.pattern import late
from aiconn_nb.model.place import named_folder

BASE_FILE = "appsettings.json"
DEFAULT_ENVIRONMENT = "Development"
"""A notebook must never use Production by default (.NET's default is Production)."""

_ENVIRONMENT_VARIABLES = dict.fromkeys(("AICONN_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"))
_ENVIRONMENT_FILE = late(r"appsettings\.(.+)\.json", re.DOTALL)


@leaves_no_locals  # the repr of ``environ`` is every variable
def find_root(
    start: str | os.PathLike[str] | None, environ: Mapping[str, str], *, begun: str | None = None
) -> Path | None:
    """The folder of the appsettings files: the one named by AICONN_CONFIG_ROOT, else the nearest one at or above ``start`` that
    holds ``appsettings.json``, else None. A named folder need not exist; `Configuration.notes` reports that. An entry with the
    file's name that is not a readable file, such as a broken link, counts: reading it reports the problem.
    ``begun`` is the base of a relative AICONN_CONFIG_ROOT, ``start`` by default."""
    named = _variable(environ, "AICONN_CONFIG_ROOT")
    if named is not None:
        return named_folder(named[0], named[1], begun or (None if start is None else os.path.abspath(start)))
    if start is None:
        return None
    here = os.path.abspath(start)
    while not os.path.lexists(os.path.join(here, BASE_FILE)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return Path(here)


@leaves_no_locals
def environment_from(environ: Mapping[str, str]) -> tuple[str, str]:
    """The environment's name and its origin: a variable's name, or ``default``.

    The variables' own names are matched ignoring case; an empty or blank one counts as unset. The value is used as spelled,
    except for a trailing line end, which a file with Windows line ends leaves behind.
    """
    if _ENVIRONMENT_VARIABLES.keys() & set(map(str.upper, environ)):  # usually there is none
        for name in _ENVIRONMENT_VARIABLES:
            found = _variable(environ, name)
            if found is not None:
                return found[1].rstrip("\r\n"), found[0]
    return DEFAULT_ENVIRONMENT, "default"


def environments(root: str | os.PathLike[str] | None) -> list[str]:
    """The environments with their own file in a folder, sorted. A broken link, or a folder in the file's place, counts: reading it
    reports the problem."""
    found = (_ENVIRONMENT_FILE.fullmatch(name) for name in _file_names(root))
    return sorted(match[1] for match in found if match and not environment_name_flaw(match[1]))


def environment_file(environment: str) -> str:
    """The file name of an environment."""
    return f"appsettings.{environment}.json"


def environment_of(file_name: str) -> str:
    """The environment of a file name; '' if it belongs to none."""
    match = _ENVIRONMENT_FILE.fullmatch(file_name)
    return match[1] if match and not environment_name_flaw(match[1]) else ""


def is_configuration_file(name: str) -> bool:
    """Whether a file of this name is part of any environment's configuration."""
    return name == BASE_FILE or _ENVIRONMENT_FILE.fullmatch(name) is not None


def spelled_otherwise(root: str | os.PathLike[str] | None, file_name: str) -> str | None:
    """The file in a folder whose name differs from ``file_name`` only in case, if the exact one is missing; else None."""
    if root is None or os.path.lexists(os.path.join(root, file_name)):
        return None
    # Folding keeps the length.
    alike = [name for name in _file_names(root) if len(name) == len(file_name) and fold(name) == fold(file_name)]
    return min(alike, default=None)


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """A variable's name as spelled and its value, whatever its case; blank ones count as unset. The exact spelling comes first."""
    if environ.get(name, "").strip():
        return name, environ[name]
    if name.upper() not in map(str.upper, environ):
        return None
    # A fast version of `fold`: the wanted names are ASCII, and no other letter folds to ASCII.
    spellings = sorted([other for other in environ if other.upper() == name.upper() and other.isascii()])
    return next(((other, environ[other]) for other in spellings if environ.get(other, "").strip()), None)


def _file_names(root: str | os.PathLike[str] | None) -> list[str]:
    if root is None:
        return []
    try:
        return os.listdir(root)
    except OSError:
        return []
