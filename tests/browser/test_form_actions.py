"""In a real JupyterLab, a form can rotate a key, try a prompt, insert a cell and replace a value, and it folds rare fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from aiconn_nb.model.secret import Secret

from .conftest import Place
from .forms import NEW, Form
from .gallery import Gallery
from .key_server import key_server
from .lab import Notebook
from .profiles import ProfileForm

Show = Callable[..., Notebook]
OLD, FRESH = "made-up-old-0123456789abcdef", "made-up-new-0123456789abcdef"
TEAM = "form = aiconn.ConnectionForm('team'); form"
OPENAI = "form = aiconn.ConnectionForm('openai-dev'); form"


@pytest.fixture
def gateway() -> Iterator[str]:
    """Yield the endpoint of a server that knows the old and the new key."""
    with key_server(OLD, FRESH) as endpoint:
        yield endpoint


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with a connection whose key is a reference, one that works offline, and a profile."""
    place.session.create("openai-dev", "openai", name="OpenAI dev", settings={"api_key": "$OpenAI:ApiKey"})
    place.session.create("demo", "demo", name="Demo", settings={"latency": 0.0})
    place.session.create_profile("tutor", connections="demo", model="demo-chat", name="Tutor")
    return place


def test_a_key_is_rotated_by_keyboard(place: Place, show: Show, gateway: str) -> None:
    """A refused key changes nothing, and the form says so. A proven key replaces the old one, and no notebook contains either."""
    place.session.create("team", "openai-compatible", settings={"endpoint": gateway, "api_key": Secret(OLD)})
    notebook = show(TEAM)
    form = Form(notebook)
    form.part("rotate-api_key-link").focus()
    form.page.keyboard.press("Enter")
    expect(form.part("rotate-api_key")).to_be_focused()
    form.page.keyboard.type("made-up-refused-0123456789")
    form.part("rotate-send").click()
    expect(form.part("rotate")).to_contain_text("refused")
    assert place.session.get("team").version == 1
    form.part("rotate-api_key").fill(FRESH)
    form.part("rotate-send").click()
    expect(form.part("message")).to_contain_text("team has a new key.")
    expect(form.part("rotate")).to_have_count(0)
    assert place.session.get("team").version == 2
    notebook.save()
    text = (notebook.server.root / notebook.name).read_text() + notebook.kernel("str(form.get_state())")
    assert OLD not in text
    assert FRESH not in text


def test_a_prompt_is_tried_and_its_answer_is_in_no_notebook(stored: Place, show: Show) -> None:
    """The answer is a text below the question that says who answered. Closing it returns the focus."""
    notebook = show("form = aiconn.ProfileForm('tutor'); form")
    form = ProfileForm(notebook)
    form.part("try-button").click()
    expect(form.part("try-prompt")).to_be_focused()
    form.page.keyboard.type("What is <b>bold</b>?")
    form.part("try-ask").click()
    expect(form.part("try-answer")).not_to_be_empty()
    expect(form.part("try")).to_contain_text("tutor")
    answer = form.part("try-answer").inner_text()
    notebook.save()
    assert answer not in (notebook.server.root / notebook.name).read_text()
    form.part("try").get_by_role("button", name="Close").click()
    expect(form.part("try")).to_have_count(0)
    expect(form.part("try-button")).to_be_focused()


def test_a_cell_is_inserted_or_its_line_can_be_copied(stored: Place, show: Show) -> None:
    """The cell is below the active one and is not run."""
    form = Form(show("form = aiconn.ConnectionForm('demo'); form"))
    form.part("insert").click()
    expect(form.part("message")).to_contain_text(re.compile("Inserted a cell|[Cc]opy the line"))
    inserted = form.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").filter(
        has_text="%aiconn use demo as client"
    )
    copied = form.part("message").filter(has_text="%aiconn use demo as client")
    expect(inserted.or_(copied).first).to_be_visible()


def test_the_value_of_a_reference_is_replaced(stored: Place, show: Show) -> None:
    """The value is kept as a user secret, and the connection stays unchanged."""
    form = Form(show(OPENAI))
    form.part("replace-api_key").click()
    form.part("keep-value-api_key").fill(FRESH)
    form.part("keep-api_key").click()
    expect(form.part("resolves-api_key")).to_contain_text("It hides appsettings.json:3.")
    expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
    assert stored.session.get("openai-dev").version == 1


def test_an_empty_key_field_says_that_a_dollar_starts_a_reference(place: Place, show: Show) -> None:
    """One click takes the usual reference."""
    form = Form(show(NEW))
    form.fill("openai", "OpenAI")
    expect(form.field("api_key")).to_contain_text("start with $ for a reference")
    form.field("api_key").get_by_role("button", name="Use $OpenAI:ApiKey").click()
    expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
    expect(form.part("resolves-api_key")).to_be_visible()


def test_what_few_need_is_folded_until_it_is_used(place: Place, show: Show) -> None:
    """Network and workload identity open by keyboard, several headers are saved, and a group with a value is open from the
    start."""
    notebook = show(NEW)
    form = Form(notebook)
    form.fill("openai", "OpenAI", api_key="$OpenAI:ApiKey")
    for name in ("Network", "Workload identity"):
        expect(form.part(f"group-{name}")).not_to_have_attribute("open", "")
    expect(form["headers"]).to_be_hidden()
    form.part("group-Network").locator("summary").focus()
    form.page.keyboard.press("Enter")
    form["headers"].fill("X-Team: research\nX-Trace: $Team:Endpoint")
    form.save()
    (made,) = place.session.connections()
    assert place.session.get(made.alias).settings["headers"] == "X-Team: research\nX-Trace: $Team:Endpoint"
    notebook = show(f"form = aiconn.ConnectionForm({made.alias!r}); form")
    form = Form(notebook)
    expect(form["headers"]).to_be_visible()
    expect(form["token_file"]).to_be_hidden()


def test_a_test_just_after_a_name_still_makes_its_alias(place: Place, show: Show) -> None:
    """A click on Test, a moment after the last key, does not lose the check of the input. The button that closes the result is at
    the end of its title's line."""
    form = Form(show(NEW))
    form.pick("demo")
    form.settle()
    form.page.evaluate(
        """() => {
          const find = (id) => document.querySelector(`[data-testid="${id}"]`);
          const name = find('name');
          name.value = 'Just typed';
          name.dispatchEvent(new Event('input', { bubbles: true }));
          find('test-button').click();
        }"""
    )
    expect(form.part("test")).to_contain_text("The test passed")
    expect(form.part("alias")).to_have_value("just-typed")
    panel, close = (
        form.part("test").bounding_box(),
        form.part("test").get_by_role("button", name="Close").bounding_box(),
    )
    assert panel is not None
    assert close is not None
    assert panel["x"] + panel["width"] - close["x"] - close["width"] < 16


def test_the_foot_and_the_panels_fit_everywhere(stored: Place, show: Show, gallery: Gallery) -> None:
    """The test looks in every theme and width at the buttons of a stored connection, a prompt, a rotation and the opened group."""
    form = Form(show(OPENAI))
    expect(form.part("resolves-api_key")).to_be_visible()
    gallery.take("foot", form.root)
    form.part("try-button").click()
    gallery.take("try", form.root)
    form.part("try").get_by_role("button", name="Close").click()
    stored.session.edit("openai-dev", settings={"api_key": Secret(OLD)})
    form.notebook.run()
    form = Form(form.notebook)
    form.part("rotate-api_key-link").click()
    expect(form.part("rotate-api_key")).to_be_focused()
    form.part("group-Network").locator("summary").click()
    gallery.take("rotate", form.root)
