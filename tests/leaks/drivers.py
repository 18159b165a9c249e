"""What is done with a connection while its keys are searched for: lines for every command, messages for every intent.

A command or an intent that is not in here fails a test: nothing new goes without being searched.
"""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, ...]] = {
    # In the order in which they run. ``a`` is the connection whose keys came in through a door.
    "help": ("help new",),
    "list": ("list", "list a --active"),
    "show": ("show a", "show aa"),
    "explain": ("explain a", "explain a --env Development", "explain a --env Nowhere"),
    "resolve": ("resolve $Leak:api_key", "resolve $Leak:api_kye", "resolve $"),
    "use": ("use", "use a", "use a as client", "use aa"),
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
    "usage": ("usage",),
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

TOUCHING = ("show", "explain", "resolve", "use", "test", "models", "secret list", "rotate", "history", "diff")
"""The commands that are run at every door; the others are where one literal and one reference come in, or with ``--report``."""
