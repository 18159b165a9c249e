"""Commands, and how argparse parses their words without repeating a word that may be a key."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from aiconn_nb.errors import BadWords, CommandError, NoOption, OpenQuote
from aiconn_nb.features.app import Session
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.pattern import late
from aiconn_nb.session.results import Result

from .console import Console

Words = argparse.Namespace
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


class Group(NamedTuple):
    """A word that several commands begin with: ``profile`` of ``profile new``, ``profile edit`` and so on."""

    name: str
    summary: str
    alone: str = ""
    """The command that the word alone means; '' if it means none."""


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

    def parser(self, prog: str) -> argparse.ArgumentParser:
        """The argparse parser, with ``prog`` before the command's name in the usage line."""
        parser = (_ProseParser if self.takes_cell else _Parser)(self, prog)
        one_of: dict[str, Any] = {}
        for arg in self.args:
            # Two switches of one parameter, such as --active and --inactive, exclude each other.
            if (name := arg.options.get("dest", "")) and arg.options.get("action", "").startswith("store_"):
                one_of.setdefault(name, parser.add_mutually_exclusive_group())
            one_of.get(name, parser).add_argument(arg.name, help=arg.help, **arg.options)
        return parser

    def usage(self, prog: str) -> str:
        """The usage line."""
        return " ".join(
            [prog, self.name, *map(_usage, self.args), *([self._usage_of_rest()] if self.takes_rest else [])]
        )

    def _usage_of_rest(self) -> str:
        rest = f"-- {self.rest_is}"
        return f"[{rest}]" if self.takes_cell else rest

    def parse(self, words: Sequence[str], prog: str, cell: str | None = None) -> Words:
        """Parse the words. Raises `CommandError`."""
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


_CONTRADICTION = late(r"argument (--[a-z-]+): not allowed with argument (--[a-z-]+)")


class _Parser(argparse.ArgumentParser):
    def __init__(self, command: Command, prog: str) -> None:
        super().__init__(prog=f"{prog} {command.name}", usage="", add_help=False, allow_abbrev=False)
        # Not argparse's: it would write the options first, and only an error needs the line.
        self._usage_line = partial(command.usage, prog)

    def _get_formatter(self) -> argparse.HelpFormatter:
        # With a width, argparse does not query the terminal for a text that is never shown.
        return argparse.HelpFormatter(self.prog, width=80)

    def error(self, message: str) -> NoReturn:
        # argparse quotes the user's input ('invalid choice: sk-...'); only these of its messages do not.
        if both := _CONTRADICTION.fullmatch(message):
            message = f"{both[2]} and {both[1]} contradict each other"
        elif not message.startswith("the following arguments are required") and "expected" not in message:
            message = "the words could not be read"
        # The first word is the program, %aiconn or aiconn; the others are the command's name.
        raise BadWords(command=self.prog.partition(" ")[2], problem=message, usage=self._usage_line())


class _ProseParser(_Parser):
    def _parse_optional(self, arg_string: str) -> Any:
        # argparse: None means that it is not an option.
        return None if isinstance(arg_string, Quoted) else super()._parse_optional(arg_string)


def split(line: str) -> list[str]:
    """Split a line into words. Quotes group words; a backslash is an ordinary character, as Windows paths need.

    Raises `CommandError` for an unclosed quote.
    """
    import shlex  # the shell has split a terminal's words

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
