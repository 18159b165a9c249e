"""Lines that end in a question mark: IPython would show help on the last word, but the user is asking the model."""

from __future__ import annotations

import tokenize
from itertools import pairwise
from typing import Final, Self

from IPython.core.inputtransformer2 import TokenTransformBase, assemble_continued_line, find_end_of_continued_line

_ASKING: Final = ("ask", "compare", "embed")
_SPACE: Final = frozenset(
    (tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
)


class Question(TokenTransformBase):
    """Turns ``%aiconn ask writer Why?``, also after ``answers["sky"] =`` and over several lines, into a call of the magic.

    It searches the tokens, as IPython does for its own syntax, so that similar text within a string or a cell is ignored.
    """

    priority = 4
    """Runs before IPython's transformation of the question mark, in the same place."""

    def __init__(self, start: tuple[int, int], magic: tuple[int, int]) -> None:
        super().__init__(start)  # type: ignore[no-untyped-call]
        self._line = magic[0] - 1
        self._column = magic[1]

    @classmethod
    def find(cls, tokens_by_line: list[list[tokenize.TokenInfo]]) -> Self | None:
        """Return the first such line; see `TokenTransformBase`."""
        for tokens in tokens_by_line:
            words = [each for each in tokens if each.type not in _SPACE]
            if len(words) < 4 or words[-1].string != "?":
                continue
            at = _magic(words)
            if at is not None and at + 2 < len(words) and words[at + 2].string in _ASKING:
                return cls(words[0].start, words[at].start)
        return None

    def transform(self, lines: list[str]) -> list[str]:
        """Return the lines with a call in place of the magic."""
        end = find_end_of_continued_line(lines, self._line)
        magic = assemble_continued_line(lines, (self._line, self._column), end)
        text = magic.removeprefix("%").removeprefix("aiconn").lstrip()
        call = f"get_ipython().run_line_magic('aiconn', {text!r})\n"
        return [*lines[: self._line], lines[self._line][: self._column] + call, *lines[end + 1 :]]


def _magic(words: list[tokenize.TokenInfo]) -> int | None:
    """Return the position of a ``%aiconn`` that begins a statement or an assigned value; None if there is none."""
    for at, (sign, name) in enumerate(pairwise(words)):
        if (sign.string, name.string) == ("%", "aiconn") and sign.end == name.start:
            return at if at == 0 or words[at - 1].string == "=" else None
    return None
