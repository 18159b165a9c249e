"""In every state, theme and width, the tab of the profiles is whole, and axe-core finds no violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Place
from .gallery import Gallery
from .lab import Notebook
from .lists import violations
from .profiles import SHOW, ProfileForm, Profiles, furnish, tab

Show = Callable[..., Notebook]
Look = Callable[[str, int], None]


def revise(place: Place) -> None:
    """Give the tutor three versions: a long prompt that changes in its last words, another order, and another model."""
    begin = "You teach people who have never programmed.\nAsk back before you answer, and explain each new word.\n"
    place.session.edit_profile(
        "tutor",
        connections="demo,claude-writing",
        model="demo-chat",
        options={"system": f"{begin}Never write the whole program.", "temperature": 0.7},
    )
    place.session.edit_profile(
        "tutor",
        connections="claude-writing,demo",
        options={"system": f"{begin}Write programs only in small steps."},
        tags="class",
    )


def states(notebook: Notebook, place: Place) -> Iterator[tuple[str, Profiles | ProfileForm]]:
    """Go through the states of the tab, and yield the name and the widget of each."""
    page = Profiles.chosen(notebook)
    expect(page.root.get_by_text("There are no connections yet")).to_be_visible()
    yield "empty-first", page
    furnish(place.session)
    page.press("Refresh")
    page.shows("archive", "reviewer", "search", "summaries", "tutor", "writer")
    yield "list", page
    page.act("writer", "Delete")
    expect(page.row("writer").get_by_role("alertdialog")).to_be_visible()
    yield "delete", page
    page.press("Delete")
    expect(page.root.get_by_role("button", name="Undo")).to_be_visible()
    yield "undo", page
    page.press("Undo")
    page.star("tutor").click()
    expect(page.row("tutor")).to_contain_text("tutor is the default for chat.")
    yield "default", page
    page.filter.fill("nothing like it")
    expect(page.root.get_by_text("No profile matches.")).to_be_visible()
    yield "no-match", page
    page.press("Clear the filter")
    page.press("Create profile")
    form = ProfileForm(notebook)
    expect(form.part("name")).to_be_focused()
    yield "new", form
    form.part("name").fill("Editor of my theses")
    form.add("claude-writing")
    expect(form.part("no-models")).to_be_visible()
    yield "no-models", form
    form.add("demo", "spare")
    form.control("Move up", "demo").click()
    form.listed()
    form["model"].click()
    expect(form.root.get_by_role("option").first).to_be_visible()
    yield "suggestions", form
    form["model"].press("Escape")
    form["model"].fill("demo-chta")
    form["temperature"].fill("0.4")
    form["system"].fill("You edit theses.\nChange as little as you can, and say why.")
    form["tags"].fill("theses, english")
    expect(form.root.get_by_text("does not list this model")).to_be_visible()
    yield "filled", form
    form["temperature"].fill("2.5")
    form["max_tokens"].fill("many")
    form["model"].fill("")
    form.part("save").click()
    expect(form.field("temperature")).to_contain_text("must be")
    yield "errors", form
    form.part("cancel").click()
    expect(form.part("ask")).to_be_visible()
    yield "discard", form
    form.click("Keep editing")
    form.part("capability-embedding").check()
    expect(form["dimensions"]).to_be_visible()
    yield "embedding", form
    form.part("cancel").click()
    form.click("Discard")
    page = Profiles(notebook)
    revise(place)
    page.act("tutor", "Edit")
    form = ProfileForm(notebook)
    form.order("claude-writing", "demo")
    yield "edit", form
    form.part("tab-history").click()
    form.part("compare-2").click()
    expect(form.part("version-2").get_by_role("table")).to_be_visible()
    yield "history", form
    form.part("tab-fields").click()
    form.part("name").fill("Typed")
    form.part("tab-history").click()
    form.part("roll-back-1").click()
    expect(form.part("ask")).to_be_visible()
    yield "history-question", form
    form.click("Discard it and roll back")
    expect(form.part("version-4")).to_contain_text("now")
    yield "history-back", form
    form.part("tab-fields").click()
    form.part("delete").click()
    expect(form.part("ask")).to_contain_text("It is the default for chat")
    yield "form-delete", form
    form.click("Keep it")
    form.part("name").fill("My tutor")
    place.session.edit_profile("tutor", name="Their tutor", connections="demo", options={"temperature": 0.2})
    form.part("save").click()
    expect(form.part("ask")).to_be_visible()
    yield "changed", form
    form.click("Take theirs")
    expect(form.part("name")).to_have_value("Their tutor")
    form.part("cancel").click()
    place.session.delete_profile(*place.session.profile_aliases())
    page = Profiles(notebook)
    page.press("Refresh")
    expect(page.root.get_by_role("button", name="Create a profile")).to_be_visible()
    yield "empty", page
    (place.home / "connections.json").write_text("damaged")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    # The first reader sets the damaged file aside: the list, which then says so, or the bar above it.
    told = page.root.get_by_text("A damaged store lies in")
    expect(page.root.get_by_role("button", name="Try again").or_(told).first).to_be_visible()
    yield "error", page


def test_every_state_of_the_profiles(place: Place, show: Show, gallery: Gallery) -> None:
    """In every theme and width nothing is cut off sideways, axe-core finds no violation, and a picture is kept."""
    notebook = show(SHOW)
    expect(tab(notebook, "Connections")).to_be_visible()
    for state, shown in states(notebook, place):
        shown.root.scroll_into_view_if_needed()
        gallery.take(f"profiles-{state}", shown.root, whole=state == "suggestions")


def test_the_profiles_in_jupyterlab(place: Place, show: Show, look: Look, screenshots: Path) -> None:
    """As in the README, the tabs are above the list."""
    furnish(place.session)
    notebook = show()
    notebook.become(["%aiconn"])
    notebook.run()
    for name in ("light", "dark"):
        look(name, 1280)
        page = Profiles.chosen(notebook)
        notebook.page.set_viewport_size({"width": 1280, "height": 860})
        notebook.page.mouse.move(0, 0)
        notebook.page.wait_for_timeout(200)
        notebook.page.screenshot(path=screenshots / f"manager-profiles-{name}.png")
        assert violations(page.root) == []
        tab(notebook, "Connections").click()
    look("light", 480)
    Profiles.chosen(notebook)
    notebook.page.screenshot(path=screenshots / "manager-profiles-narrow.png")
