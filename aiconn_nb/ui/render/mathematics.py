"""Mathematics in Markdown is shown as source text.

A front end's typesetter executes commands: one answer could redefine a command for the whole notebook. So a formula is rendered
as code, which MathJax and KaTeX ignore.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_LONGEST: Final = 2_000
"""The maximum number of characters of an inline formula. Searching further for its end would take too long."""
_MOST_LINES: Final = 100
"""The maximum number of lines of a block formula."""
_ENDS: Final = {"$$": "$$", "\\[": "\\]", "\\(": "\\)", "$": "$"}
_BLOCK: Final = re.compile(r"(\$\$|\\\[|\\begin\{([a-zA-Z]{1,20}\*?)\})")


def read_mathematics(reader: MarkdownIt) -> None:
    """Make a Markdown parser recognize formulas before it interprets a backslash or an underscore in them."""
    reader.inline.ruler.before("escape", "math_inline", _inline)
    reader.block.ruler.before(
        "fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    )


def _inline(state: StateInline, silent: bool) -> bool:
    """Read a formula within a paragraph, such as ``$a_1$`` or ``\\(a_1\\)``, and return whether there is one."""
    text, at = state.src, state.pos
    if text[at] not in "$\\":
        return False
    opened = text[at : at + 2] if text[at : at + 2] in _ENDS else text[at]
    if opened not in _ENDS:
        return False
    begins = at + len(opened)
    ends = text.find(_ENDS[opened], begins, min(state.posMax, begins + _LONGEST))
    if ends <= begins:
        return False
    end = ends + len(opened)
    # "$5 and $6" is money: a formula begins and ends with a non-blank, and no digit follows it.
    if opened == "$" and (
        text[begins].isspace() or text[ends - 1].isspace() or text[end : min(end + 1, state.posMax)].isdigit()
    ):
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = text[at:end].replace("\n", " ")
    state.pos = end
    return True


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Read a block formula, in one or more lines, and return whether there is one."""
    if state.is_code_block(first):
        return False
    line = _line(state, first)
    opened = _BLOCK.match(line)
    if opened is None:
        return False
    end = f"\\end{{{opened[2]}}}" if opened[2] else _ENDS[opened[1]]
    at = first
    rest = line[opened.end() :]
    while end not in rest:
        at += 1
        if at >= last or at - first > _MOST_LINES or (not state.isEmpty(at) and state.sCount[at] < state.blkIndent):
            return False
        rest = _line(state, at)
    if rest.partition(end)[2].strip():
        return False  # text follows it: a paragraph with formulas in it
    if silent:
        return True
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(first, at + 1, state.blkIndent, True)
    token.map = [first, at + 1]
    state.line = at + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
