"""In a real JupyterLab, the kernel and the store contain what a user did in the Profiles tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Place
from .lab import Notebook
from .lists import List
from .profiles import NEW, SHOW, ProfileForm, Profiles, tab

Show = Callable[..., Notebook]
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
EDIT = "form = aiconn.ProfileForm('writer'); form"


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with four connections and three profiles: one was not checked, one falls back, and one cannot answer."""
    session = place.session
    for alias, name in (("demo", "Offline demo"), ("spare", "Spare")):
        session.create(alias, "demo", name=name)
    session.create("claude", "anthropic", name="Claude", settings={"api_key": "$Anthropic:ApiKey"})
    session.create("off", "demo", name="Off", active=False)
    session.create_profile(
        "writer", connections="demo,spare", model="demo-chat", name="Writer <b>1</b>", default=True, temperature=0.5
    )
    session.create_profile("critic", connections="off,spare", model="demo-chat", name="Critic", tags="prose")
    session.create_profile("search", connections="off", model="demo-embed", name="Search", capability="embedding")
    return place


def voice(root: Locator) -> Locator:
    """Return the live region that is read out."""
    return root.locator("xpath=../div[contains(@class, 'aiconn-voice')]")


def test_the_row_one_comes_back_to_is_in_sight(place: Place, show: Show) -> None:
    """The user leaves the form of a row far down, and the row is visible, however tall the rows are."""
    for alias in ("a", "b", "c"):
        place.session.create(alias, "demo")
    for number in range(60):
        place.session.create_profile(f"p-{number:02}", connections="a,b,c", model="demo-chat")
    notebook = show(SHOW)
    page = Profiles.chosen(notebook)
    page.act("p-55", "Edit")
    form = ProfileForm(notebook)
    form.part("cancel").click()
    page = Profiles(notebook)
    expect(page.row("p-55").get_by_role("button", name="Edit ")).to_be_focused()
    expect(page.row("p-55")).to_be_in_viewport(ratio=1)


# ---- the tabs ---------------------------------------------------------------------------------------------------------


def test_the_tabs_are_walked_with_the_arrow_keys(stored: Place, show: Show) -> None:
    """Only one tab is in the tab order. The kernel keeps the choice, so a redrawn page shows the same tab."""
    notebook = show(SHOW)
    List(notebook)
    connections, profiles = tab(notebook, "Connections"), tab(notebook, "Profiles")
    expect(connections).to_have_attribute("aria-selected", "true")
    expect(profiles).to_have_attribute("tabindex", "-1")
    connections.focus()
    connections.press("ArrowRight")
    expect(profiles).to_be_focused()
    page = Profiles(notebook)
    page.shows("critic", "search", "writer")
    expect(profiles).to_have_attribute("aria-selected", "true")
    notebook.until("manager.tabs.chosen", lambda chosen: chosen == "profiles")
    profiles.press("ArrowRight")
    expect(connections).to_be_focused()
    List(notebook).shows("claude", "off", "demo", "spare")
    connections.press("End")
    Profiles(notebook).shows("critic", "search", "writer")


def test_without_a_connection_the_tab_leads_to_the_other(place: Place, show: Show) -> None:
    """A profile needs a connection. Once there is one, the empty list offers to create a profile."""
    notebook = show(SHOW)
    page = Profiles.chosen(notebook)
    expect(page.root).to_contain_text("A profile has a connection, a model and options")
    page.press("Create a connection first")
    List(notebook).press("Try the offline demo")
    expect(List(notebook).row("demo")).to_be_visible()
    page = Profiles.chosen(notebook)
    page.press("Create a profile")
    form = ProfileForm(notebook)
    form.order("demo")
    expect(form.part("name")).to_be_focused()


# ---- the list ---------------------------------------------------------------------------------------------------------


def test_every_column_says_what_holds_in_this_kernel(stored: Place, show: Show) -> None:
    """The columns show capability, connections in order with their states, model, default, health and tags. Markup is text."""
    page = Profiles.chosen(show(SHOW))
    page.shows("critic", "search", "writer")
    expect(page.cell("writer", "name").locator("bdi")).to_have_text("Writer <b>1</b>")
    assert page.root.locator("b").count() == 0
    assert page.links("writer") == ["demo", "spare"]
    assert page.links("critic") == ["off inactive", "spare"]
    expect(page.used("writer")).to_have_text("default")
    expect(page.used("critic")).to_have_count(0)
    expect(page.cell("search", "capability")).to_have_text("embedding")
    expect(page.cell("writer", "model")).to_have_text("demo-chat")
    expect(page.health("writer")).to_contain_text("not checked")
    expect(page.health("critic")).to_contain_text("falls back to spare")
    expect(page.health("critic")).to_contain_text("off is inactive; spare answers")
    expect(page.health("search")).to_contain_text("all inactive")
    expect(page.cell("critic", "tags")).to_contain_text("prose")


def test_filter_and_sort(stored: Place, show: Show) -> None:
    """The filters are a text in name, alias, model, tag and connection, the capability and the health. They survive a refresh."""
    page = Profiles.chosen(show(SHOW))
    for text, aliases in (
        ("prose", ["critic"]),
        ("demo-embed", ["search"]),
        ("spare", ["critic", "writer"]),
        ("wri", ["writer"]),
    ):
        page.filter.fill(text)
        page.shows(*aliases)
    page.filter.fill("")
    page.choose("Health", "Cannot answer")
    page.shows("search")
    page.choose("Capability", "chat")
    expect(page.root.get_by_text("No profile matches.")).to_be_visible()
    page.press("Clear the filter")
    for column, aliases in (
        ("Health", ["writer", "critic", "search"]),
        ("For", ["critic", "writer", "search"]),
        ("Connections", ["writer", "search", "critic"]),
    ):
        page.sort(column)
        page.shows(*aliases)
    stored.session.enable("off")
    page.press("Refresh")
    expect(page.health("search")).to_contain_text("not checked")
    page.shows("writer", "search", "critic")


def test_the_default_is_made_and_taken_away(stored: Place, show: Show) -> None:
    """The star does both, and there is one default per capability."""
    page = Profiles.chosen(show(SHOW))
    page.star("critic").click()
    expect(page.used("critic")).to_have_text("default")
    expect(page.used("writer")).to_have_count(0)
    expect(page.row("critic")).to_contain_text("critic is the default for chat.")
    assert stored.session.default_alias("chat") == "critic"
    page.star("critic").click()
    expect(page.used("critic")).to_have_count(0)
    assert stored.session.default_alias("chat") == ""


def test_a_deletion_is_asked_in_place_and_undone(stored: Place, show: Show) -> None:
    """The question says that the profile is the default, and Escape keeps it. After an undo, it is the default again."""
    page = Profiles.chosen(show(SHOW))
    page.act("writer", "Delete")
    asked = page.row("writer").get_by_role("alertdialog")
    expect(asked).to_contain_text("Delete Writer <b>1</b> (writer)?")
    expect(asked).to_contain_text("It is the default for chat")
    page.page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(page.row("writer").get_by_role("button", name="Delete ")).to_be_focused()
    page.page.keyboard.press("Delete")
    expect(asked.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.page.keyboard.press("Enter")
    undo = page.root.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert stored.session.profile_aliases() == ["critic", "search"]
    expect(voice(page.root)).to_contain_text("Undo is offered for 600 seconds.")
    page.page.keyboard.press("Enter")
    page.shows("critic", "search", "writer")
    expect(page.used("writer")).to_have_text("default")
    assert stored.session.default_alias("chat") == "writer"
    expect(page.row("writer").get_by_role("button", name="Edit ")).to_be_focused()


def test_a_copy_has_the_focus(stored: Place, show: Show) -> None:
    """The copy has a free alias."""
    page = Profiles.chosen(show(SHOW))
    page.act("critic", "Duplicate")
    expect(page.row("critic-copy")).to_be_visible()
    expect(page.row("critic-copy").get_by_role("button", name="Edit ")).to_be_focused()
    assert stored.session.profile("critic-copy").tags == ("prose",)


def test_rows_are_walked_with_the_keyboard(stored: Place, show: Show) -> None:
    """Up and down lead to the same control of the next row, left and right move in the row, and JupyterLab handles none of these
    keys."""
    page = Profiles.chosen(show(SHOW))
    cells = page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count()
    page.star("critic").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.page.keyboard.press(key)
    assert page.focused().startswith("Check Writer")
    for key in ("d", "d", "x", "a", "b"):
        page.page.keyboard.press(key)
    assert page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count() == cells


def test_what_another_kernel_did_is_seen_when_one_comes_back(stored: Place, show: Show) -> None:
    """No click is needed. A deletion of what another page saved meanwhile asks again."""
    page = Profiles.chosen(show(SHOW))
    stored.session.create_profile("new-one", connections="demo", model="demo-chat", name="New one")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.shows("critic", "new-one", "search", "writer")
    page.act("critic", "Delete")
    expect(page.row("critic").get_by_role("alertdialog")).to_be_visible()
    stored.session.edit_profile("critic", model="other")
    page.press("Delete")
    expect(page.row("critic").get_by_role("alertdialog")).to_contain_text("after it was shown here")
    assert "critic" in stored.session.profile_aliases()
    page.press("Delete")
    expect(page.root.get_by_role("button", name="Undo")).to_be_visible()
    assert "critic" not in stored.session.profile_aliases()


# ---- creating ---------------------------------------------------------------------------------------------------------


def test_create_from_the_list_and_back(stored: Place, show: Show) -> None:
    """The user fills in name, connections in order, a model from the live list and options. The list shows the profile with the
    focus."""
    notebook = show(SHOW)
    Profiles.chosen(notebook).press("Create profile")
    form = ProfileForm(notebook)
    form.part("name").press_sequentially("Short Answers")
    expect(form.part("alias")).to_have_value("short-answers")
    form.add("spare", "demo")
    form.order("spare", "demo")
    form.listed()
    form["model"].press("ArrowDown")
    form.root.get_by_role("option", name="demo-chat").first.click()
    form["temperature"].fill("0.3")
    form["max_tokens"].fill("100")
    form["system"].fill("Be short.")
    form["tags"].fill("class, fast")
    form["tags"].press("Enter")
    page = Profiles(notebook)
    expect(page.row("short-answers")).to_be_visible()
    expect(page.root).to_contain_text("Created short-answers.")
    expect(page.row("short-answers").get_by_role("button", name="Edit ")).to_be_focused()
    made = stored.session.profile("short-answers")
    links = stored.session.show_profile("short-answers").row.connections
    assert [link.alias for link in links] == ["spare", "demo"]
    assert (made.model, made.tags) == ("demo-chat", ("class", "fast"))
    assert dict(made.options) == {"temperature": 0.3, "max_tokens": 100, "system": "Be short."}


def test_connections_are_those_that_can_do_it(stored: Place, show: Show) -> None:
    """Claude does not embed, so it is not offered for embedding, and it is removed when the capability changes."""
    form = ProfileForm(show(NEW))
    form["connections"].click()
    expect(form.root.get_by_role("option")).to_have_count(4)
    form["connections"].press("Escape")
    form.add("claude", "demo")
    form.part("capability-embedding").check()
    form.order("demo")
    expect(form["temperature"]).to_have_count(0)
    expect(form["dimensions"]).to_be_visible()
    form["connections"].click()
    expect(form.root.get_by_role("option")).to_have_count(2)
    form["connections"].press("Escape")
    form.part("capability-chat").check()
    expect(form["temperature"]).to_be_visible()


def test_a_slider_and_its_number_follow_each_other_and_may_be_empty(stored: Place, show: Show) -> None:
    """An empty value is not sent, which the slider says. The arrow keys move it."""
    form = ProfileForm(show(NEW))
    slider = form.root.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "not sent")
    slider.focus()
    slider.press("ArrowRight")
    expect(form["temperature"]).to_have_value("1.1")
    expect(slider).to_have_attribute("aria-valuetext", "1.1")
    form["temperature"].fill("0.25")
    expect(slider).to_have_attribute("aria-valuetext", "0.25")
    form.click("Do not send temperature")
    expect(form["temperature"]).to_have_value("")
    expect(slider).to_have_attribute("aria-valuetext", "not sent")
    form.fill(name="Plain", model="demo-chat")
    form.add("demo")
    form.save()
    assert dict(stored.session.profile("plain").options) == {}


def test_every_error_at_its_field_with_the_range_and_the_first_focused(stored: Place, show: Show) -> None:
    """Nothing is saved, and nothing that was typed is lost."""
    form = ProfileForm(show(NEW))
    form["temperature"].fill("2.5")
    form["max_tokens"].fill("many")
    form.part("save").click()
    expect(form.field("temperature")).to_contain_text("Temperature must be a number from 0 to 2.")
    expect(form.field("max_tokens")).to_contain_text("Max tokens must be a whole number from 1")
    expect(form.field("connections")).to_contain_text("At least one is needed.")
    expect(form["temperature"]).to_have_attribute("aria-invalid", "true")
    assert form.focused() == "name"
    assert form["max_tokens"].input_value() == "many"
    assert len(stored.session.profile_aliases()) == 3
    form["temperature"].fill("2")
    expect(form["temperature"]).not_to_have_attribute("aria-invalid", "true")


def test_a_list_that_cannot_be_had_is_said_and_tried_again(stored: Place, show: Show) -> None:
    """The model can still be typed, and nothing waits for the list."""
    form = ProfileForm(show(NEW))
    form.add("claude")
    expect(form.part("no-models")).to_contain_text("claude cannot be asked for its models now")
    expect(form.part("no-models")).to_contain_text("$Anthropic:ApiKey")
    form.fill(name="Mine", model="claude-of-tomorrow")
    stored.session.edit("claude", settings={"endpoint": "http://127.0.0.1:9", "api_key": "made-up-secret-0123456789"})
    form.click("Try again")
    expect(form.part("no-models")).to_contain_text("unreachable", timeout=20_000)
    form.save()
    assert stored.session.profile("mine").model == "claude-of-tomorrow"


def test_a_model_that_is_not_listed_is_pointed_out_and_saved(stored: Place, show: Show) -> None:
    """The warning names the nearest model."""
    form = ProfileForm(show(NEW))
    form.add("demo")
    form.listed()
    form.fill(name="Typo", model="demo-chatt")
    expect(form.field("model")).to_contain_text("demo does not list this model.")
    form.part("save").click()
    expect(form.part("message")).to_contain_text("does not list the model demo-chatt")
    assert stored.session.profile("typo").model == "demo-chatt"
    expect(form.part("message")).to_contain_text("%%aiconn ask typo")


def test_a_late_welcome_takes_nobody_the_focus(stored: Place, show: Show) -> None:
    """A user who already types while the kernel is busy keeps the focus."""
    free = stored.folder / "free"
    notebook = show(name="late-form.ipynb")
    notebook.page.evaluate(f"() => {{ {KERNEL}.commsOverSubshells = 'disabled'; }}")
    wait = f"import os, time\nwhile not os.path.exists({str(free)!r}): time.sleep(0.01)"
    notebook.become(stored.cells(f"form = aiconn.ProfileForm(focus=True); display(form)\n{wait}"))
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    form = ProfileForm(notebook)
    form["system"].press_sequentially("Be")
    form.part("name").evaluate("(node) => node.addEventListener('focus', () => { node.dataset.taken = 'yes'; })")
    free.touch()
    form["system"].press_sequentially(" kind.")
    form.add("demo")
    form.listed()
    assert notebook.kernel("form._focus") is False
    expect(form.part("name")).not_to_have_attribute("data-taken", "yes")
    expect(form["system"]).to_have_value("Be kind.")


# ---- editing ----------------------------------------------------------------------------------------------------------


def test_edit_shows_what_is_stored_and_saves_another_order_by_keyboard(stored: Place, show: Show) -> None:
    """Alt with the arrow keys moves a connection, which is read out. The capability is fixed, with the reason."""
    form = ProfileForm(show(EDIT))
    form.order("demo", "spare")
    expect(form["temperature"]).to_have_value("0.5")
    expect(form.part("capability")).to_contain_text("Chat")
    expect(form.root).to_contain_text("This never changes")
    form.control("Move up", "spare").focus()
    form.page.keyboard.press("Alt+ArrowUp")
    form.order("spare", "demo")
    expect(voice(form.root)).to_have_text("spare is now 1 of 2.")
    expect(form.control("Move up", "spare")).to_be_focused()
    form.control("Move down", "spare").press("Enter")
    form.order("demo", "spare")
    form.control("Move down", "demo").press("Space")
    form.order("spare", "demo")
    form.save()
    links = stored.session.show_profile("writer").row.connections
    assert [link.alias for link in links] == ["spare", "demo"]
    assert dict(stored.session.profile("writer").options) == {"temperature": 0.5}


def test_a_connection_is_removed_and_another_added_by_keyboard(stored: Place, show: Show) -> None:
    """The focus goes to the row that takes its place."""
    form = ProfileForm(show(EDIT))
    form.control("Remove", "demo").press("Enter")
    form.order("spare")
    expect(form.control("Remove", "spare")).to_be_focused()
    expect(voice(form.root)).to_have_text("demo is removed.")
    form["connections"].press("ArrowDown")
    form["connections"].press_sequentially("cla")
    form["connections"].press("ArrowDown")
    form["connections"].press("Enter")
    form.order("spare", "claude")
    expect(form.field("connections")).to_contain_text("does not resolve here")


def test_enter_saves_but_not_in_the_system_prompt(stored: Place, show: Show) -> None:
    """In the system prompt, Enter is a new line. Escape cancels, and asks if something was changed."""
    notebook = show(SHOW)
    Profiles.chosen(notebook).act("writer", "Edit")
    form = ProfileForm(notebook)
    form["system"].fill("One")
    form["system"].press("End")
    form["system"].press("Enter")
    form["system"].press_sequentially("Two")
    expect(form["system"]).to_have_value("One\nTwo")
    form["system"].press("Control+z")
    form["system"].press("Control+z")
    expect(form["system"]).to_have_value("One")
    form["system"].press("Control+Shift+z")
    form["system"].press("Control+Shift+z")
    expect(form["system"]).to_have_value("One\nTwo")
    form["system"].press("Escape")
    expect(form.part("ask")).to_contain_text("Discard your changes?")
    form.page.keyboard.press("Escape")
    expect(form.part("ask")).to_have_count(0)
    form["model"].press("Escape")
    form.click("Keep editing")
    form["max_tokens"].fill("7")
    form["max_tokens"].press("Enter")
    expect(Profiles(notebook).root).to_contain_text("Saved writer.")
    assert dict(stored.session.profile("writer").options) == {"temperature": 0.5, "max_tokens": 7, "system": "One\nTwo"}
    Profiles(notebook).act("writer", "Edit")
    form = ProfileForm(notebook)
    form.part("name").press("Escape")
    expect(Profiles(notebook).row("writer").get_by_role("button", name="Edit ")).to_be_focused()
