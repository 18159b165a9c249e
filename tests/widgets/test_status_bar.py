"""The bar at the top of a manager: what is in use, in which environment, and a warning in production."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionManager, ProfileList, Session
from aiconn_nb.features.environments import is_production

PageOf = Callable[..., Any]


def test_it_shows_what_is_in_use_and_where(session: Session, work: Path) -> None:
    """A connection that is switched off is not offered, unless it is the one in use."""
    for alias in ("one", "two", "three"):
        session.create(alias, "demo")
    session.use("two")
    session.disable("two", "three")
    shown = ConnectionManager(session)
    view = shown.bar_view
    assert (view["used"], view["choices"]) == ("two", ["two", "one"])
    assert (view["environment"]["name"], view["warning"]) == ("Development", "")


def test_a_choice_in_it_is_seen_in_the_list(session: Session, work: Path, page_of: PageOf) -> None:
    """And what is used in the list is seen in it."""
    session.create("demo", "demo")
    shown = ConnectionManager(session)
    page_of(shown.bar).ask("use", alias="demo")
    assert (session.using().alias, shown.list.view["rows"][0]["used"]) == ("demo", True)
    page_of(shown.list).ask("stop")
    assert shown.bar_view["used"] == ""
    page_of(shown.bar).ask("use", alias="demo")
    page_of(shown.bar).ask("use", alias="")
    assert session.using().alias == ""


def test_a_refused_choice_says_why(session: Session, page_of: PageOf) -> None:
    """In a note; nothing else is in use."""
    session.create("demo", "demo", active=False)
    shown = ConnectionManager(session)
    (note,) = page_of(shown.bar).ask("use", alias="demo")
    assert (note["kind"], note["tone"], shown.bar_view["used"]) == ("note", "bad", "")


def test_production_is_warned_of(session: Session, work: Path, page_of: PageOf) -> None:
    """In words, as soon as it is chosen."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.PRODUCTION.json").write_text("{}")
    shown = ConnectionManager(session)
    page_of(shown.bar).ask("environment", name="PRODUCTION")
    assert shown.bar_view["warning"] == "This is a production environment."
    assert shown.list.view["environment"]["name"] == "PRODUCTION"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Production", True),
        ("production", True),
        ("PROD", True),
        ("Live", True),
        ("Production-EU", True),
        ("EuProduction", True),
        ("prod2", True),
        ("Pre-Production", False),
        ("PreProduction", False),
        ("nonprod", False),
        ("non-prod", False),
        ("Development", False),
        ("Staging", False),
        ("Product", False),
        ("Delivery", False),
    ],
)
def test_which_names_are_production(name: str, told: bool) -> None:
    """As a word of the name, in any case, unless "pre" or "non" is beside it."""
    assert is_production(name) is told


def test_without_a_settings_file_one_is_offered(session: Session, work: Path, page_of: PageOf) -> None:
    """It is made in the working folder; nothing more is said of it then."""
    shown = ConnectionManager(session)
    assert "appsettings.json" in shown.list.view["no_settings"]
    assert shown.list.view["notes"] == []
    page_of(shown.list).ask("make_settings")
    assert (work / "appsettings.json").read_text() == "{\n}\n"
    assert shown.list.view["no_settings"] == ""


def test_the_offer_can_be_dismissed(session: Session, work: Path, page_of: PageOf) -> None:
    """For as long as the list is there."""
    shown = ProfileList(session)
    page_of(shown).ask("dismiss_settings")
    assert shown.view["no_settings"] == ""
    assert not (work / "appsettings.json").exists()
