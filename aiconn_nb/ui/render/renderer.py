"""The view of a result. The function `view_of` returns it; a module of this folder extends it for each class of results::

    @view_of.register
    def _(found: Scan) -> View:
        return Table(...)

The module has the name of the feature, or of the module of `aiconn_nb.session`: the views of `aiconn_nb.features.scan` are in
``scan.py``. It is imported when its first result is shown, so that a list of connections does not load the scan's views.
"""

from __future__ import annotations

import sys
from functools import singledispatch
from importlib import import_module

from aiconn_nb.session.results import Result

from .text import as_text, width_of
from .view import View


@singledispatch
def view_of(result: Result) -> View:
    """Return the view of a result, for every output format. Raises `TypeError` for a class without a view."""
    # No view is registered yet, because the module that does it is not imported.
    for kind in type(result).__mro__:
        package, _, module = kind.__module__.partition(".")
        place, _, home = module.partition(".")
        if package == "aiconn_nb" and place in ("features", "session"):
            import_module(f".{home.partition('.')[0]}", __package__)
            break
    found = view_of.dispatch(type(result))
    if found is view_of.dispatch(object):
        raise TypeError(f"{type(result).__name__} has no view")
    return found(result)


def text_of(result: Result, width: int | None = None) -> str:
    """Return a result as plain text: its view, and below it its content. ``width`` is the width of a terminal in columns."""
    return "\n\n".join(filter(None, [as_text(view_of(result), width), result.content]))


def bundle_of(result: Result) -> dict[str, str]:
    """Return a result for a notebook, by MIME type."""
    from .html import as_html  # a terminal does not need it
    from .prose import as_code

    html = as_html(view_of(result)) + (as_code(result.content) if result.content else "")
    # A kernel's stdout is not a terminal; that of IPython in a terminal is one.
    return {"text/plain": text_of(result, width_of(sys.stdout)), "text/html": html}
