"""The columns of the list of connections. The table, ``--json`` and the widget are derived from them: a new column is one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from .results import ConnectionRow

ColumnKind = Literal["name", "text", "code", "number", "switch", "age", "resolves", "test"]
"""How to draw and sort the values of a column. `ui.render` knows these kinds; for a page, `ui/widgets/setups.py` makes states of
some."""


class Column(NamedTuple):
    """One column: its heading, its values, and where it is shown."""

    key: str
    """Its name in ``--json`` and in the messages to the page."""
    title: str
    kind: ColumnKind
    value: Callable[[ConnectionRow], object] | None = None
    """A row's value: a text, a number, a boolean, a time, or texts. None: the value does not come from the row."""
    width: str = ""
    """Its width in the widget, as a track of a CSS grid. The widget omits a column without a width."""
    is_optional: bool = False
    """Whether a table shows it only if a row has a value."""
    names: str = ""
    """The part of the widget's view that has the display names for these ids."""


COLUMNS: Final = (
    Column(key="alias", title="Alias", kind="code", value=lambda row: row.alias),
    Column(key="name", title="Name", kind="name", value=lambda row: row.name, width="minmax(0, 1fr)"),
    Column(
        key="provider",
        title="Provider",
        kind="text",
        value=lambda row: row.provider,
        width="minmax(84px, 14%)",
        names="providers",
    ),
    Column(key="active", title="Active", kind="switch", value=lambda row: row.active, width="58px"),
    Column(
        key="resolves",
        title="Resolves here",
        kind="resolves",
        value=lambda row: row.resolves,
        width="minmax(96px, 16%)",
    ),
    Column(key="profiles", title="Profiles", kind="text", value=lambda row: row.profiles, is_optional=True),
    Column(key="checked", title="Checked", kind="text", value=lambda row: row.check),
    Column(key="test", title="Last test", kind="test", width="minmax(118px, 15%)"),
    Column(key="modified", title="Modified", kind="age", value=lambda row: row.modified, width="84px"),
)
