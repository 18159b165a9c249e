"""In a real JupyterLab, the History tab of the form shows versions, compares them and rolls back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Place
from .forms import Form
from .gallery import Gallery
from .lab import Notebook

Show = Callable[..., Notebook]
SHOW = "form = aiconn.ConnectionForm('writer'); form"


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with a connection of four versions."""
    session = place.session
    session.create("writer", "openai", name="Writer", settings={"api_key": "made-up-first-0123456789"})
    session.edit("writer", settings={"api_key": "made-up-second-0123456789"})
    session.edit("writer", name="Writer <b>2</b>", settings={"organization": "$OpenAI:Organization", "project": "p-1"})
    session.edit("writer", active=False, settings={"project": "a-project-with-a-rather-long-name-of-its-own"})
    return place


def test_roll_back_by_keyboard_and_with_a_question(stored: Place, show: Show) -> None:
    """The changes are visible, a comparison says what differs, and typed text is not discarded unasked."""
    form = Form(show(SHOW))
    keyboard = form.page.keyboard
    form.part("name").fill("Typed and not saved")
    form.part("tab-fields").focus()
    keyboard.press("ArrowRight")
    expect(form.part("tab-history")).to_be_focused()
    expect(form.part("version-4")).to_contain_text("now")
    expect(form.part("version-3")).to_contain_text("Writer <b>2</b>")
    expect(form.part("version-2")).to_contain_text("API keychanged, sealed")
    expect(form.part("save")).to_be_hidden()
    form.part("compare-1").click()
    expect(form.part("version-1").get_by_role("table")).to_contain_text("$OpenAI:Organization")
    form.part("roll-back-1").focus()
    keyboard.press("Enter")
    expect(form.part("ask")).to_contain_text("unsaved changes will be discarded")
    expect(form.root.get_by_role("button", name="Keep editing")).to_be_focused()
    keyboard.press("Enter")
    expect(form.part("roll-back-1")).to_be_focused()
    assert stored.session.get("writer").version == 4
    keyboard.press("Escape")
    expect(form.part("name")).to_have_value("Typed and not saved")
    expect(form.part("tab-fields")).to_be_focused()

    form.part("tab-history").click()
    form.part("roll-back-1").click()
    form.click("Discard it and roll back")
    expect(form.part("message")).to_contain_text("writer is as it was in version 1. That is version 5.")
    expect(form.part("version-5")).to_contain_text("now")
    now = stored.session.get("writer")
    assert (now.version, now.name, now.active, sorted(now.settings)) == (5, "Writer", True, ["api_key"])
    assert (
        stored.session.account("writer")._settings["api_key"].reveal() == "made-up-first-0123456789"  # type: ignore[union-attr]
    )

    form.part("roll-back-4").click()  # nothing is typed, so there is no question
    expect(form.part("version-6")).to_be_visible()
    form.part("tab-fields").click()
    expect(form["project"]).to_have_value("a-project-with-a-rather-long-name-of-its-own")
    assert stored.session.get("writer").version == 6


def test_how_it_looks(stored: Place, show: Show, gallery: Gallery) -> None:
    """In every theme and width nothing is cut off sideways, axe-core finds no violation, and a picture is kept."""
    form = Form(show(SHOW))
    form.part("tab-history").click()
    form.part("compare-2").click()
    expect(form.part("version-2").get_by_role("table")).to_be_visible()
    gallery.take("form-history", form.root)
    form.part("tab-fields").click()
    form.part("name").fill("Typed")
    form.part("tab-history").click()
    form.part("roll-back-3").click()
    gallery.take("form-history-question", form.root)
