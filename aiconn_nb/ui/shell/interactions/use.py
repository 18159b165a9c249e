"""The commands that use a connection also bind a client or run a program."""

from __future__ import annotations

import sys

from aiconn_nb.errors import BadUse, NoKernelForUse, NothingToRun, RunInNotebook
from aiconn_nb.features.app import Session
from aiconn_nb.features.use import Exited
from aiconn_nb.model.notices import heard_so_far
from aiconn_nb.session.results import Result

from ..command import Argument, Words
from ..console import Console, python_name
from ..derived import Call, interaction


@interaction(
    "use",
    Argument(
        "words", "the connection, and the name for its SDK client", "use", {"nargs": "*", "metavar": "ALIAS [as NAME]"}
    ),
    Argument("--none", "use none, and restore exported variables", options={"action": "store_true"}),
)
def use(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Bind the client to a name, if one is given."""
    if not console.has_kernel:
        raise NoKernelForUse(alias=(words.words or ["ALIAS"])[0])
    if words.none:
        if words.words or words.export:
            raise BadUse(none=True)
        return session.use_none()
    if not words.words:
        return session.using(compares=True)
    if words.export and (environment := _environment_in(session, words.words)) is not None:
        raise BadUse(exports=True, environment=environment)
    alias, name = _alias_and_name(words.words)
    if not name:
        return call(alias=alias)  # type: ignore[no-any-return]
    return session.use_as(
        alias, name, console.bind, lambda client: console.names().get(name) is client, export=words.export
    )


def _environment_in(session: Session, words: list[str]) -> str | None:
    """Return the environment that the user put after ``--env``, as if the option took a name; None if there is no such word.

    An unknown word becomes '', because it may be a misplaced key.
    """
    is_surplus = len(words) == 2 or (len(words) == 4 and "as" in words)
    if not is_surplus and not (len(words) == 1 and words[0].lower() not in session.aliases()):
        return None
    known = [row.name for row in session.environment()]
    return next((word for word in words if word in known), "" if is_surplus else None)


def _alias_and_name(words: list[str]) -> tuple[str, str]:
    """Split ``ALIAS`` or ``ALIAS as NAME`` into both; the name may be ''."""
    if len(words) == 1:
        return words[0], ""
    if len(words) != 3 or words[1] != "as":
        raise BadUse
    return words[0], python_name(words[2], "as")


@interaction("run", takes_rest=True)
def run(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Run the command after ``--``."""
    if not console.in_shell:
        raise RunInNotebook(alias=words.alias)
    if not words.rest:
        raise NothingToRun(alias=words.alias)

    def before() -> None:
        # This process ends here, and shows no notes afterwards.
        for each in heard_so_far():
            sys.stderr.write(f"{each}\n")

    return Exited(call(command=words.rest, replace=console.is_process, before=before))
