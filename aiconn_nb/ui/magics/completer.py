"""Completion after ``%aiconn``, as an IPython matcher."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult

_LINE = re.compile(r".*?%aiconn[ \t](.*)")


def _in_context(context: CompletionContext) -> SimpleMatcherResult:
    """Complete the words of ``%aiconn``, also in ``rows = %aiconn ...``, and the lines below a ``%%aiconn`` alone."""
    from IPython.core.completer import SimpleCompletion

    before = context.full_text.split("\n")[context.cursor_line][: context.cursor_position]
    # After a command that takes a text, the cell is that text.
    in_cell = context.full_text.partition("\n")[0].strip() == "%%aiconn" and context.cursor_line > 0
    fragment, candidates = _complete(before, in_cell=in_cell)
    if fragment is None:
        return {"completions": []}
    return {
        "completions": [SimpleCompletion(text=each, type="aiconn") for each in candidates],
        "matched_fragment": fragment,
        "suppress": True,
        "ordered": True,
    }


def _in_line(shell: Any, event: Any) -> list[str]:
    """Return the completions for IPython 7, which completes only the end of a line, after its last delimiter."""
    fragment, candidates = _complete(event.text_until_cursor)
    return [each[len(fragment or "") - len(event.symbol) :] for each in candidates]


def _complete(before: str, *, in_cell: bool = False) -> tuple[str | None, list[str]]:
    """Return the last word before the cursor, and its possible replacements; None if the line is not one of ours."""
    found = _LINE.search(before)
    words = found[1].lstrip() if found else before.lstrip() if in_cell else None
    if words is None:
        return None, []
    from aiconn_nb.session import kernel_session
    from aiconn_nb.ui.shell.completion import complete

    return complete(kernel_session(), words)


def add(shell: Any) -> None:
    """Register our completion in a shell."""
    if _matcher is None:
        shell.set_hook("complete_command", _in_line, re_key=_LINE)
    elif _matcher not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(_matcher)


def remove(shell: Any) -> None:
    """Undo `add`."""
    if _matcher is None:
        shell.strdispatchers["complete_command"].regexs.pop(_LINE, None)
    elif _matcher in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.remove(_matcher)


def _made() -> Any:
    try:
        from IPython.core.completer import context_matcher
    except ImportError:  # IPython 7, which Google Colab has
        return None
    return context_matcher(identifier="aiconn_nb.completer")(_in_context)


_matcher = _made()
