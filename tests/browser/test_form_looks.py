"""In every state, theme and width, the form is whole, and axe-core finds no violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import expect

from aiconn_nb.model.profile import Capability, Profile

from .conftest import Place
from .forms import NEW, Form
from .gallery import Gallery
from .lab import Notebook
from .lists import violations

Show = Callable[..., Notebook]

KEY = "made-up-secret-0123456789"


def creating(form: Form) -> Iterator[str]:
    """Go through the states of a new connection, and yield the name of each."""
    yield "new"
    form.pick("openai")
    form.part("name").fill("OpenAI Development")
    expect(form.part("alias")).to_have_value("openai-development")
    yield "empty"
    form["api_key"].press_sequentially("$Ope")
    form["api_key"].press("ArrowDown")
    expect(form.root.get_by_role("option").first).to_be_visible()
    yield "suggestions"
    form["api_key"].press("Enter")
    expect(form.part("resolves-api_key")).to_be_visible()
    yield "resolves"
    form["api_key"].fill("$Claude:ApiKey")
    expect(form.part("note-api_key")).to_be_visible()
    yield "missing"
    form.click("Save a value for this key")
    yield "keep"
    form.click("Not now")
    form["api_key"].fill("sk-proj-" + "a" * 24)
    expect(form.part("note-api_key")).to_be_visible()
    yield "key"
    form["api_key"].fill("sk-ant-" + "a" * 24)
    yield "wrong-key"
    form.fill(name="", api_key="", organization="sk-" + "a" * 24, endpoint="eu.example")
    form.part("save").click()
    expect(form.field("endpoint")).to_contain_text("must be")
    yield "errors"
    form.fill(name="OpenAI Development", api_key=KEY, organization="", endpoint="http://127.0.0.1:9/v1")
    form.part("test-button").click()
    expect(form.part("test")).to_contain_text("The test failed")
    yield "test-failed"
    form.part("cancel").click()
    yield "discard"
    form.click("Keep editing")
    form["endpoint"].fill("")
    form.save()
    yield "created"


def editing(form: Form, place: Place) -> Iterator[str]:
    """Go through the states of a stored connection until it is deleted, and yield the name of each."""
    yield "edit"
    form.field("api_key").get_by_role("button", name="Clear").click()
    yield "clear"
    form.click("Undo")
    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill(KEY)
    yield "replace"
    form.fill(name="My name for it")
    form.settle()
    place.session.edit("writer", name="Their name for it", settings={"organization": None, "project": "proj_1"})
    form.part("save").click()
    expect(form.part("ask")).to_be_visible()
    yield "changed"
    form.click("Take theirs")
    expect(form.part("name")).to_have_value("Their name for it")
    form.part("delete").click()
    expect(form.part("ask")).to_contain_text("summaries")
    yield "delete"
    form.click("Delete anyway")
    expect(form.part("message")).to_contain_text("Deleted")
    yield "deleted"


def dependent(place: Place) -> None:
    """Create a connection on which a profile depends."""
    made = place.session.create(
        "writer", "openai", name="Writer", settings={"api_key": KEY, "organization": "$OpenAI:Organization"}
    ).connection
    with place.session._context.store.change() as change:
        change.put_profile(
            Profile(alias="summaries", name="S", capability=Capability.CHAT, connections=(made.id,), model="m")
        )


def test_every_state_of_the_form(place: Place, show: Show, gallery: Gallery) -> None:
    """In every theme and width nothing is cut off sideways, axe-core finds no violation, and a picture is kept."""
    dependent(place)
    place.write_settings(
        "", {"OpenAI": {"ApiKey": "made-up", "Organization": "org-1"}, "Azure": {"OpenAI": {"Key": "x"}}}
    )
    notebook = show(NEW, "edit = aiconn.ConnectionForm('writer'); edit")
    for number, journey in ((0, creating), (1, lambda form: editing(form, place))):
        form = Form(notebook, number)
        for state in journey(form):
            form.root.scroll_into_view_if_needed()
            gallery.take(f"form-{state}", form.root, whole=state == "suggestions")


def test_the_form_of_every_provider(
    place: Place, show: Show, look: Callable[[str, int], None], screenshots: Path
) -> None:
    """Each provider can be picked and drawn. Its groups and its longest texts are in the picture."""
    form = Form(show(NEW))
    look("light", 1280)
    for provider in place.session.provider_ids():
        form.pick(provider)
        form.root.evaluate("(it) => { for (const each of it.querySelectorAll('details')) each.open = true; }")
        for field in place.session.fields(provider):
            expect(form[field.key]).to_be_visible()
        form.root.screenshot(path=screenshots / f"form-provider-{provider}-light-1280.png")
        assert violations(form.root) == [], provider


def test_the_form_in_the_readme(place: Place, show: Show, look: Callable[[str, int], None], screenshots: Path) -> None:
    """The picture shows a reference and the place of its value, as in the README."""
    place.write_settings("", {"OpenAI": {"ApiKey": "made-up"}})
    form = Form(show(NEW))
    look("light", 900)
    form.root.get_by_placeholder("Search").fill("openai")
    form.fill("openai", "OpenAI Development", api_key="$OpenAI:ApiKey")
    expect(form.part("resolves-api_key")).to_contain_text("appsettings.json")
    form.page.mouse.move(0, 0)
    form.root.scroll_into_view_if_needed()
    top, last = form.root.bounding_box(), form.field("project").bounding_box()
    assert top is not None
    assert last is not None
    clip = {"x": top["x"], "y": top["y"], "width": top["width"], "height": last["y"] + last["height"] + 16 - top["y"]}
    form.page.screenshot(path=screenshots / "form.png", clip=clip)
    assert violations(form.root) == []
