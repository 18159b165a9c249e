"""The bar at the top of a manager shows what is in use and in which environment, and warns of production."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionManager, ProfileList, Session
from aiconn_nb.features.environments import is_production

PageOf = Callable[..., Any]


def test_it_shows_what_is_in_use_and_where(session: Session, work: Path) -> None:
    """An inactive connection is not offered unless it is the one in use."""
    for alias in ("one", "two", "three"):
        session.create(alias, "demo")
    session.use("two")
    session.disable("two", "three")
    shown = ConnectionManager(session)
    view = shown.bar_view
    assert (view["used"], view["choices"]) == ("two", ["two", "one"])
    assert (view["environment"]["name"], view["warning"]) == ("Development", "")


def test_a_choice_in_it_is_seen_in_the_list(session: Session, work: Path, page_of: PageOf) -> None:
    """A choice in the list is visible in the bar as well."""
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
    """A note gives the reason, and nothing else comes into use."""
    session.create("demo", "demo", active=False)
    shown = ConnectionManager(session)
    (note,) = page_of(shown.bar).ask("use", alias="demo")
    assert (note["kind"], note["tone"], shown.bar_view["used"]) == ("note", "bad", "")


def test_production_is_warned_of(session: Session, work: Path, page_of: PageOf) -> None:
    """The words appear as soon as production is chosen."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.PRODUCTION.json").write_text("{}")
    shown = ConnectionManager(session)
    page_of(shown.bar).ask("environment", name="PRODUCTION")
    assert shown.bar_view["warning"] == "This is a production environment."
    assert "PRODUCTION" in shown.list.view["usual"]["resolves"]["title"]


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
    """The word must be part of the name, in any case, without "pre" or "non" beside it."""
    assert is_production(name) is told


def test_without_a_settings_file_one_is_offered(session: Session, work: Path, page_of: PageOf) -> None:
    """The file is created in the working folder, and the offer then disappears."""
    shown = ConnectionManager(session)
    (notice,) = shown.list.view["notices"]
    assert (notice["answers"][0]["intent"], notice["dismiss"]) == ("make_settings", "dismiss_settings")
    page_of(shown.list).ask("make_settings")
    assert (work / "appsettings.json").read_text() == "{\n}\n"
    assert shown.list.view["notices"] == []


def test_the_offer_can_be_dismissed(session: Session, work: Path, page_of: PageOf) -> None:
    """The offer is gone for the lifetime of the list."""
    shown = ProfileList(session)
    page_of(shown).ask("dismiss_settings")
    assert shown.view["notices"] == []
    assert not (work / "appsettings.json").exists()
