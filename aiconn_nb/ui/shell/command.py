"""Commands, and the words of a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.model.key_name import has_key
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.pattern import late
from aiconn_nb.session.results import Result

from .console import Console

_SETTINGS = "Settings follow --set: --set KEY=VALUE"


class Words(SimpleNamespace):
    """The values of a command's arguments on a line, by name."""


Run = Callable[[Session, Words, Console], Result]


class Argument(NamedTuple):
    """One argument. ``kind`` says what completes it: alias, provider, environment, setting, field, reference, ..."""

    name: str
    help: str
    kind: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    """Further arguments for argparse."""
    needed: bool = False
    """A required option that argparse treats as optional: if it is missing, the command lists the choices."""

    @property
    def is_option(self) -> bool:
        return self.name.startswith("-")

    @property
    def value_name(self) -> str:
        """The name of its value in `Words`."""
        return str(self.options.get("dest") or self.name.lstrip("-").replace("-", "_"))

    @property
    def is_required(self) -> bool:
        """Whether a line without it is wrong."""
        return bool(self.options.get("required", not self.is_option and self.options.get("nargs") not in ("?", "*")))

    @property
    def omitted(self) -> Any:
        """Its value on a line without it, as for argparse."""
        by_action = {"store_true": False, "store_false": True}.get(self.options.get("action", "store"))
        nothing: Any = [] if not self.is_option and self.options.get("nargs") == "*" else by_action
        return self.options.get("default", nothing)

    @property
    def label(self) -> str:
        """Its name in help: ``--name``, or the word in the usage line."""
        return self.name if self.is_option else str(self.options.get("metavar") or self.name).lower()

    @property
    def takes_value(self) -> bool:
        return self.options.get("action", "store") in ("store", "append", "extend")


class Group(NamedTuple):
    """A word that several commands begin with: ``profile`` of ``profile new``, ``profile edit`` and so on. Alone, it lists."""

    name: str
    summary: str


class Command(NamedTuple):
    """One line of the table."""

    name: str
    """One word, or a group's and the command's: ``profile new``."""
    summary: str
    run: Run
    args: tuple[Argument, ...] = ()
    examples: tuple[str, ...] = ()
    details: str = ""
    """Further text for help."""
    surplus: str = ""
    """The message for surplus words, if there is a special reason for it."""
    takes_rest: bool = False
    """Whether the words after ``--`` are passed unchanged, in ``rest``."""
    rest_is: str = "COMMAND ..."
    """The placeholder for these words in the usage line."""
    takes_cell: bool = False
    """Whether the cell body may supply its text, in ``cell``. A line's text is then prose, where an apostrophe is not a quote."""

    def usage(self, prog: str) -> str:
        """Return the usage line."""
        rest = f"[-- {self.rest_is}]" if self.takes_cell else f"-- {self.rest_is}"
        return " ".join([prog, self.name, *map(_usage, self.args), *([rest] if self.takes_rest else [])])

    def parse(self, words: Sequence[str], prog: str, cell: str | None = None) -> Words:
        """Parse the words. Raises `CommandError`."""
        words, rest = list(words), []
        if self.takes_rest and "--" in words:
            at = words.index("--")
            words, rest = words[:at], words[at + 1 :]
        parsed = self._parsed(words, prog) if words or any(arg.is_required for arg in self.args) else self._omitted()
        parsed.quoted = []
        for name, value in list(vars(parsed).items()):
            if isinstance(value, Quoted):
                parsed.quoted.append(name)
                setattr(parsed, name, str(value))
        parsed.rest = rest
        parsed.cell = cell
        return parsed

    def _omitted(self) -> Words:
        """Return the values for a line without words. It skips argparse, which takes longer than reading the store."""
        return Words(**{arg.value_name: arg.omitted for arg in self.args})

    def _parsed(self, words: Sequence[str], prog: str) -> Words:
        from .line_parser import parser_of

        parser = parser_of(self, prog)
        try:
            parsed, unknown = parser.parse_known_intermixed_args(words, Words())
        except TypeError:  # pragma: no cover - argparse's own limits on intermixed words
            parsed, unknown = parser.parse_known_args(words, Words())
        except errors.BadWords:
            # An argument is missing, perhaps because its option is misspelled.
            unknown = [word for word in words if self._is_misspelled(word)]
            if not unknown:
                raise
        if unknown:
            raise self._not_understood(unknown[0])
        return parsed

    def _is_misspelled(self, word: str) -> bool:
        """Whether a word looks like an option of the command, and is none."""
        known = [arg.name for arg in self.args if arg.is_option]
        name = word.partition("=")[0]
        return name.startswith("--") and name not in known and nearest(name, known) is not None

    def _not_understood(self, word: str) -> errors.CommandError:
        known = [arg.name for arg in self.args if arg.is_option]
        # Only the plain name of an option is repeated; any other word may be a misplaced key.
        name = word.split("=")[0]
        is_option = re.fullmatch(r"--?[a-z][a-z_-]{0,20}", name) is not None
        close = nearest(name, known)
        settings = _SETTINGS if "--set" in known and not close else ""
        return errors.NoOption(
            command=self.name,
            option=name if is_option else "",
            nearest=close,
            advice=("" if is_option else self.surplus) or settings,
            before_text=self.takes_rest and self.takes_cell,
            example=self.examples[0] if self.takes_rest else "",
        )


def _usage(arg: Argument) -> str:
    """Return an argument in a usage line: ``ALIAS ...``, ``[--name NAME]``, ``[--all]``."""
    many, required = arg.options.get("nargs"), arg.needed or arg.options.get("required", False)
    word = arg.options.get("metavar") or arg.name.lstrip("-").upper()
    word = f"{word} ..." if many in ("+", "*") and " " not in word else word
    if arg.is_option:
        word = f"{arg.name} {word}" if arg.takes_value else arg.name
        return word if required else f"[{word}]"
    return f"[{word}]" if many in ("?", "*") else word


_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Blanks that copied text and East Asian keyboards put between words."""


_COMMENT = late(r"""((?:"[^"]*"|'[^']*'|[^"'])*?)(?:^|(?<=\s))#(?:\s.*)?""")
"""A line with a comment behind it, as in Python. A ``#`` within a word or quotes is a part of it."""


def without_comment(line: str) -> str:
    """Return a line without the comment at its end. A comment with a key stays: the command then refuses the line."""
    found = _COMMENT.fullmatch(line) if "#" in line else None
    return line if found is None or has_key(line[found.end(1) :]) else found[1].rstrip()


def split(line: str) -> list[str]:
    """Split a line into words, without the comment at its end. Quotes group words; a backslash is an ordinary character, as Windows
    paths need.

    Raises `CommandError` for an unclosed quote.
    """
    import shlex  # the shell has split a terminal's words

    lexer = shlex.shlex(without_comment(line), posix=True, punctuation_chars=False)
    lexer.whitespace += _BLANKS
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        pass
    raise errors.OpenQuote


class Quoted(str):
    """One or several quoted words. In prose the quotes may be part of the text."""

    written: str
    """The text with its quotes."""


_PROSE = late(r"""(--[a-z-]+=)?("[^"]*"|'[^']*')(?=\s|$)|(\S+)""")


def split_prose(line: str) -> list[str]:
    """Split a line that contains prose. Quotes group words only if they enclose whole words, or the value of an option
    (``--system="Be brief."``)."""
    return [_word(found) for found in _PROSE.finditer(line)]


def _word(found: re.Match[str]) -> str:
    option, quoted, word = found.groups()
    if word is not None or option:
        return word or option + quoted[1:-1]
    made = Quoted(quoted[1:-1])
    made.written = quoted
    return made


def as_written(words: Sequence[str]) -> str:
    """Join words of prose to one text. Quotes around the whole text are removed; others are a part of it."""
    if len(words) == 1:
        return str(words[0])
    return " ".join(word.written if isinstance(word, Quoted) else word for word in words)
