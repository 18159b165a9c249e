"""The widths of a list's columns, and the width of a list at which they no longer fit beside each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

ROOM = 102
"""The pixels that names need."""
STEP = 20
WIDEST = 4000
CHECK_BOX, BUTTON, MARGIN = 38, 29, 12
"""Pixels of a check box, of each button, and beside the buttons."""


def tracks(widths: Sequence[str], *, buttons: int, check_box: bool) -> list[str]:
    """Return the tracks of the grid: the check box, the columns, and the buttons."""
    return [*([f"{CHECK_BOX}px"] if check_box else []), *widths, f"{buttons * BUTTON + MARGIN}px"]


def widest_cards(tracks: Sequence[str], names: str) -> int:
    """Return the greatest width of a list, in pixels, at which its rows are cards: beside the other columns, names would have too
    little room. ``names`` is their track, one of ``tracks``."""
    measured = [_measured(each) for each in tracks]
    share = _measured(names)[2] / (sum(share for _, _, share in measured) or 1)

    def room(width: int) -> float:
        return (width - sum(max(least, part / 100 * width) for least, part, _ in measured)) * share

    return next((width for width in range(STEP, WIDEST, STEP) if room(width) >= ROOM), WIDEST)


def _measured(track: str) -> tuple[float, float, float]:
    """Return the least pixels of a track, the percents of the whole, and its share of the rest, as in ``minmax(84px, 14%)``."""
    found = (re.search(rf"([\d.]+){unit}", track) for unit in ("px", "%", "fr"))
    least, part, share = (float(each[1]) if each else 0.0 for each in found)
    return least, part, share
