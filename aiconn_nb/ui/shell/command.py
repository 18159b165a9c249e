"""What a command is, and how argparse reads its words, without ever repeating a word that may be a key."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from aiconn_nb.errors import BadWords, CommandError, NoOption, OpenQuote
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.session.results import Result

from .console import Console

Words = argparse.Namespace
Run = Callable[[Session, Words, Console], Result]


@dataclass(frozen=True)
class Argument:
    """One argument. ``kind`` says what completes it: alias, provider, environment, setting, field, reference, ..."""

    name: str
    help: str
    kind: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    """Further arguments for argparse."""
    needed: bool = False
    """A required option that argparse treats as optional: if it is missing, the command lists the choices."""

    @property
    def is_option(self) -> bool:
        return self.name.startswith("-")

    @property
    def label(self) -> str:
        """Its name in help: ``--name``, or the word in the usage line."""
        return self.name if self.is_option else str(self.options.get("metavar") or self.name).lower()

    @property
    def takes_value(self) -> bool:
        return self.options.get("action", "store") in ("store", "append", "extend")

    @property
    def is_repeated(self) -> bool:
        """Whether several words may follow."""
        return self.options.get("nargs") in ("*", "+")


@dataclass(frozen=True)
class Group:
    """A word that several commands begin with: ``profile`` of ``profile new``, ``profile edit`` and so on."""

    name: str
    summary: str
    alone: str = ""
    """The command that the word alone means; '' if it means none."""


@dataclass(frozen=True)
class Command:
    """One line of the table."""

    name: str
    """One word, or a group's and its own: ``profile new``."""
    summary: str
    run: Run
    args: tuple[Argument, ...] = ()
    examples: tuple[str, ...] = ()
    details: str = ""
    """Further text for help."""
    surplus: str = ""
    """The message for surplus words, if there is a special reason for it."""
    takes_rest: bool = False
    """Whether the words after ``--`` are taken as they are, in ``rest``."""
    rest_is: str = "COMMAND ..."
    """What that is, in the usage line."""
    takes_cell: bool = False
    """Whether its text may be a cell, in ``cell``. On a line the text is prose, in which an apostrophe is no quotation mark."""

    def parser(self, prog: str) -> argparse.ArgumentParser:
        """The argparse parser, with ``prog`` before the command's name in the usage line."""
        # argparse would write the options first, and format its usage line with %, which may stand in a help text.
        parser = _Parser(
            prog=f"{prog} {self.name}", usage=self.usage(prog).replace("%", "%%"), add_help=False, allow_abbrev=False
        )
        for arg in self.args:
            parser.add_argument(arg.name, help=arg.help, **arg.options)
        return parser

    def usage(self, prog: str) -> str:
        """How it is written, in one line."""
        return " ".join(
            [prog, self.name, *map(_usage, self.args), *([self._usage_of_rest()] if self.takes_rest else [])]
        )

    def _usage_of_rest(self) -> str:
        rest = f"-- {self.rest_is}"
        return f"[{rest}]" if self.takes_cell else rest

    def parse(self, words: Sequence[str], prog: str, cell: str | None = None) -> Words:
        """The words as values. Raises `CommandError`."""
        words, rest = list(words), []
        if self.takes_rest and "--" in words:
            at = words.index("--")
            words, rest = words[:at], words[at + 1 :]
        parser = self.parser(prog)
        try:
            parsed, unknown = parser.parse_known_intermixed_args(words)
        except TypeError:  # pragma: no cover - argparse's own limits on intermixed words
            parsed, unknown = parser.parse_known_args(words)
        if unknown:
            raise self._not_understood(unknown[0])
        quoted = [name for name, value in vars(parsed).items() if isinstance(value, Quoted)]
        for name in quoted:
            setattr(parsed, name, str(getattr(parsed, name)))
        parsed.quoted = quoted
        parsed.rest = rest
        parsed.cell = cell
        return parsed

    def _not_understood(self, word: str) -> CommandError:
        known = [arg.name for arg in self.args if arg.is_option]
        # Only the plain name of an option is repeated; any other word may be a misplaced key.
        name = word.split("=")[0]
        is_option = re.fullmatch(r"--?[a-z][a-z_-]{0,20}", name) is not None
        return NoOption(
            command=self.name,
            option=name if is_option else "",
            nearest=nearest(name, known),
            advice="" if is_option else self.surplus,
            before_text=self.takes_rest and self.takes_cell,
            example=self.examples[0] if self.takes_rest else "",
        )


def _usage(arg: Argument) -> str:
    """An argument in a usage line: ``ALIAS ...``, ``[--name NAME]``, ``[--all]``."""
    many, required = arg.options.get("nargs"), arg.needed or arg.options.get("required", False)
    word = arg.options.get("metavar") or arg.name.lstrip("-").upper()
    word = f"{word} ..." if many in ("+", "*") and " " not in word else word
    if arg.is_option:
        word = f"{arg.name} {word}" if arg.takes_value else arg.name
        return word if required else f"[{word}]"
    return f"[{word}]" if many in ("?", "*") else word


class _Parser(argparse.ArgumentParser):
    def _parse_optional(self, arg_string: str) -> Any:
        # None says that it is no option.
        return None if isinstance(arg_string, Quoted) else super()._parse_optional(arg_string)

    def _get_formatter(self) -> argparse.HelpFormatter:
        # With a width, argparse does not query the terminal for a text that is never shown.
        return argparse.HelpFormatter(self.prog, width=80)

    def error(self, message: str) -> NoReturn:
        # argparse quotes the user's input ('invalid choice: sk-...'); only these of its messages do not.
        if not message.startswith("the following arguments are required") and "expected" not in message:
            message = "the words could not be read"
        # The first word is how we were called, %aiconn or aiconn; the others are the command's name.
        usage = (self.usage or "").replace("%%", "%")
        raise BadWords(command=self.prog.partition(" ")[2], problem=message, usage=usage)


def split(line: str) -> list[str]:
    """A line's words. Quotes hold words together; a backslash is a character like any other, as Windows paths need.

    Raises `CommandError` for a quote that is not closed.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        pass
    raise OpenQuote


class Quoted(str):
    """One or several words in quotes; in prose the quotes may be a part of the text."""

    written: str
    """With its quotes."""


_PROSE = re.compile(r"""(--[a-z-]+=)?("[^"]*"|'[^']*')(?=\s|$)|(\S+)""")


def split_prose(line: str) -> list[str]:
    """The words of a line that has prose in it: quotes hold words together only where they enclose a whole word or several,
    or the value of an option (``--system="Be brief."``)."""
    return [_word(found) for found in _PROSE.finditer(line)]


def _word(found: re.Match[str]) -> str:
    option, quoted, word = found.groups()
    if word is not None or option:
        return word or option + quoted[1:-1]
    made = Quoted(quoted[1:-1])
    made.written = quoted
    return made


def as_written(words: Sequence[str]) -> str:
    """Words of prose as one text. Quotes around the whole go; others are a part of it."""
    if len(words) == 1:
        return str(words[0])
    return " ".join(word.written if isinstance(word, Quoted) else word for word in words)
