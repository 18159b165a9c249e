"""The import command first asks whether to carry out the plan."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.errors import BadRename, ImportNotConfirmed
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Done, Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction


@interaction("import")
def take_in(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Show the plan, and ask."""
    plan = session.plan_import(words.path, rename=_renamed(words.rename or []))
    if words.dry_run or not plan.changes_something:
        return plan
    if not words.yes:
        if not console.can_ask:
            raise ImportNotConfirmed(path=plan.source)
        if not console.confirm(f"{plan}\n\nImport it?"):
            return Done("Nothing was imported.")
    return session.apply_import(plan)


def _renamed(pairs: Sequence[str]) -> dict[str, str]:
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(found.values()) or len(found) != len(pairs):
        raise BadRename
    return found
