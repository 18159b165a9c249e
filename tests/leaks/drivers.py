"""What the tests do with a connection while they search for its keys: lines for every command and for every option of each.

The lines are derived from the commands, and so from the verbs: a new verb or option is searched without a line here. `STORIES` has
the lines of commands whose effect depends on earlier commands.
"""

from __future__ import annotations

from collections.abc import Iterator

from aiconn_nb.ui.shell.command import Argument, Command
from aiconn_nb.ui.shell.table import COMMANDS

STORIES: dict[str, tuple[str, ...]] = {
    # The lines run in this order. The keys of the connection ``a`` came in through a door.
    "help": ("help new",),
    "list": ("list", "list a --active"),
    "show": ("show a", "show aa"),
    "explain": ("explain a", "explain a --env Development", "explain a --env Nowhere"),
    "resolve": ("resolve $Leak:api_key", "resolve $Leak:api_kye", "resolve $"),
    "use": ("use", "use a --env", "use --none", "use a", "use a as client", "use aa"),
    "test": ("test a", "test", "test --all", "test a --model gpt-4o"),
    "models": ("models a", "models --capability chat"),
    "secret list": ("secret list",),
    "secret set": ("secret set Leak:Other",),
    "secret remove": ("secret remove Leak:Other", "secret remove Leak:Nothing"),
    "secret restore": ("secret restore Leak:Other", "secret restore Leak:Nothing"),
    "env": ("env", "env Development", "env Nowhere"),
    "providers": ("providers",),
    "edit": ("edit a --name Changed", "edit a --set nonsense=1", "edit a --provider demo"),
    "duplicate": ("duplicate a b", "duplicate a c", "duplicate a b"),
    "rename": ("rename c d", "rename d c", "rename c a"),
    "profile new": (
        "profile new p --connection a,b --model gpt-4o --system Short. --tag one",
        "profile new v --connection a --model e --capability embedding",
        "profile new p --connection nobody --model m",
    ),
    "profile list": ("profile list", "profile list p"),
    "profile show": ("profile show p", "profile show pp"),
    "profile edit": ("profile edit p --temperature 1", "profile edit p --temperature 9"),
    "profile duplicate": ("profile duplicate p q",),
    "profile rename": ("profile rename q r",),
    "profile default": ("profile default", "profile default p"),
    "profile history": ("profile history p",),
    "profile diff": ("profile diff p",),
    "profile rollback": ("profile rollback p 1",),
    "profile delete": ("profile delete r --yes",),
    "profile undelete": ("profile undelete r",),
    "ask": (
        "ask p hello",
        "ask a hello --model gpt-4o --format json",
        "ask p hello --continue --max-tokens 5 -o answer",
        "ask hello",
    ),
    "compare": ("compare p a --model gpt-4o -- hello",),
    "embed": ("embed v hello -o vectors", "embed a hello --model e"),
    "failover": ("failover p", "failover p --live"),
    "usage": ("usage", "usage --by day --since 7d --csv usage.csv", "usage --by nonsense"),
    "cap": ("cap c --dollars 500 --calls 100000", "cap p --per month --tokens 100000000", "cap c"),
    "caps": ("caps",),
    "uncap": ("uncap c --per month", "uncap p"),
    "reset": ("reset", "reset p"),
    "rotate": ("rotate a --model demo-chat", "rotate a --to $Leak:api_key", "rotate a --field nonsense"),
    "trust": ("trust a --yes", "trust aa"),
    "disable": ("disable c", "use c"),
    "enable": ("enable c", "enable nobody"),
    "new": ("new a --provider demo", "new e --provider nobody"),
    "history": ("history a", "history c"),
    "diff": ("diff a", "diff a 1 2"),
    "rollback": ("rollback a 1", "rollback a 77"),
    "delete": ("delete c --yes", "delete c --yes"),
    "undelete": ("undelete c", "undelete c"),
    "export": ("export -o bundle.json --yes", "export a", "export nobody"),
    "import": ("import bundle.json --dry-run", "import bundle.json --rename a=g --yes", "import nothing.json"),
    "scan": ("scan lesson.ipynb",),
    "run": ("run a -- true",),
}

OF_KIND = {
    "alias": "c",
    "cap period": "day",
    "capability": "chat",
    "capped": "c",
    "command": "new",
    "connections": "c",
    "deleted": "c",
    "deleted profile": "r",
    "environment": "Development",
    "field": "nonsense",
    "format": "text",
    "former secret": "Leak:Other",
    "key": "nonsense",
    "model": "gpt-4o",
    "option": "system",
    "profile": "q",
    "provider": "demo",
    "reference": "Leak:Other",
    "setting": "nonsense=1",
    "tag": "two",
    "target": "p",
    "usage group": "model",
    "use": "c",
    "version": "1",
}
"""A word for each kind of argument. ``c`` is a copy of ``a``, so that ``a`` keeps its keys; ``q`` is a copy of ``p``."""
NAMED = {
    "path": "bundle.json",
    "notebooks": "lesson.ipynb",
    "-o": "shown",
    "--temperature": "1",
    "--max-tokens": "5",
    "--dimensions": "5",
}
"""Words for the arguments without a kind. An argument that is not listed here either takes any word."""


def options(command: Command) -> Iterator[str]:
    """Yield a line for each option that no story of the command has. A command without a story also gets a line without options."""
    told = {word for line in STORIES.get(command.name, ()) for word in line.split()}
    base = [command.name, *(word for arg in command.args if _is_there_always(command, arg) for word in _words(arg))]
    rest = ["--", "true"] if command.takes_rest and not command.takes_cell else []
    if command.name not in STORIES:
        yield " ".join([*base, *rest])
    for arg in command.args:
        if arg.is_option and arg.name not in {*told, *base}:
            yield " ".join([*base, *_words(arg), *rest])


def _is_there_always(command: Command, arg: Argument) -> bool:
    if arg.is_option:
        return arg.needed or bool(arg.options.get("required"))
    return (
        command.takes_cell or arg.options.get("nargs") not in ("?", "*") or arg.kind in ("alias", "profile", "target")
    )


def _words(arg: Argument) -> list[str]:
    value = OF_KIND.get(arg.kind) or NAMED.get(arg.name, "new")
    if not arg.is_option:
        return [value]
    return [arg.name, value] if arg.takes_value else [arg.name]


STORY = tuple((name, line) for name, lines in STORIES.items() for line in lines)
OPTIONS = tuple((command.name, line) for command in COMMANDS.values() for line in options(command))
"""Pairs of a command's name and a line. They run after the stories."""

TOUCHING = ("show", "explain", "resolve", "use", "test", "models", "secret list", "rotate", "history", "diff")
"""The commands that run at every door."""
CALLING = (*TOUCHING, "ask", "compare", "embed", "map", "failover", "rename", "duplicate", "export", "run")
"""The commands that run a provider's own code, or that read or write a connection. They run at the door of one literal and at that
of one reference, and at all doors in CI."""
REPRESENTATIVES = ("openai", "demo")
"""The providers with which every command runs, with every option. With ``--report``, all providers take part."""
