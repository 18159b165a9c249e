"""In a real JupyterLab, whole journeys through the form of a profile leave the right store and saved notebook."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import expect

from aiconn_nb.errors import ProfileExists
from aiconn_nb.model.profile import Capability

from .conftest import Place
from .forms import remembered
from .lab import Notebook
from .profiles import NEW, SHOW, ProfileForm, Profiles, tab
from .test_list import KERNEL, slow

__all__ = ["slow"]

Show = Callable[..., Notebook]
TYPED = "never-saved-0123456789"
CRITIC = "form = aiconn.ProfileForm('critic'); form"
COUNT_TIMERS = """() => {
  const { setTimeout, clearTimeout } = window;
  const ours = new Set();
  const stop = () => Object.assign(window, { setTimeout, clearTimeout });
  window.timers = { set: 0, running: 0, stop };
  const count = () => (window.timers.running = ours.size);
  window.setTimeout = (act, ms, ...rest) => {
    const id = setTimeout(act, ms, ...rest);
    if (ms === 600_000) { window.timers.set += 1; ours.add(id); count(); }
    return id;
  };
  window.clearTimeout = (id) => { ours.delete(id); count(); clearTimeout(id); };
}"""
"""A script that counts the timers of ten minutes, for which "undo" is offered in these tests."""


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with three connections and two profiles."""
    session = place.session
    for alias, name in (("demo-a", "Demo A"), ("demo-b", "Demo B"), ("demo-c", "Demo C")):
        session.create(alias, "demo", name=name)
    session.create_profile("writer", connections="demo-a,demo-b", model="demo-chat", name="Writer", default=True)
    session.create_profile("critic", connections="demo-b", model="demo-chat", name="Critic", temperature=0)
    return place


def in_order(place: Place, alias: str) -> list[str]:
    """Return the aliases of a stored profile's connections."""
    return [link.alias for link in place.session.show_profile(alias).row.connections]


def test_the_tabs_are_away_while_a_form_is_open(stored: Place, show: Show) -> None:
    """No click beside the form leaves the typed text. Afterwards the focus is where it was."""
    notebook = show(SHOW)
    page = Profiles.chosen(notebook)
    page.act("critic", "Edit")
    form = ProfileForm(notebook)
    expect(tab(notebook, "Connections")).to_have_count(0)
    form.part("name").press("Escape")
    expect(Profiles(notebook).row("critic").get_by_role("button", name="Edit ")).to_be_focused()


def test_a_profile_is_made_by_keyboard_alone(stored: Place, show: Show) -> None:
    """The way goes from the list to the form and back, with the focus on the new profile."""
    notebook = show(SHOW)
    page = Profiles.chosen(notebook)
    keys = notebook.page.keyboard
    page.root.get_by_role("button", name="Create profile").focus()
    keys.press("Enter")
    form = ProfileForm(notebook)
    expect(form.part("name")).to_be_focused()
    keys.type("Night writer")
    form["connections"].focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        keys.press(key)
    form.order("demo-b")
    keys.type("demo-a")
    keys.press("Enter")
    form.order("demo-b", "demo-a")
    form.listed()
    form["model"].focus()
    keys.type("demo-c")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(form["model"]).to_have_value("demo-chat")
    form.root.get_by_role("slider").focus()
    keys.press("ArrowRight")
    expect(form["temperature"]).to_have_value("1.1")
    form["system"].focus()
    keys.type("Be brief.")
    keys.press("Enter")
    keys.type("Be kind.")
    form["tags"].focus()
    keys.type("night, prose")
    keys.press("Enter")
    page = Profiles(notebook)
    page.shows("critic", "night-writer", "writer")
    expect(page.row("night-writer").get_by_role("button", name="Edit ")).to_be_focused()
    made = stored.session.profile("night-writer")
    assert in_order(stored, "night-writer") == ["demo-b", "demo-a"]
    assert dict(made.options) == {"temperature": 1.1, "system": "Be brief.\nBe kind."}
    assert (made.model, made.tags, made.capability) == ("demo-chat", ("night", "prose"), Capability.CHAT)
    assert stored.session.default_alias() == "writer"


def test_another_order_is_made_by_keyboard_and_announced(stored: Place, show: Show) -> None:
    """Alt with the arrow keys and the buttons move a connection. After a removal, the focus is on the next one."""
    notebook = show("form = aiconn.ProfileForm('writer'); form")
    form = ProfileForm(notebook)
    form.order("demo-a", "demo-b")
    form.add("demo-c")
    form.control("Remove", "demo-c").focus()
    keys = notebook.page.keyboard
    keys.press("Alt+ArrowUp")
    form.order("demo-a", "demo-c", "demo-b")
    expect(form.control("Remove", "demo-c")).to_be_focused()
    expect(notebook.page.locator(".aiconn-voice[role=status]:has-text('demo-c is now 2 of 3.')")).to_have_count(1)
    form.control("Move up", "demo-c").focus()
    keys.press("Enter")
    form.order("demo-c", "demo-a", "demo-b")
    form.control("Remove", "demo-a").focus()
    keys.press("Enter")
    form.order("demo-c", "demo-b")
    expect(form.control("Remove", "demo-b")).to_be_focused()
    form.save()
    assert in_order(stored, "writer") == ["demo-c", "demo-b"]


def test_a_list_that_takes_its_time_holds_up_nothing(place: Place, show: Show, slow: tuple[str, Event]) -> None:
    """The kernel is free, and the form can be saved before the provider has answered."""
    endpoint, go = slow
    place.session.create("team", "openai-compatible", settings={"endpoint": endpoint})
    notebook = show(NEW)
    form = ProfileForm(notebook)
    expect(form.part("models")).to_contain_text("Asking team for its models")
    assert notebook.kernel("6 * 7") == 42
    form.part("name").fill("Team writer")
    form["model"].fill("anything")
    form.save()
    assert place.session.profile("team-writer").model == "anything"
    go.set()
    expect(form.part("models")).to_contain_text("team does not list this model.")
    expect(form["model"]).to_have_value("anything")


def test_another_capability_has_other_options_and_connections(stored: Place, show: Show) -> None:
    """A connection without the capability is removed. The typed text returns with the former capability, and empty options are not
    stored."""
    stored.session.create("claude", "anthropic", settings={"api_key": "$OpenAI:ApiKey"})
    form = ProfileForm(show(NEW))
    form.part("name").fill("Search")
    form.add("claude", "demo-a")
    form["system"].fill("Be brief.")
    form.part("capability-embedding").check()
    form.order("demo-a")
    expect(form["system"]).to_have_count(0)
    form.part("capability-chat").check()
    expect(form["system"]).to_have_value("Be brief.")
    form.part("capability-embedding").check()
    form["model"].fill("demo-embed")
    form.save()
    made = stored.session.profile("search")
    assert (made.capability, dict(made.options)) == (Capability.EMBEDDING, {})
    expect(form.part("message")).to_contain_text("%aiconn embed search")
    expect(form.part("capability")).to_contain_text("Embedding")
    expect(form.root.get_by_text("This never changes")).to_be_visible()


def test_of_what_both_changed_one_chooses_and_the_rest_is_joined(stored: Place, show: Show) -> None:
    """Nothing is overwritten: the other user's order and temperature stay beside this user's number of tokens."""
    form = ProfileForm(show(CRITIC))
    form.part("name").fill("My critic")
    form["max_tokens"].fill("99")
    form.settle()
    stored.session.edit_profile("critic", name="Their critic", connections="demo-c,demo-b", options={"temperature": 1})
    form.part("save").click()
    expect(form.part("ask")).to_contain_text("This profile was changed in the meantime")
    expect(form.part("ask")).to_contain_text("demo-c → demo-b")
    form.part("theirs-name").check()
    form.click("Save the chosen values")
    form.saved()
    made = stored.session.profile("critic")
    assert (made.name, dict(made.options)) == ("Their critic", {"temperature": 1, "max_tokens": 99})
    assert in_order(stored, "critic") == ["demo-c", "demo-b"]


def test_what_is_typed_survives_a_reload_and_is_in_no_notebook(stored: Place, show: Show) -> None:
    """The kernel keeps the text, and the widget's state does not. "Cancel" asks first."""
    notebook = show(NEW)
    form = ProfileForm(notebook)
    form.part("name").fill("Half done")
    form.add("demo-b", "demo-a")
    form["system"].fill(TYPED)
    form["temperature"].fill("0.3")
    notebook.save()
    notebook.page.reload(wait_until="domcontentloaded")
    form = ProfileForm(Notebook.loaded(notebook.page, notebook.server, notebook.name))
    expect(form.part("name")).to_have_value("Half done")
    form.order("demo-b", "demo-a")
    expect(form["system"]).to_have_value(TYPED)
    expect(form["temperature"]).to_have_value("0.3")
    assert TYPED not in (notebook.server.root / notebook.name).read_text()
    assert TYPED not in notebook.kernel("str(form.get_state())")
    form.part("name").press("Escape")
    expect(form.part("ask")).to_contain_text("Discard your changes?")
    form.click("Discard")
    expect(form.part("name")).to_have_value("")
    assert stored.session.profile_aliases() == ["critic", "writer"]


def test_a_key_in_a_prompt_is_refused_and_is_in_no_notebook(stored: Place, show: Show) -> None:
    """The key is pointed out at once, and one click removes it."""
    key = "sk-proj-" + "a1B2" * 8
    notebook = show(CRITIC)
    form = ProfileForm(notebook)
    form["system"].fill(key)
    expect(form.field("system")).to_contain_text("This looks like an OpenAI key")
    form.part("save").click()
    expect(form.field("system")).to_contain_text("holds what looks like a key")
    notebook.save()
    assert key not in (notebook.server.root / notebook.name).read_text()
    assert key not in notebook.kernel("str(form.get_state())")
    form.field("system").get_by_role("button", name="Remove it").click()
    expect(form["system"]).to_have_value("")


def test_what_arrives_while_it_saves_takes_nothing_away(stored: Place, show: Show) -> None:
    """Another user's version arrives after Save was pressed and before it is answered, and the typed text is still there."""
    free = stored.folder / "free"
    notebook = show(name="busy.ipynb")
    notebook.page.evaluate(f"() => {{ {KERNEL}.commsOverSubshells = 'disabled'; }}")
    notebook.become(stored.cells(CRITIC))
    notebook.run()
    form = ProfileForm(notebook)
    form.listed()
    form.part("name").fill("Mine")
    cell = (
        f"import os, time\nwhile not os.path.exists({str(free)!r}): time.sleep(0.01)\n"
        "form.session.edit_profile('critic', name='Theirs'); form._show(form.session.profile('critic'))"
    )
    notebook.page.evaluate(f"(code) => {{ {KERNEL}.requestExecute({{ code }}); }}", cell)
    form.part("save").click()
    expect(form.part("save")).to_have_text("Saving…")
    free.touch()
    expect(form.part("ask")).to_contain_text("This profile was changed in the meantime")
    expect(form.part("ask")).to_contain_text("Mine")
    expect(form.part("name")).to_have_value("Mine")


# ---- former versions, and deleting ------------------------------------------------------------------------------------

WRITER = "form = aiconn.ProfileForm('writer'); form"


@pytest.fixture
def revised(stored: Place) -> Place:
    """Return a place in which the profile ``writer`` has four versions."""
    session = stored.session
    session.edit_profile("writer", connections="demo-b,demo-a", options={"temperature": 0.7})
    session.edit_profile("writer", name="Writer <b>3</b>", options={"system": "You edit.\nSay why."}, tags="prose")
    session.edit_profile("writer", model="demo-other", options={"temperature": None})
    return stored


def test_roll_back_with_the_mouse(revised: Place, show: Show) -> None:
    """The history shows the changes, and a comparison shows the difference from now. One click restores a version, and another
    undoes this."""
    form = ProfileForm(show(WRITER))
    form.part("tab-history").click()
    expect(form.part("version-4")).to_contain_text("now")
    expect(form.part("version-4")).to_contain_text("Temperature0.7 → became not set")
    expect(form.part("version-3")).to_contain_text("Writer <b>3</b>")
    expect(form.part("version-2")).to_contain_text("Connectionsdemo-a, demo-b → became demo-b, demo-a")
    expect(form.part("version-1")).to_contain_text("Created.")
    expect(form.part("save")).to_be_hidden()
    form.part("compare-1").click()
    expect(form.part("version-1").get_by_role("row")).to_have_text(
        [
            "FieldVersion 1Now",
            "NameWriterWriter <b>3</b>",
            "Connectionsdemo-a, demo-bdemo-b, demo-a",
            "Modeldemo-chatdemo-other",
            "System promptnot setYou edit.\nSay why.",
            "Tagsnoneprose",
        ]
    )
    form.part("roll-back-1").click()  # nothing is typed, so there is no question
    expect(form.part("message")).to_contain_text("writer is as it was in version 1. That is version 5.")
    expect(form.part("version-5")).to_contain_text("now")
    made = stored_of(revised, "writer")
    assert made == ("Writer", ["demo-a", "demo-b"], "demo-chat", {}, ())
    assert revised.session.default_alias() == "writer"
    form.part("roll-back-4").click()
    expect(form.part("version-6")).to_be_visible()
    form.part("tab-fields").click()
    form.order("demo-b", "demo-a")
    expect(form["model"]).to_have_value("demo-other")
    expect(form["system"]).to_have_value("You edit.\nSay why.")
    expect(form["tags"]).to_have_value("prose")
    assert stored_of(revised, "writer")[3] == {"system": "You edit.\nSay why."}


def stored_of(place: Place, alias: str) -> tuple[str, list[str], str, dict[str, object], tuple[str, ...]]:
    """Return name, connections, model, options and tags of a stored profile."""
    made = place.session.profile(alias)
    return made.name, in_order(place, alias), made.model, dict(made.options), made.tags


def test_roll_back_by_keyboard_and_with_a_question(revised: Place, show: Show) -> None:
    """Typed text is not discarded unasked, and the focus is where a user goes on."""
    form = ProfileForm(show(WRITER))
    keys = form.page.keyboard
    form.part("name").fill("Typed and not saved")
    form.part("tab-fields").focus()
    keys.press("ArrowRight")
    expect(form.part("tab-history")).to_be_focused()
    expect(form.part("version-4")).to_be_visible()
    for reached in ("roll-back-3", "compare-3"):
        keys.press("Tab")
        expect(form.part(reached)).to_be_focused()
    keys.press("Enter")
    expect(form.part("version-3").get_by_role("table")).to_contain_text("demo-other")
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(form.part("ask")).to_contain_text("unsaved changes will be discarded")
    expect(form.root.get_by_role("button", name="Keep editing")).to_be_focused()
    keys.press("Enter")
    expect(form.part("roll-back-3")).to_be_focused()
    assert revised.session.profile("writer").version == 4
    keys.press("Escape")
    expect(form.part("tab-fields")).to_be_focused()
    expect(form.part("name")).to_have_value("Typed and not saved")
    keys.press("ArrowRight")
    expect(form.part("version-4")).to_be_visible()
    form.part("roll-back-2").focus()
    keys.press("Enter")
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(form.part("message")).to_contain_text("writer is as it was in version 2. That is version 5.")
    expect(form.part("message")).to_be_focused()
    assert stored_of(revised, "writer") == ("Writer", ["demo-b", "demo-a"], "demo-chat", {"temperature": 0.7}, ())
    form.part("tab-history").focus()
    keys.press("ArrowLeft")
    expect(form.part("name")).to_have_value("Writer")
    expect(form["temperature"]).to_have_value("0.7")


def test_what_somebody_saved_meanwhile_is_not_rolled_back_unseen(revised: Place, show: Show) -> None:
    """A message says so, and the history has the other version."""
    form = ProfileForm(show(WRITER))
    form.part("tab-history").click()
    expect(form.part("version-4")).to_be_visible()
    form.settle()
    revised.session.edit_profile("writer", name="Theirs")
    form.part("roll-back-1").click()
    expect(form.part("message")).to_contain_text("writer was saved in the meantime. Nothing was rolled back.")
    expect(form.part("version-5")).to_contain_text("Theirs")
    assert revised.session.profile("writer").name == "Theirs"
    form.part("roll-back-1").click()
    expect(form.part("version-6")).to_contain_text("now")
    assert revised.session.profile("writer").name == "Writer"


def test_a_form_alone_deletes_and_brings_back(stored: Place, show: Show) -> None:
    """The form says that the profile is the default. "Keep it" returns the focus, and after an undo the profile is the default
    again and can be saved."""
    form = ProfileForm(show(WRITER))
    form.part("delete").click()
    expect(form.part("ask")).to_contain_text("Delete writer?")
    expect(form.part("ask")).to_contain_text("It is the default for chat; there would be none.")
    form.click("Keep it")
    expect(form.part("delete")).to_be_focused()
    assert stored.session.profile_aliases() == ["critic", "writer"]
    form.part("delete").click()
    form.click("Delete")
    expect(form.part("message")).to_contain_text("Deleted writer.")
    expect(form.part("message")).to_contain_text("writer was the default for chat; there is none now.")
    assert (stored.session.profile_aliases(), stored.session.default_alias()) == (["critic"], "")
    form.click("Undo")
    expect(form.part("message")).to_contain_text("writer is back.")
    assert stored.session.default_alias() == "writer"
    expect(form.part("active")).to_have_attribute("aria-checked", "true")
    form.part("name").fill("Writer again")
    form.save()
    assert stored.session.profile("writer").name == "Writer again"


def test_delete_and_undo_by_keyboard(stored: Place, show: Show) -> None:
    """The harmless answer has the focus first. Escape does not leave a form of a deleted profile."""
    form = ProfileForm(show(CRITIC))
    keys = form.page.keyboard
    form.part("delete").focus()
    keys.press("Enter")
    expect(form.root.get_by_role("button", name="Keep it")).to_be_focused()
    expect(form.part("ask")).not_to_contain_text("default")
    keys.press("Escape")
    expect(form.part("delete")).to_be_focused()
    keys.press("Enter")
    expect(form.root.get_by_role("button", name="Keep it")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(form.root.get_by_role("button", name="Undo")).to_be_focused()
    assert stored.session.profile_aliases() == ["writer"]
    keys.press("Escape")
    expect(form.part("name")).to_have_count(0)
    keys.press("Enter")
    expect(form.part("name")).to_have_value("Critic")
    assert stored.session.profile_aliases() == ["critic", "writer"]
    assert stored.session.default_alias() == "writer"


def test_an_undo_that_is_not_possible_any_more_says_why(stored: Place, show: Show) -> None:
    """The reason appears where the user clicked. The user can try again for as many seconds as at first."""
    form = ProfileForm(show(CRITIC))
    form.page.evaluate(COUNT_TIMERS)
    form.part("delete").click()
    form.click("Delete")
    expect(form.part("message")).to_contain_text("Deleted critic.")
    assert form.page.evaluate("() => [timers.set, timers.running]") == [1, 1]
    stored.session.create_profile("critic", connections="demo-a", model="theirs")
    form.click("Undo")
    expect(form.part("message")).to_contain_text("'critic'")
    expect(form.root.get_by_role("button", name="Undo")).to_be_focused()
    assert form.page.evaluate("() => [timers.set, timers.running]") == [2, 1]
    assert stored.session.profile("critic").model == "theirs"
    stored.session.rename_profile("critic", "theirs")
    form.click("Undo")
    expect(form.part("name")).to_have_value("Critic")
    assert stored.session.profile_aliases() == ["critic", "theirs", "writer"]
    assert form.page.evaluate("() => [timers.set, timers.running]") == [2, 0]
    form.page.evaluate("() => window.timers.stop()")


def test_what_is_typed_outlives_a_way_back_that_is_barred(stored: Place, show: Show) -> None:
    """The profile was deleted elsewhere, and its alias belongs to another one. The form says so and still remembers what is
    typed."""
    form = ProfileForm(show(CRITIC))
    form.part("name").fill("Typed")
    form.settle()
    stored.session.delete_profile("critic")
    stored.session.create_profile("critic", connections="demo-a", model="theirs")
    form.part("save").click()
    form.click("Restore it and save")
    expect(form.part("message")).to_contain_text(ProfileExists(alias="critic").what)
    form.part("name").fill("Typed since")
    remembered(form.notebook, "form", "Typed since")
    assert stored.session.profile("critic").model == "theirs"


def test_a_kernel_that_ends_after_a_deletion_is_said_in_the_place_of_the_form(stored: Place, show: Show) -> None:
    """There is no button that would do nothing."""
    form = ProfileForm(show(CRITIC))
    form.part("delete").click()
    form.click("Delete")
    expect(form.root.get_by_role("button", name="Undo")).to_be_focused()
    form.page.evaluate(f"() => {KERNEL}.restart()")
    expect(form.part("message")).to_contain_text("Deleted critic.")
    expect(form.part("message")).to_contain_text("The kernel has ended. For 30 days, undelete restores it.")
    expect(form.root.get_by_role("button", name="Undo")).to_have_count(0)
    expect(form.part("message")).to_be_focused()
    form.page.page_errors.clear()  # type: ignore[attr-defined]  # JupyterLab's own, of its restart


def test_what_the_form_deleted_is_undone_in_the_list(stored: Place, show: Show) -> None:
    """The list returns to its place, and "undo" has ten seconds."""
    notebook = show(SHOW)
    page = Profiles.chosen(notebook)
    page.act("writer", "Edit")
    form = ProfileForm(notebook)
    form.part("delete").click()
    form.click("Delete")
    page = Profiles(notebook)
    page.shows("critic")
    expect(page.root.get_by_text("writer was the default for chat; there is none now.")).to_be_visible()
    assert (stored.session.profile_aliases(), stored.session.default_alias()) == (["critic"], "")
    page.press("Undo")
    page.shows("critic", "writer")
    expect(page.used("writer")).to_have_text("default")
    assert stored.session.default_alias() == "writer"
