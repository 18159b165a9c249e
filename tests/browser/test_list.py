"""In a real JupyterLab, the kernel and the store contain what a user did in the list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from playwright.sync_api import expect

from aiconn_nb.errors import ConnectionExists, ListAlone, ReferenceNotFound
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile

from .conftest import Place
from .forms import Form
from .lab import Notebook, Server
from .lists import SHOW, List

Show = Callable[..., Notebook]
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with four connections: one resolves, one does not, one is off, and one needs nothing."""
    session = place.session
    session.create("openai-dev", "openai", name="OpenAI dev", settings={"api_key": "$OpenAI:ApiKey"})
    session.create(
        "writer", "anthropic", name="Claude <b>for</b> &amp; writing", settings={"api_key": "$Anthropic:ApiKey"}
    )
    session.create("team", "openai-compatible", name="Team", settings={"endpoint": "$Team:Endpoint"}, active=False)
    session.create("demo", "demo", name="Offline demo")
    return place


def unresolved(place: Place, alias: str) -> ReferenceNotFound:
    """Return the error of a connection whose reference has no value."""
    with pytest.raises(ReferenceNotFound) as raised:
        place.session.use(alias)
    return raised.value


def depends(place: Place, alias: str, profile: str) -> None:
    """Create a profile that depends on a connection."""
    session = place.session
    with session._context.store.change() as change:
        ids = (change.connection(alias).id,)
        change.put_profile(Profile(alias=profile, name=profile, capability=Capability.CHAT, connections=ids, model="m"))


@pytest.fixture
def slow() -> Iterator[tuple[str, Event]]:
    """Yield the endpoint of our own server, which answers with a list of models once the event is set."""
    go = Event()

    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            go.wait(30)
            body = json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Models)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", go
    go.set()
    server.shutdown()
    server.server_close()


# ---- looking ----------------------------------------------------------------------------------------------------------


def test_every_column_says_what_holds_in_this_kernel(stored: Place, show: Show) -> None:
    """The columns show name and alias, provider, switch, what is missing, the last test, and the change with its exact time on
    hover."""
    page = List(show("%aiconn"))
    page.shows("writer", "demo", "openai-dev", "team")
    expect(page.cell("openai-dev", "name").locator("bdi")).to_have_text("OpenAI dev")
    expect(page.cell("openai-dev", "provider")).to_have_text("OpenAI")
    expect(page.switch("openai-dev")).to_have_attribute("aria-checked", "true")
    expect(page.switch("team")).to_have_attribute("aria-checked", "false")
    expect(page.cell("openai-dev", "resolves")).to_have_text("yes")
    expect(page.cell("writer", "resolves")).to_have_text("$Anthropic:ApiKey")
    expect(page.cell("demo", "test")).to_have_text("not tested")
    modified = page.cell("demo", "modified").locator("time")
    expect(modified).to_have_text("just now")
    assert str(stored.session.get("demo").modified.year) in (modified.get_attribute("title") or "")
    expect(page.page.get_by_test_id("bar-environment").locator("visible=true")).to_have_value("Development")


def test_markup_is_shown_as_text(stored: Place, show: Show) -> None:
    """A name is no HTML in the row, in a question and in a note."""
    page = List(show(SHOW))
    name = page.cell("writer", "name").locator("bdi")
    expect(name).to_have_text("Claude <b>for</b> &amp; writing")
    page.act("writer", "Delete")
    expect(page.root.get_by_role("alertdialog")).to_contain_text("Delete Claude <b>for</b> &amp; writing (writer)?")
    assert page.root.locator("b").count() == 0


def test_filter_as_one_types_by_provider_and_by_active(stored: Place, show: Show) -> None:
    """Name, alias and provider are searched, and the three filters work together. If nothing matches, a message says so."""
    page = List(show(SHOW))
    page.filter.press_sequentially("open")
    page.shows("openai-dev", "team")
    page.choose("Active or inactive", "Inactive")
    page.shows("team")
    page.choose("Provider", "OpenAI")
    expect(page.root.get_by_text("No connection matches.")).to_be_visible()
    page.press("Clear the filter")
    page.shows("writer", "demo", "openai-dev", "team")
    page.choose("Provider", "Anthropic")
    page.shows("writer")


def test_what_is_typed_before_the_kernel_answers_stays(stored: Place, show: Show) -> None:
    """The kernel's welcome may come late, but it does not reset the filter."""
    free = stored.folder / "free"
    notebook = show(name="late.ipynb")
    notebook.page.evaluate(f"() => {{ {KERNEL}.commsOverSubshells = 'disabled'; }}")
    wait = f"import os, time\nwhile not os.path.exists({str(free)!r}): time.sleep(0.01)"
    notebook.become(stored.cells(f"manager = aiconn.manager(); display(manager)\n{wait}"))
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page = List(notebook)
    page.filter.fill("open")
    page.shows("openai-dev", "team")
    free.touch()
    page.remembered(text="open")
    stored.session.create("open-too", "demo", name="Open too")
    page.press("Refresh")
    page.shows("open-too", "openai-dev", "team")
    expect(page.filter).to_have_value("open")


def test_sort_by_any_column(stored: Place, show: Show) -> None:
    """A second click reverses the order, and the header shows it."""
    page = List(show(SHOW))
    expected = {
        "Provider": ["writer", "demo", "openai-dev", "team"],
        "Active": ["demo", "openai-dev", "writer", "team"],
        "Resolves here": ["demo", "openai-dev", "team", "writer"],
        "Modified": ["demo", "team", "writer", "openai-dev"],
        "Name": ["writer", "demo", "openai-dev", "team"],
    }
    for column, aliases in expected.items():
        page.sort(column)
        page.shows(*aliases)
        expect(page.root.get_by_role("columnheader", name=column)).to_have_attribute("aria-sort", "ascending")
    page.sort("Name")
    page.shows("team", "openai-dev", "demo", "writer")
    expect(page.root.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


def test_filter_and_sort_survive_a_refresh_and_a_reload(stored: Place, show: Show, lab: Server) -> None:
    """The kernel remembers them, although no state contains the typed text."""
    page = List(show(SHOW))
    page.filter.fill("e")
    page.sort("Name")
    page.shows("team", "openai-dev", "demo", "writer")
    page.filter.fill("open")
    page.shows("team", "openai-dev")
    page.press("Refresh")
    page.shows("team", "openai-dev")
    expect(page.filter).to_have_value("open")
    page.remembered(text="open")
    page.notebook.save()
    page.page.reload()
    Notebook.loaded(page.page, lab, page.notebook.name)
    page = List(page.notebook)
    page.shows("team", "openai-dev")
    expect(page.filter).to_have_value("open")
    expect(page.root.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


def test_every_row_is_on_the_page(place: Place, show: Show) -> None:
    """Screen readers and the browser's own search reach any number of rows, and filter and sort consider all of them."""
    with place.session._context.store.change() as change:
        for number in range(250):
            change.put(Connection(alias=f"c-{number:03}", name=f"Number {number}", provider="demo"))
    page = List(show(SHOW))
    expect(page.root.locator(".aiconn-row")).to_have_count(250)
    assert page.aliases[-1] == "c-249"
    page.filter.fill("number 24")
    expect(page.root.locator(".aiconn-item:not([hidden]) > .aiconn-row")).to_have_count(11)
    expect(page.root.get_by_text("11 of 250")).to_be_visible()


def test_every_row_is_read_out_also_out_of_sight(place: Place, show: Show) -> None:
    """The visible rows are laid out first. A moment later, screen readers, the browser's own search and a printer have all of
    them."""
    with place.session._context.store.change() as change:
        for number in range(100):
            change.put(Connection(alias=f"c-{number:03}", name=f"Number {number}", provider="demo"))
    page = List(show(SHOW))
    expect(page.row("c-099")).to_have_css("content-visibility", "visible")
    tree = page.page.context.new_cdp_session(page.page).send("Accessibility.getFullAXTree")["nodes"]
    names = {node.get("name", {}).get("value") for node in tree if node.get("role", {}).get("value") == "switch"}
    assert {f"Active: Number {number} (c-{number:03})" for number in range(100)} <= names


def test_the_environment_is_switched_for_this_kernel(stored: Place, show: Show) -> None:
    """The list shows at once what resolves there, and the store is unchanged."""
    stored.write_settings("Production", {"Anthropic": {"ApiKey": "value-of-production"}})
    page = List(show(SHOW))
    expect(page.cell("writer", "resolves")).to_have_text("$Anthropic:ApiKey")
    page.choose("Environment", "Production")
    expect(page.cell("writer", "resolves")).to_have_text("yes")
    assert page.notebook.kernel("kernel_session().current_environment") == "Production"
    assert "value-of-production" not in page.page.content()
    page.choose("Environment", "Development")
    expect(page.cell("writer", "resolves")).to_have_text("$Anthropic:ApiKey")
    assert page.notebook.kernel("kernel_session().current_environment") == "Development"


# ---- one row ----------------------------------------------------------------------------------------------------------


def test_use_marks_the_row_and_the_kernel_has_a_client(stored: Place, show: Show) -> None:
    """Pressed again, it leaves none in use."""
    page = List(show(SHOW))
    page.act("demo", "Use")
    expect(page.used("demo")).to_have_count(1)
    assert page.notebook.kernel("(aiconn.get('demo').alias, type(aiconn.client()).__name__)") == ("demo", "DemoClient")
    page.act("demo", "Use")
    expect(page.used("demo")).to_have_count(0)
    assert page.notebook.kernel("kernel_session().using().alias") == ""


def test_what_cannot_be_used_says_so_beneath_its_row(stored: Place, show: Show) -> None:
    """The note says what happened and what to do."""
    page = List(show(SHOW))
    page.act("writer", "Use")
    expect(page.row("writer")).to_contain_text(unresolved(stored, "writer").what)
    assert page.notebook.kernel("kernel_session().using().alias") == ""
    page.row("writer").get_by_role("button", name="Dismiss").click()
    expect(page.row("writer").locator(".aiconn-note")).to_have_count(0)


def test_the_switch_saves_at_once(stored: Place, show: Show) -> None:
    """It saves in both directions."""
    page = List(show(SHOW))
    page.switch("demo").click()
    expect(page.switch("demo")).to_have_attribute("aria-checked", "false")
    assert stored.session.get("demo").active is False
    page.switch("team").click()
    expect(page.switch("team")).to_have_attribute("aria-checked", "true")
    assert stored.session.get("team").active is True


def test_a_test_shows_its_progress_while_the_kernel_works_on(
    stored: Place, show: Show, slow: tuple[str, Event]
) -> None:
    """Two tests run beside each other. Then each row has the result, time and age, and what to do if the test failed."""
    endpoint, go = slow
    stored.session.edit("team", settings={"endpoint": endpoint}, active=True)
    page = List(show(SHOW))
    page.act("team", "Test")
    page.act("demo", "Test")
    page.act("writer", "Test")
    expect(page.cell("team", "test")).to_contain_text("Reaching the host…")
    expect(page.cell("demo", "test")).to_contain_text("passed")
    expect(page.row("writer")).to_contain_text(unresolved(stored, "writer").what)
    assert page.notebook.kernel("6 * 7") == 42
    expect(page.cell("team", "test")).to_contain_text("Reaching the host…")
    go.set()
    expect(page.cell("team", "test")).to_contain_text("passed")
    expect(page.cell("team", "test").locator("time")).to_have_text("just now")
    tested = "[(row.alias, kernel_session().last_test(row.id)[0].ok) for row in aiconn.connections() if row.alias != 'openai-dev']"
    assert page.notebook.kernel(tested) == [("demo", True), ("team", True), ("writer", False)]


def test_duplicate_makes_a_copy_and_shows_it(stored: Place, show: Show) -> None:
    """The copy has a free alias, the same settings and the focus."""
    page = List(show(SHOW))
    page.act("writer", "Duplicate")
    expect(page.row("writer-copy").locator("bdi")).to_have_text("Claude <b>for</b> &amp; writing (copy)")
    assert dict(stored.session.get("writer-copy").settings) == {"api_key": "$Anthropic:ApiKey"}
    expect(page.row("writer-copy").get_by_role("button", name="Edit ")).to_be_focused()


def test_edit_opens_the_form_in_place_and_comes_back_to_the_row(stored: Place, show: Show) -> None:
    """After a save, the list shows the change, with the focus on its row. Escape leaves the form without a change."""
    page = List(show(SHOW))
    page.act("demo", "Edit")
    form = page.page.get_by_test_id("form")
    form.get_by_test_id("name").fill("Renamed demo")
    form.get_by_test_id("save").click()
    expect(page.cell("demo", "name").locator("bdi")).to_have_text("Renamed demo")
    expect(page.row("demo").get_by_role("button", name="Edit ")).to_be_focused()
    assert stored.session.get("demo").name == "Renamed demo"
    page.act("team", "Edit")
    form.get_by_test_id("name").press("Escape")
    expect(page.row("team").get_by_role("button", name="Edit ")).to_be_focused()
    assert stored.session.get("team").version == 1


# ---- deleting ---------------------------------------------------------------------------------------------------------


def test_delete_asks_in_place_and_can_be_undone(stored: Place, show: Show) -> None:
    """The button "Cancel" changes nothing. "Delete" offers an undo in the place of the row, and "Undo" restores the same
    connection."""
    before = stored.session.get("demo")
    page = List(show(SHOW))
    page.act("demo", "Delete")
    expect(page.row("demo").get_by_role("alertdialog")).to_contain_text("No profile depends on it.")
    page.press("Cancel")
    expect(page.row("demo").get_by_role("button", name="Delete ")).to_be_focused()
    page.act("demo", "Delete")
    page.press("Delete")
    page.shows("writer", "openai-dev", "team")
    assert stored.session.aliases() == ["openai-dev", "team", "writer"]
    expect(page.root.get_by_role("button", name="Undo")).to_be_focused()
    page.press("Undo")
    page.shows("writer", "demo", "openai-dev", "team")
    after = stored.session.get("demo")
    assert (after.id, after.name, dict(after.settings)) == (before.id, before.name, dict(before.settings))
    expect(page.root.get_by_role("button", name="Undo")).to_have_count(0)


def test_an_undo_that_is_not_possible_says_why_and_can_be_tried_again(stored: Place, show: Show) -> None:
    """The reason appears where the user clicked, with the focus. Once the alias is free, the same button restores the
    connection."""
    page = List(show(SHOW))
    page.act("demo", "Delete")
    page.press("Delete")
    undo = page.root.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    stored.session.create("demo", "demo", name="Theirs")
    page.press("Undo")
    expect(page.root).to_contain_text("demo is still deleted.")
    expect(page.root).to_contain_text(ConnectionExists(alias="demo").what)
    expect(undo).to_be_focused()
    expect(undo).to_have_count(1)
    stored.session.rename("demo", "theirs")
    page.press("Undo")
    expect(page.row("demo").get_by_role("button", name="Edit ")).to_be_focused()
    expect(undo).to_have_count(0)
    assert stored.session.aliases() == ["demo", "openai-dev", "team", "theirs", "writer"]


def test_of_several_the_rest_is_offered_further(stored: Place, show: Show) -> None:
    """Those that can be restored are among the rows again. A note names the one that was in use and cannot be used again."""
    page = List(show(SHOW))
    page.act("openai-dev", "Use")
    expect(page.used("openai-dev")).to_be_visible()
    page.select("demo", "openai-dev")
    page.press("Delete")
    page.root.get_by_role("alertdialog").get_by_role("button", name="Delete", exact=True).click()
    page.shows("writer", "team")
    stored.session.create("demo", "demo", name="Theirs")
    stored.write_settings("", {})
    page.press("Undo")
    page.shows("writer", "openai-dev", "team", "demo")
    expect(page.root).to_contain_text("demo is still deleted.")
    expect(page.root).to_contain_text("openai-dev is back. ")
    expect(page.used("openai-dev")).to_have_count(0)
    expect(page.root.get_by_role("button", name="Undo")).to_be_focused()
    stored.session.rename("demo", "theirs")
    page.press("Undo")
    expect(page.row("demo")).to_be_visible()
    expect(page.root.get_by_role("button", name="Undo")).to_have_count(0)


def test_undo_is_offered_for_the_seconds_that_the_kernel_says(stored: Place, show: Show) -> None:
    """They are ten (`tests/widgets/test_list.py`), and fewer here. Afterwards the focus moves on in the list."""
    stored.undo_seconds = 3
    page = List(show(SHOW))
    page.act("demo", "Delete")
    page.press("Delete")
    undo = page.root.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(undo).to_have_count(0)
    expect(page.root.locator(":focus")).to_have_count(1)
    assert stored.session.aliases() == ["openai-dev", "team", "writer"]


def test_delete_with_a_dependent_names_it_and_offers_to_disable_instead(stored: Place, show: Show) -> None:
    """Disabling keeps the profile. Deleting the connection all the same breaks it visibly."""
    depends(stored, "demo", "summaries")
    stored.session.create_profile("letters", connections="demo,writer", model="m")
    page = List(show(SHOW))
    page.act("demo", "Delete")
    asked = page.row("demo").get_by_role("alertdialog")
    expect(asked).to_contain_text("The profile summaries depends on it and would be left broken.")
    expect(asked).to_contain_text("The profile letters continues with its other connections.")
    expect(page.root.get_by_role("button", name="Disable instead")).to_be_focused()
    page.press("Disable instead")
    expect(page.switch("demo")).to_have_attribute("aria-checked", "false")
    assert (stored.session.get("demo").active, stored.session.dependents("demo")) == (False, ("letters", "summaries"))
    page.act("demo", "Delete")
    page.press("Delete anyway")
    expect(page.root).to_contain_text("Profiles left broken: summaries.")
    assert stored.session.aliases() == ["openai-dev", "team", "writer"]


# ---- a selection ------------------------------------------------------------------------------------------------------


def test_a_selection_is_disabled_enabled_tested_and_deleted(stored: Place, show: Show) -> None:
    """Each action applies to the whole selection, and undo restores all of it."""
    page = List(show(SHOW))
    page.select("demo", "openai-dev")
    expect(page.root.get_by_text("2 selected")).to_be_visible()
    page.press("Disable")
    expect(page.switch("openai-dev")).to_have_attribute("aria-checked", "false")
    assert [row.alias for row in stored.session.connections(active=True)] == ["writer"]
    page.root.get_by_role("checkbox", name="Select all that are shown").check()
    page.press("Enable")
    expect(page.switch("team")).to_have_attribute("aria-checked", "true")
    assert [row.alias for row in stored.session.connections(active=False)] == []
    page.select("writer")
    for alias in ("openai-dev", "team"):
        page.row(alias).get_by_role("checkbox").uncheck()
    page.press("Test")
    expect(page.cell("demo", "test")).to_contain_text("passed")
    expect(page.cell("writer", "test")).to_contain_text("unresolved")
    page.press("Delete")
    asked = page.root.get_by_role("alertdialog")
    expect(asked).to_contain_text("Delete 2 connections?")
    asked.get_by_role("button", name="Delete", exact=True).click()
    page.shows("openai-dev", "team")
    assert stored.session.aliases() == ["openai-dev", "team"]
    page.press("Undo")
    page.shows("writer", "demo", "openai-dev", "team")
    assert stored.session.aliases() == ["demo", "openai-dev", "team", "writer"]


# ---- empty ------------------------------------------------------------------------------------------------------------


def test_the_empty_list_says_what_a_connection_is_and_makes_the_demo(place: Place, show: Show) -> None:
    """One click makes the demo, which can be used at once."""
    page = List(show("%aiconn"))
    expect(page.root).to_contain_text("A connection is a named account with an AI provider.")
    page.press("Try the offline demo")
    page.shows("demo")
    assert (place.session.get("demo").provider, place.session.get("demo").name) == ("demo", "Offline demo")
    page.act("demo", "Use")
    expect(page.used("demo")).to_have_count(1)
    assert page.notebook.kernel("aiconn.client().chat('hello') != ''") is True


def test_the_first_connection_is_made_from_the_empty_list(place: Place, show: Show) -> None:
    """The form opens in the place of the list, and the new row has the focus afterwards."""
    page = List(show("%aiconn"))
    page.press("Create a connection")
    form = page.page.get_by_test_id("form")
    form.get_by_test_id("provider-demo").check()
    form.get_by_test_id("name").fill("My first")
    form.get_by_test_id("save").click()
    page.shows("my-first")
    expect(page.root).to_contain_text("Created my-first.")
    expect(page.row("my-first").get_by_role("button", name="Edit ")).to_be_focused()
    assert place.session.get("my-first").provider == "demo"


# ---- others -----------------------------------------------------------------------------------------------------------


def test_what_another_kernel_did_appears_on_focus_on_refresh_and_after_any_action(stored: Place, show: Show) -> None:
    """The changes are a new row, another name and a deleted row."""
    page = List(show(SHOW))
    stored.session.create("new", "demo", name="Zulu")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.shows("writer", "demo", "openai-dev", "team", "new")
    stored.session.edit("new", name="Alpha")
    page.press("Refresh")
    page.shows("new", "writer", "demo", "openai-dev", "team")
    stored.session.delete("new")
    page.switch("demo").click()
    page.shows("writer", "demo", "openai-dev", "team")


def test_a_row_that_changed_meanwhile_shows_both_values_instead_of_overwriting(stored: Place, show: Show) -> None:
    """The user may keep the stored value or switch all the same. Both leave the other user's change."""
    page = List(show(SHOW))
    page.settle()
    stored.session.edit("demo", name="Theirs")
    page.switch("demo").click()
    asked = page.row("demo").get_by_role("alertdialog")
    expect(asked).to_contain_text("Nothing was overwritten.")
    assert asked.locator("tbody tr").all_inner_texts() == ["Name\tOffline demo\tTheirs", "Active\toff\ton"]
    assert (stored.session.get("demo").name, stored.session.get("demo").active) == ("Theirs", True)
    page.press("Keep the stored version")
    expect(page.row("demo").get_by_role("alertdialog")).to_have_count(0)
    assert stored.session.get("demo").active is True
    stored.session.edit("demo", name="Theirs again")
    page.switch("demo").click()
    page.press("Switch it off anyway")
    expect(page.switch("demo")).to_have_attribute("aria-checked", "false")
    assert (stored.session.get("demo").name, stored.session.get("demo").active) == ("Theirs again", False)


def test_two_notebooks_at_once(stored: Place, show: Show) -> None:
    """Each kernel has its own connection in use. A change saved by one appears in the other when its tab is shown again."""
    one = List(show(SHOW))
    one.act("demo", "Use")
    expect(one.used("demo")).to_have_count(1)
    two = List(show(SHOW, name="two.ipynb"))
    expect(two.used("demo")).to_have_count(0)
    two.act("openai-dev", "Use")
    expect(two.used("openai-dev")).to_have_count(1)
    two.switch("team").click()
    two.act("writer", "Duplicate")
    expect(two.row("writer-copy")).to_be_visible()
    one.notebook.show()
    expect(one.row("writer-copy")).to_be_visible()
    expect(one.switch("team")).to_have_attribute("aria-checked", "true")
    assert one.notebook.kernel("kernel_session().using().alias") == "demo"
    assert two.notebook.kernel("kernel_session().using().alias") == "openai-dev"


def test_a_kernel_that_ended_is_said(stored: Place, show: Show) -> None:
    """A later click raises no error in the page, and the list says what to do."""
    page = List(show(SHOW, name="ended.ipynb"))
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.switch("demo").click()
    expect(page.page.locator(".aiconn-wait:visible")).to_contain_text("The kernel has ended. Run the cell again")
    assert stored.session.get("demo").active is True


@pytest.mark.parametrize("beside", [True, False])
def test_a_busy_kernel(beside: bool, stored: Place, show: Show) -> None:
    """If the kernel answers beside the running cell, everything is done at once. If it cannot, the list says so.

    Filter and sort work meanwhile, and no click is lost.
    """
    free = stored.folder / "free"
    notebook = show(name="busy.ipynb")
    if not beside:  # before the widget is made
        notebook.page.evaluate(f"() => {{ {KERNEL}.commsOverSubshells = 'disabled'; }}")
    notebook.become(stored.cells(SHOW))
    notebook.run()
    page = List(notebook)
    cell = f"import os, time\nwhile not os.path.exists({str(free)!r}): time.sleep(0.01)"
    page.page.evaluate(f"(code) => {{ {KERNEL}.requestExecute({{ code }}); }}", cell)
    page.switch("demo").click()
    page.switch("team").click()
    waiting = page.page.locator(".aiconn-wait:visible")
    if not beside:  # (otherwise JupyterLab may have sent it before it knew that it can)
        expect(waiting).to_contain_text("The kernel is busy. This will be done")
        assert stored.session.get("demo").active is True
    page.filter.fill("t")
    page.shows("writer", "team")
    page.filter.fill("")
    free.touch()
    expect(page.switch("demo")).to_have_attribute("aria-checked", "false")
    expect(page.switch("team")).to_have_attribute("aria-checked", "true")
    expect(waiting).to_have_count(0)
    assert (stored.session.get("demo").active, stored.session.get("team").active) == (False, True)


def test_a_reload_in_the_middle_of_a_test_and_of_an_undo(
    stored: Place, show: Show, lab: Server, slow: tuple[str, Event]
) -> None:
    """The reloaded page sees the running test and its end, and can still undo."""
    endpoint, go = slow
    stored.session.edit("team", settings={"endpoint": endpoint}, active=True)
    page = List(show(SHOW))
    page.act("team", "Test")
    expect(page.cell("team", "test")).to_contain_text("Reaching the host…")
    page.act("demo", "Delete")
    page.press("Delete")
    page.notebook.save()
    page.page.reload()
    page = List(Notebook.loaded(page.page, lab, page.notebook.name))
    expect(page.cell("team", "test")).to_contain_text("Reaching the host…")
    page.press("Undo")
    expect(page.row("demo")).to_be_visible()
    go.set()
    expect(page.cell("team", "test")).to_contain_text("passed")
    assert stored.session.aliases() == ["demo", "openai-dev", "team", "writer"]


# ---- keyboard and screen reader ---------------------------------------------------------------------------------------


def test_with_the_keyboard_alone(stored: Place, show: Show) -> None:
    """Tab reaches everything, the arrow keys go from row to row, and no key is a command of the notebook."""
    page = List(show(SHOW))
    keyboard = page.page.keyboard
    page.root.get_by_role("button", name="Create connection").focus()
    reached = []
    for _ in range(12):
        keyboard.press("Tab")
        reached.append(page.focused())
    assert reached[:4] == [
        "Filter connections",
        "All providersAnthropicDemoOpenAIOpenAI-compatible",
        *reached[2:4],
    ] or (reached[:3] == ["Filter connections", "Provider", "Active or inactive"])
    assert "Select all that are shown" in reached
    page.row("writer").get_by_role("switch").focus()
    keyboard.press("ArrowDown")
    expect(page.switch("demo")).to_be_focused()
    keyboard.press("Space")
    expect(page.switch("demo")).to_have_attribute("aria-checked", "false")
    keyboard.press("Enter")
    expect(page.switch("demo")).to_have_attribute("aria-checked", "true")
    assert stored.session.get("demo").version == 3
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    assert page.focused() == "Test Offline demo (demo)"
    cells = page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count()
    for key in ("d", "d", "x", "a", "b", "z", "Shift+Enter"):
        keyboard.press(key)
    assert page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count() == cells
    page.row("demo").get_by_role("button", name="Edit ").focus()
    keyboard.press("Delete")
    expect(page.root.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(page.row("demo").get_by_role("button", name="Delete ")).to_be_focused()
    keyboard.press("Enter")
    expect(page.root.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    keyboard.press("Enter")
    expect(page.root.get_by_role("button", name="Undo")).to_be_focused()
    assert "demo" not in stored.session.aliases()
    keyboard.press("Enter")
    expect(page.row("demo").get_by_role("button", name="Edit ")).to_be_focused()
    assert "demo" in stored.session.aliases()


def test_saving_the_notebook_stays_jupyterlabs(stored: Place, show: Show) -> None:
    """JupyterLab keeps that key while the focus is in the list."""
    page = List(show(SHOW))
    page.filter.focus()
    expect(page.page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(1)
    page.page.keyboard.press("Control+s")
    expect(page.page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)


def test_what_happens_is_read_out(stored: Place, show: Show) -> None:
    """One live region announces all of it."""
    page = List(show(SHOW))
    voice = page.root.locator("xpath=../div[contains(@class, 'aiconn-voice')]")
    expect(voice).to_have_attribute("aria-live", "polite")
    page.sort("Modified")
    expect(voice).to_have_text("Sorted by Modified, ascending.")
    page.act("demo", "Test")
    expect(voice).to_have_text("demo: the test passed.")
    page.act("demo", "Delete")
    page.press("Delete")
    expect(voice).to_contain_text("Undo is offered for 600 seconds.")


# ---- without a widget -------------------------------------------------------------------------------------------------


def test_a_saved_notebook_shows_the_list_without_the_widget(stored: Place, show: Show) -> None:
    """The page of nbconvert has the same table, without a broken widget or a secret."""
    from nbconvert import HTMLExporter

    stored.session.create("sealed", "openai", settings={"api_key": "canary-sealed-0123456789"})
    page = List(show("%aiconn", name="saved.ipynb"))
    page.notebook.save()
    saved = stored.folder / "saved.ipynb"
    html, _ = HTMLExporter().from_filename(str(saved))
    body = html[html.index("<body") :]
    for alias in stored.session.aliases():
        assert alias in body
    assert "Claude &lt;b&gt;for&lt;/b&gt; &amp;amp; writing" in body
    assert "widget-view+json" not in body
    assert "canary-sealed-0123456789" not in saved.read_text() + html


def test_a_list_alone_and_in_a_box(stored: Place, show: Show) -> None:
    """`ConnectionList` is a widget like any other."""
    page = List(show("import ipywidgets\nbox = ipywidgets.VBox([aiconn.ConnectionList()]); box"))
    page.act("demo", "Edit")
    expect(page.row("demo")).to_contain_text(ListAlone(form="ConnectionForm", alias="demo").hint)


def test_a_page_is_not_asked_to_load_anything_from_elsewhere(lab_page: object, outside: list[str]) -> None:
    """JupyterLab, the widgets and their icons come from this machine alone."""
    assert outside == []


def test_after_a_form_has_deleted_its_connection_undo_has_the_focus(stored: Place, show: Show) -> None:
    """As after a deletion in the list itself."""
    page = List(show("%aiconn"))
    page.settle()
    page.row("demo").get_by_role("button", name="Edit ").press("Enter")
    form = Form(page.notebook)
    form.part("delete").press("Enter")
    form.part("ask").get_by_role("button", name="Delete", exact=True).press("Enter")
    undo = List(page.notebook).root.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(page.row("demo").get_by_role("button", name="Edit ")).to_be_focused()


def test_a_long_reference_breaks_after_a_colon(place: Place, show: Show) -> None:
    """Its text stays as it is."""
    place.session.create(
        "foundry", "microsoft-foundry", name="Foundry", settings={"endpoint": "$Azure:Foundry:Endpoint"}
    )
    cell = List(show(SHOW)).cell("foundry", "resolves")
    expect(cell).to_contain_text("$Azure:Foundry:Endpoint")
    assert cell.locator("wbr").count() >= 2
