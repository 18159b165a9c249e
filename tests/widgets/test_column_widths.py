"""A list is wide enough for its columns if the names have room beside them."""

from __future__ import annotations

import pytest

from aiconn_nb.ui.widgets.column_widths import tracks, widest_cards

SOME = ("minmax(0, 1fr)", "minmax(84px, 14%)", "58px", "minmax(96px, 16%)", "minmax(118px, 15%)", "84px")
SHARED = ("minmax(0, 16fr)", "100px", "minmax(0, 58fr)", "84px")


@pytest.mark.parametrize(
    ("widths", "check_box", "cards"),
    [(SOME, True, 800), ((*SOME, "64px"), True, 920), (SHARED, False, 820)],
    ids=["connections", "one column more", "shared"],
)
def test_one_more_column_needs_more_room(widths: tuple[str, ...], check_box: bool, cards: int) -> None:
    """Rows are cards up to this width."""
    assert widest_cards(tracks(widths, buttons=5, check_box=check_box), widths[0]) == cards


def test_the_tracks_are_the_check_box_the_columns_and_the_buttons() -> None:
    """A list without actions for several rows has no check box."""
    assert tracks(("1fr", "80px"), buttons=3, check_box=True) == ["38px", "1fr", "80px", "99px"]
    assert tracks(("1fr",), buttons=3, check_box=False) == ["1fr", "99px"]
