"""Arguments that commands of several features have in common: each is described once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from aiconn_nb import errors
from aiconn_nb.model.place import from_tilde
from aiconn_nb.session.verb import Arg

# A request to a model.
MODEL_OF_CALL: Final = Arg("a model that replaces the profile's; required with a connection", completes="model")
SYSTEM_OF_CALL: Final = Arg("a system prompt for this call")
TEMPERATURE_OF_CALL: Final = Arg("0 to 2, for this call")
OPTION_OF_CALL: Final = Arg(
    "another option of the model, for this call",
    name="--option",
    metavar="KEY=VALUE",
    completes="model option",
    is_repeated=True,
)

# A connection or a profile.
ALIAS_TO_BE: Final = Arg("a-z, 0-9 and -")
DISPLAY_NAME: Final = Arg("the display name")
NEW_ALIAS: Final = Arg("the new alias", name="new")
COPY_ALIAS: Final = Arg("the copy's alias; by default, a free one", name="new")
UPDATE: Final = Arg("update an existing one that differs")

# Its versions.
BEFORE: Final = Arg("a version; by default, the one before the current one", completes="version", metavar="V1")
AFTER: Final = Arg("a version; by default, the current one", completes="version", metavar="V2")
VERSION: Final = Arg("the version to restore", completes="version")


def named_options(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the options of a call or a profile, by name. Raises `CommandError` for anything but a dictionary."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise errors.BadNumber(name="options", wanted="a dictionary, such as {'top_p': 0.5}")
    return given


def texts_in(name: str, given: str | Iterable[str]) -> list[str]:
    """Return the texts of an argument that takes one or several. Raises `CommandError` for anything else."""
    texts = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [None]
    if not all(isinstance(each, str) for each in texts):
        raise errors.BadNumber(name=name, wanted="a text, or a list of texts")
    return texts


def texts_by_name(name: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the texts of an argument that takes a dictionary of them. Raises `CommandError` for anything else."""
    if not isinstance(given, Mapping) or not all(isinstance(each, str) for pair in given.items() for each in pair):
        raise errors.BadNumber(name=name, wanted="a dictionary from text to text")
    return given


def path_in(name: str, given: str | os.PathLike[str], kind: str = "file") -> Path:
    """Return the path that the user wrote; ``~`` is the home folder. Raises `CommandError` for anything else."""
    if not isinstance(given, str | os.PathLike):
        raise errors.BadNumber(name=name, wanted=f"the path of a {kind}")
    return from_tilde(given)
