"""Views of a notebook's requirements: one line if all are met, otherwise a row for each need with a remedy."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.features.requirements import Lack, Need, Requirements

from .notes import warned, with_remedy
from .renderer import view_of
from .view import Card, Cell, Table, View


@view_of.register
def _(requirements: Requirements) -> View:
    notes = (
        *warned(requirements.notes),
        *(Cell(f"Imported: {each}.", "good") for each in requirements.done),
        *(Cell(f"Allowed: {each}.", "good") for each in requirements.allowed),
    )
    where = f"{requirements.source or 'what was named'}, in {requirements.environment}"
    if requirements.ok:
        count = "1 need is met" if len(requirements) == 1 else f"all {len(requirements)} needs are met"
        unchecked = [each for each in requirements if each.lack is Lack.NOT_CHECKED]
        noted = [_said(each) for each in requirements if each.lack and each not in unchecked]
        if unchecked:
            noted.append(_not_checked(unchecked))
        head = "Nothing is missing" if unchecked else "Ready"
        return Card(f"{head}: {count} ({where}).", (), (*notes, *(Cell(each, "quiet") for each in noted)))
    return Table(
        ("", "alias", "state", "what to do"),
        tuple(map(_row, requirements)),
        title=f"Not ready: {len(requirements.unmet)} of {len(requirements)} needs are not met ({where})",
        notes=notes,
    )


def _not_checked(needs: Sequence[Need]) -> str:
    """Return one line for all connections that were not asked yet: on its first day, a class has many."""
    names = ", ".join(dict.fromkeys(each.alias for each in needs))
    remedies = ", ".join(f"'{each.remedy}'" for each in needs if each.remedy)
    return f"Not checked yet: {names}. No request was sent; to check, run {remedies}."


def _row(need: Need) -> tuple[Cell | str, ...]:
    state = Cell("ready", "good")
    if need.lack is not None:
        state = Cell(str(need.lack), "quiet" if need.is_met else "bad")
    return need.kind, Cell(need.alias, "code"), state, _what(need)


def _what(need: Need) -> str:
    or_else = f", or set the variable {need.variable}" if need.variable else ""
    return with_remedy(need.words, f"{need.remedy}{or_else}" if need.remedy else "")


def _said(need: Need) -> str:
    return f"{need.alias}: {_what(need).removesuffix('.')}."
