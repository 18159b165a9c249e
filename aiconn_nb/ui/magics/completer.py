"""Completion after ``%aiconn``, as an IPython matcher."""

from __future__ import annotations

import re

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

_LINE = re.compile(r"%aiconn[ \t](.*)")


@context_matcher(identifier="aiconn_nb.completer")  # type: ignore[untyped-decorator]
def aiconn_matcher(context: CompletionContext) -> SimpleMatcherResult:
    """Complete the words of ``%aiconn``, also as ``rows = %aiconn ...``, and the lines of a ``%%aiconn`` cell."""
    before = context.full_text.split("\n")[context.cursor_line][: context.cursor_position]
    in_cell = context.full_text.startswith("%%aiconn") and context.cursor_line > 0
    found = _LINE.search(before)
    words = found[1].lstrip() if found else before.lstrip() if in_cell else None
    if words is None:
        return {"completions": []}
    from aiconn_nb.session import kernel_session
    from aiconn_nb.ui.shell.completion import complete

    fragment, candidates = complete(kernel_session(), words)
    return {
        "completions": [SimpleCompletion(text=each, type="aiconn") for each in candidates],
        "matched_fragment": fragment,
        "suppress": True,
        "ordered": True,
    }
