"""Markdown of a model, as a notebook may render it: what it says is shown, and nothing is fetched.

An image is fetched as soon as it is shown, from whatever address the model was talked into, with whatever stands in the address;
so an image becomes a link, and HTML is shown as text. Code stays as it is, and that is the difficulty: what is code to one
renderer is none to the next, and then it is an image. So only what is code to all of them is taken for code (JupyterLab's marked,
CommonMark, mistune, each with mathematics taken out before or within); in all else a blank is put where markup would begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_BREAK: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line for one renderer or another."""
_FENCE: Final = re.compile(r"( *)(`{3,}|~{3,})([^`~|<&$\\\[\]]*)")
_LOOKS_FENCED: Final = re.compile(r"(?:[ \t]*(?:[-*+]|\d{1,9}[.)]))*[ \t]*(?:```+(?!.*`)|~~~)")
_ITEM: Final = re.compile(r"( *)([-*+]|\d{1,9}[.)])( {1,4})(?=\S)")
_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_DEFINES: Final = re.compile(r"[\s>*+\-\d.)]*\[[^\]]*$|.*\]:|\s*:\s")
"""Where a reference or a word may be defined, which may go on over lines that look like a fence."""
_ADDRESS: Final = re.compile(r"[:.@~]\S*$")
_ANY_ADDRESS: Final = re.compile(r"://|www\.|[@~]")
_IMAGE: Final = re.compile(r"!+(?=\[)")
_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")
_OPENS: Final = re.compile(r"\$|\\begin\{|\\[(\[]")
_CLOSES: Final = re.compile(r"\$|\\end\{|\\[)\]]")
_OPENS_IN_CODE: Final = re.compile(r"\\begin\{|\\[(\[]")
_CLOSES_IN_CODE: Final = re.compile(r"\$\$|\\end\{|\\[)\]]")
"""A lone ``$`` begins and ends no mathematics in a span, nor in a fence at the margin: JupyterLab looks for those as well."""
_DIAGRAM: Final = re.compile(r"((?:```|~~~)[`~]*[ \t]*)mermaid", re.I)
_FETCHED: Final = re.compile(r"[<&\\]|//|@\{|%%\{|#\w+;|url|img|image|src|http", re.I)
"""With these a diagram may name an image, or be styled with one."""


def harmless(text: str) -> str:
    """``text`` so that no renderer fetches anything or takes HTML from it."""
    return "\n".join(_Reader(_BREAK.sub("\n", text).replace("\0", "").split("\n")).read())


@dataclass(slots=True)
class _Reader:
    """Goes down the lines and knows what is surely code."""

    lines: list[str]
    sure: bool = True
    """Whether all renderers agree up to here on where the fences are."""
    paragraph_sure: bool = True
    """Whether they agree on the code spans of this paragraph."""
    after_blank: bool = True
    items: list[int] = field(default_factory=list)
    """Where the text of the list items begins that are open here, the outermost first."""
    begun: bool = False
    """Whether mathematics may have begun outside of code. Where it ends in code, it takes the fence along."""
    begun_in_code: bool = False
    """Whether mathematics may have begun in code. Where it ends outside, it takes the fence along."""

    def read(self) -> Iterator[str]:
        """The lines as they may be shown."""
        at = 0
        while at < len(self.lines):
            end = self._fence_end(at) if self.sure else None
            if end is None:
                yield self._line(self.lines[at])
                at += 1
            else:
                yield from self._fenced(at, end)
                at = end + 1
                self.after_blank = True
                self.paragraph_sure = self.paragraph_sure or not self.begun

    def _fence_end(self, at: int) -> int | None:
        """The last line of the fenced block that begins here; None where none surely does, which may end the sureness."""
        line = self.lines[at]
        opened = _FENCE.fullmatch(line)
        if opened is None:
            # Behind a list's mark or a tab, or tildes that are perhaps struck out.
            self.sure = _LOOKS_FENCED.match(line) is None
            return None
        indent, mark = len(opened[1]), opened[2]
        self._leave_items(indent)
        closing = re.compile(rf" {{{indent}}}{mark}{mark[0]}* *")
        may_close = re.compile(rf"[ \t>]*{mark}[`~]*[ \t]*")
        self.sure = indent - self._margin() <= 3
        for number in range(at + 1, len(self.lines) if self.sure else 0):
            inside = self.lines[number]
            if closing.fullmatch(inside):
                self.lines[number] = opened[1] + mark  # in the one way that everybody reads alike
                return number
            if may_close.fullmatch(inside) or (inside.strip() and not inside.startswith(opened[1])):
                self.sure = False
                break
        if not self.sure:
            return None
        # It is still to be closed: the answer is on its way, or broke off here. What is shown behind it is not in it.
        if not self.lines[-1].strip():
            self.lines.pop()
        self.lines.append(opened[1] + mark)
        return len(self.lines) - 1

    def _fenced(self, at: int, end: int) -> Iterator[str]:
        block = self.lines[at : end + 1]
        inside = "\n".join(block[1:])
        looked_for = not block[0].startswith(" ")
        if self.begun and (_CLOSES_IN_CODE if looked_for else _CLOSES).search(inside):
            self.sure = False
            yield from map(_spaced, block)
            return
        self.begun_in_code = self.begun_in_code or bool((_OPENS_IN_CODE if looked_for else _OPENS).search(inside))
        yield _DIAGRAM.sub(r"\1text", block[0]) if _FETCHED.search(inside) else block[0]
        yield from block[1:]

    def _line(self, line: str) -> str:
        """A line that is no fenced code."""
        if not line.strip():
            self.paragraph_sure = self.after_blank = True
            return ""  # a tab alone is no blank line to everybody
        self._follow_items(line)
        self.after_blank = False
        parts = self._parts(line)
        outside, spans = "".join(parts[::2]), "".join(parts[1::2])
        self.begun = self.begun or bool(_OPENS.search(outside))
        if self.begun and _CLOSES.search(spans):
            self.paragraph_sure = False
            return _spaced(line)
        if (self.begun_in_code and _CLOSES.search(outside)) or _DEFINES.match(line):
            self.sure = False
        self.begun_in_code = self.begun_in_code or bool(_OPENS_IN_CODE.search(spans))
        if not self.sure:
            return _spaced(line)
        if self.begun and _ANY_ADDRESS.search(outside):
            self.paragraph_sure = False
        change = _spaced if self.begun else _plain
        return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))

    def _margin(self) -> int:
        return self.items[-1] if self.items else 0

    def _leave_items(self, indent: int) -> None:
        while self._margin() > indent:
            self.items.pop()

    def _follow_items(self, line: str) -> None:
        """Keep `items`. A number other than 1 begins no list in the middle of a paragraph."""
        indent, open_before = len(line) - len(line.lstrip(" ")), len(self.items)
        self._leave_items(indent)
        item = _ITEM.match(line)
        if item is None or indent - self._margin() > 3:
            return
        if self.after_blank or open_before > len(self.items) or item[2] in ("-", "*", "+", "1.", "1)"):
            self.items.append(item.end())
            self.paragraph_sure = self.paragraph_sure or not self.begun  # mathematics goes on up to a blank line

    def _parts(self, line: str) -> list[str]:
        """The line, cut so that every second part is surely a code span."""
        if "`" not in line or not self.sure or not self.paragraph_sure:
            return [line]
        parts, end = [], 0
        address = _ANY_ADDRESS if self.begun or _OPENS.search(line) else _ADDRESS
        for found in _SPAN.finditer(line):
            # An address takes the backtick behind it along, a table cuts its cells first, and emphasis may go before.
            if address.search(line, end, found.start()) or re.search(
                r"[|`]" if len(found[1]) == 1 else r"[|`*_~[]", found[2]
            ):
                break
            parts += [line[end : found.start()], found[0]]
            end = found.end()
        parts.append(line[end:])
        outside = "".join(parts[::2])
        self.paragraph_sure = not (re.search(r"`|\\|\]\(", outside) or line.lstrip().startswith(">"))
        return parts if self.paragraph_sure else [line]


def _plain(text: str) -> str:
    """Text in which an image is a link and HTML is text."""
    return _TAG.sub("&lt;", _IMAGE.sub("", text))


def _spaced(text: str) -> str:
    """The same where it may be code or mathematics, in which an entity would be read letter by letter."""
    return _DIAGRAM.sub(r"\1text", _TAG.sub("< ", _IMAGE.sub(r"\g<0> ", text)))
