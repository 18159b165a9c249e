"""The page of a notebook's needs takes a student's first cell from everything missing to ready, without another run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from aiconn_nb import Session

from .conftest import Place
from .gallery import Gallery
from .lab import Notebook

Show = Callable[..., Notebook]
CANARY = "canary-of-needs-0123456789"


@pytest.fixture
def lesson(place: Place, tmp_path: Path) -> Place:
    """Return a place whose project file declares a connection without a key, one with a key, a profile and a default."""
    teacher = Session(home=tmp_path / "home", config_home=tmp_path / "keys", config_root=place.folder, environ={})
    teacher.create("demo", "demo")
    teacher.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    teacher.create_profile("tutor", connections=["demo"], model="demo-chat", default=True)
    teacher.export(to=place.folder / "aiconn.json")
    return place


@pytest.mark.parametrize("cell", ["%aiconn require", "aiconn.require()"])
def test_from_everything_missing_to_ready_in_place(cell: str, lesson: Place, show: Show) -> None:
    """The student imports and pastes the key by keyboard, and only the user secrets contain the key."""
    notebook = show(cell)
    page = notebook.page
    needs = notebook.cell(1).get_by_test_id("needs")
    expect(needs.get_by_role("heading")).to_have_text("4 of 4 needs are not met")
    needs.get_by_test_id("import-claude").press("Enter")
    expect(needs.locator('[data-state="done"]')).to_have_count(4)
    value = needs.get_by_test_id("value-claude")
    value.fill(CANARY)
    assert CANARY not in page.content()
    expect(value).to_have_css("-webkit-text-security", "disc")
    value.press("Enter")
    expect(needs.get_by_role("heading")).to_have_text("Ready: all needs are met")
    expect(needs.locator('[data-state="done"]')).to_have_count(5)
    assert notebook.kernel("kernel_session().require().ok") is True
    notebook.save()
    assert CANARY not in (lesson.server.root / notebook.name).read_text()


def test_a_key_and_its_host_in_one_click(place: Place, tmp_path: Path, show: Show) -> None:
    """The student's third action answers the question itself."""
    teacher = Session(home=tmp_path / "home", config_home=tmp_path / "keys", config_root=place.folder, environ={})
    gateway = {"endpoint": "https://gateway.example/v1", "api_key": "$Course:ApiKey"}
    teacher.create("class", "openai-compatible", settings=gateway)
    teacher.export(to=place.folder / "aiconn.json")
    notebook = show("%aiconn require --yes")
    needs = notebook.cell(1).get_by_test_id("needs")
    expect(needs.get_by_test_id("need-class").first).to_contain_text("https://gateway.example")
    needs.get_by_test_id("value-class").fill(CANARY)
    needs.get_by_role("button", name="Save and trust this host").click()
    expect(needs.get_by_role("heading")).to_have_text("Ready: all needs are met")
    assert notebook.kernel("kernel_session().untrusted('class') is None") is True


def test_when_all_is_well_it_is_one_line(lesson: Place, show: Show) -> None:
    """There is no widget."""
    lesson.session.require(file=lesson.folder / "aiconn.json", yes=True)
    notebook = show("%aiconn require demo tutor")
    expect(notebook.cell(1).locator(".jp-OutputArea")).to_contain_text("all 3 needs are met")
    expect(notebook.cell(1).get_by_test_id("needs")).to_have_count(0)


def test_how_it_looks(lesson: Place, show: Show, gallery: Gallery) -> None:
    """The test looks at it in every theme and width, before and after the import."""
    notebook = show("%aiconn require")
    needs = notebook.cell(1).get_by_test_id("needs")
    expect(needs.get_by_role("heading")).to_have_text("4 of 4 needs are not met")
    gallery.take("needs-missing", needs)
    needs.get_by_test_id("import-claude").click()
    expect(needs.locator('[data-state="done"]')).to_have_count(4)
    gallery.take("needs-key", needs)
