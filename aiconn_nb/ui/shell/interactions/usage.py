"""The usage command also writes a file, binds a name, and deletes records."""

from __future__ import annotations

import sys
from dataclasses import replace

from aiconn_nb.errors import NoNamesHere
from aiconn_nb.features.app import Session
from aiconn_nb.model.amounts import counted
from aiconn_nb.model.place import from_tilde
from aiconn_nb.model.secret import redact
from aiconn_nb.session.results import Done, Result

from ..command import Argument, Words
from ..console import Console, python_name
from ..derived import Call, interaction


@interaction(
    "usage",
    Argument("--csv", "write the rows to this file; - is stdout", options={"metavar": "FILE"}),
    Argument("--yes", "replace the file of --csv", options={"action": "store_true"}),
    Argument("-o", "bind the rows to this name", options={"dest": "output", "metavar": "NAME"}),
    Argument("--forget", "delete the usage of all kernels; caps stay", options={"action": "store_true"}),
)
def usage(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the usage, and write or bind it."""
    if words.forget:
        return session.forget_usage()
    if words.output and not console.has_kernel:
        raise NoNamesHere(redirected="--json > FILE, or --csv FILE")
    if words.output:
        python_name(words.output, "-o")
    found = call()
    if words.output:
        console.bind(words.output, found)
    if not words.csv:
        return found  # type: ignore[no-any-return]
    if words.csv == "-":
        if console.has_kernel:
            sys.stdout.write(found.csv())
            return found  # type: ignore[no-any-return]
        return replace(found, is_csv=True)  # type: ignore[no-any-return]
    from aiconn_nb.features.usage import write_csv

    write_csv(found, from_tilde(words.csv), overwrite=words.yes)
    return Done(f"Wrote {counted(len(found), 'row')} to {redact(words.csv)}.")
