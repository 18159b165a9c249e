"""How argparse parses the words of a line, without repeating a word that may be a key."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from aiconn_nb import errors

from .command import Command, Quoted

_NO_VALUE = re.compile(r"argument (--[a-z-]+): ignored explicit argument .*", re.DOTALL)
_CONTRADICTION = re.compile(r"argument (--[a-z-]+): not allowed with argument (--[a-z-]+)")


def parser_of(command: Command, prog: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with ``prog`` before the command's name in the usage line."""
    parser = (_ProseParser if command.takes_cell else _Parser)(
        prog=f"{prog} {command.name}",
        usage="",
        add_help=False,
        allow_abbrev=False,
        # With a width, argparse does not query the terminal for a text that is never shown.
        formatter_class=partial(argparse.HelpFormatter, width=80),
    )
    # argparse would write the options first. Only an error needs the line, so it is built then.
    parser.usage_line = partial(command.usage, prog)
    one_of: dict[str, Any] = {}
    for arg in command.args:
        # Two switches of one parameter, such as --active and --inactive, exclude each other.
        if (name := arg.options.get("dest", "")) and arg.options.get("action", "").startswith("store_"):
            one_of.setdefault(name, parser.add_mutually_exclusive_group())
        one_of.get(name, parser).add_argument(arg.name, help=arg.help, **arg.options)
    return parser


class _Parser(argparse.ArgumentParser):
    usage_line: Callable[[], str]

    def error(self, message: str) -> NoReturn:
        # argparse quotes the user's input ('invalid choice: sk-...'); only these of its messages do not.
        option = ""
        if found := _NO_VALUE.fullmatch(message):
            option = found[1]
            message = f"{option} takes no value"
        elif both := _CONTRADICTION.fullmatch(message):
            message = f"{both[2]} and {both[1]} contradict each other"
        elif not message.startswith("the following arguments are required") and "expected" not in message:
            message = "the words could not be read"
        # The first word is the program, %aiconn or aiconn; the others are the command's name.
        command, usage = self.prog.partition(" ")[2], self.usage_line()
        raise errors.BadWords(command=command, problem=message, usage=usage, option=option)


class _ProseParser(_Parser):
    def _parse_optional(self, arg_string: str) -> Any:
        # argparse: None means that it is not an option.
        return None if isinstance(arg_string, Quoted) else super()._parse_optional(arg_string)
