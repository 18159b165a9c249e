"""The names that an environment can have: each is a part of a file's name, for settings and for user secrets."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from aiconn_nb import errors

from .pattern import late

_NOT_IN_FILE_NAME: Final = late("[/\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST: Final = 200


def check_environment_name(name: str, origin: str = "") -> None:
    """Check that a name can be part of a file name and stays in the folder. Raises `EnvironmentNotFound`, which names the
    variable that holds it (``origin``)."""
    flaw = environment_name_flaw(name)
    if flaw:
        raise errors.BadEnvironmentName(problem=flaw, variable=origin)


@lru_cache(maxsize=8)
def environment_name_flaw(name: str) -> str:
    """Why a text cannot be the name of an environment, in words that follow "the name"; '' if it can."""
    if not name.strip():
        return "is blank"
    # Most names are a word, and compiling the pattern takes as long as reading the files.
    if not (name.isascii() and name.isalnum()) and _NOT_IN_FILE_NAME.search(name):
        return "has a slash, a backslash or a character that cannot be printed"
    if len(name.encode()) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return ""
