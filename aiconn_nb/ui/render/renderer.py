"""Which view a result has. One function knows it: `view_of`, which a module of this folder extends for each class of results::

    @view_of.register
    def _(found: Scan) -> View:
        return Table(...)

The module has the name of the feature, or of the module of `aiconn_nb.session`: the views of `aiconn_nb.features.scan` are in
``scan.py``. It is imported when the first of its results is shown, so that a list of connections loads nothing of a scan.
"""

from __future__ import annotations

import re
import sys
from functools import singledispatch
from importlib import import_module
from typing import Final

from aiconn_nb.session.results import Result

from .text import as_text, width_of
from .view import View

_HOME: Final = re.compile(r"aiconn_nb\.(?:features|session)\.(\w+)")


@singledispatch
def view_of(result: Result) -> View:
    """The view of a result, for every output. Raises `TypeError` for a class that has no view."""
    # Nothing is registered for its class yet: the module that does it was not imported.
    for kind in type(result).__mro__:
        if home := _HOME.match(kind.__module__):
            import_module(f".{home[1]}", __package__)
            break
    found = view_of.dispatch(type(result))
    if found is view_of.dispatch(object):
        raise TypeError(f"{type(result).__name__} has no view")
    return found(result)


def text_of(result: Result, width: int | None = None) -> str:
    """A result as plain text: its view, and below it the text that it consists of. ``width`` is that of a terminal in columns."""
    return "\n\n".join(filter(None, [as_text(view_of(result), width), result.content]))


def bundle_of(result: Result) -> dict[str, str]:
    """A result for a notebook, by MIME type."""
    from .html import as_html  # a terminal needs none
    from .prose import as_code

    html = as_html(view_of(result)) + (as_code(result.content) if result.content else "")
    # A kernel's stdout is no terminal, that of a terminal's IPython is one.
    return {"text/plain": text_of(result, width_of(sys.stdout)), "text/html": html}
