"""A ``.env`` file as a flat map from key to text. python-dotenv parses it.

It calls the parser and not ``dotenv_values``, which reports no lines, logs what it cannot read and continues. Nothing is
interpolated: in python-dotenv neither quotes nor a backslash protect a ``${`` in a password.
No function here raises to its caller, because the frames of an error from here would hold the file's text.
"""

from __future__ import annotations

import io
import re

from dotenv.parser import Binding, parse_stream

from aiconn_nb.model.casing import fold

from .entry import Entry
from .json_file import Problem

_NEWLINE = re.compile(r"\r\n|\n|\r")


def parse(data: bytes, path: str) -> dict[str, Entry] | Problem:
    """The entries by folded key; the last of a repeated name wins, as in a shell. A name without ``=`` sets nothing."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Problem("it is not UTF-8.")
    entries: dict[str, Entry] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            return Problem("this line is not of the form NAME=value.", _line_of(binding))
        if binding.key is None or binding.value is None:
            continue
        key = binding.key.replace("__", ":")
        entries.pop(fold(key), None)
        entries[fold(key)] = Entry(key, binding.value, path, _line_of(binding))
    return entries


def _line_of(binding: Binding) -> int:
    """The line of a name: the parser includes the blank lines above it."""
    written = binding.original.string
    above = written[: len(written) - len(written.lstrip())]
    return binding.original.line + len(_NEWLINE.findall(above))
