"""The files of other tools: their places and content. They are read, never run or imported."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from configparser import Error as BadIni
from configparser import RawConfigParser
from pathlib import Path
from typing import Any, Final

from aiconn_nb import files
from aiconn_nb.model.place import tilde

from .candidate import Unread

_LARGEST: Final = 1_000_000


def home() -> Path:
    """Return the home folder."""
    return Path(os.path.expanduser("~"))


def folder_of(environ: Mapping[str, str], variable: str, *usual: str) -> Path:
    """Return the folder that a variable names, else the default one below the home folder."""
    named = environ.get(variable, "").strip()
    return Path(os.path.expanduser(named)) if named else home().joinpath(*usual)


def text_of(path: Path) -> str | None:
    """Return the text of a file; None without one. Raises `Unread`."""
    try:
        return files.read(path, most=_LARGEST).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problem = files.reason(error)
    except UnicodeDecodeError:
        problem = "it is not UTF-8"
    raise Unread(tilde(path), problem)


def json_of(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; empty without a file. Raises `Unread`."""
    text = text_of(path)
    content: object = {}
    if text is not None:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
    del text
    if not isinstance(content, dict):
        raise Unread(tilde(path), "it is not a JSON object")
    return content


def yaml_of(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file; empty without a file. Raises `Unread`."""
    text = text_of(path)
    if text is None:
        return {}
    try:
        import yaml
    except ImportError:
        raise Unread(tilde(path), "it is YAML, and PyYAML is not installed") from None
    content: object = None
    try:
        content = yaml.load(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        content = None
    del text
    if not isinstance(content, dict):
        raise Unread(tilde(path), "it is not a YAML mapping")
    return content


def ini_of(path: Path) -> dict[str, dict[str, str]]:
    """Return the sections of an INI file; empty without a file. Raises `Unread`."""
    text = text_of(path)
    if text is None:
        return {}
    parser = RawConfigParser(default_section="", strict=False, interpolation=None)
    problem = False
    try:
        parser.read_string(text)
    except BadIni:  # its message quotes the line
        problem = True
    del text
    if problem:
        raise Unread(tilde(path), "it is not an INI file")
    return {name: dict(parser.items(name)) for name in parser.sections()}
