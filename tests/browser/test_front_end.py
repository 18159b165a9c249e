"""Widgets work in boxes and side bars, after a restart, in a notebook without its kernel, and on several pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from aiconn_nb.ui.render import Cell, Table
from aiconn_nb.ui.render.html import as_html

from .conftest import Place
from .forms import Form, remembered
from .lab import Notebook, Server
from .lists import List
from .profiles import Profiles, furnish, tab

Show = Callable[..., Notebook]
RESTART = """(name) => [...window.jupyterapp.shell.widgets('main')].find((each) => each.context?.path === name)
  .sessionContext.session.kernel.restart()"""
WIDGETS = {
    "list": "aiconn.ConnectionList()",
    "profiles": "aiconn.ProfileList()",
    "form": "aiconn.ConnectionForm('openai-development-of-the-team')",
    "new form": "aiconn.ConnectionForm(provider='openai')",
    "profile form": "aiconn.ProfileForm('tutor')",
    "manager": "aiconn.manager()",
}
OVERLAPS = """() => {
  const wrong = [];
  const shells = document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .aiconn-shell');
  const shell = [...shells].find((it) => it.offsetWidth);
  const box = shell.getBoundingClientRect();
  const isControl = (it) => ['INPUT', 'SELECT', 'TEXTAREA'].includes(it.tagName);
  const hasText = (it) => [...it.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  const isForVoice = (it) => getComputedStyle(it).clipPath === 'inset(50%)';  // only a screen reader reads it
  const isShown = (it) => it.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !isForVoice(it);
  const seen = [...shell.querySelectorAll('*')].filter((it) => !it.closest('.aiconn-voice, svg, option') && isShown(it)
    && (hasText(it) || isControl(it) || it.tagName === 'BUTTON'));
  const isInline = (it) => getComputedStyle(it).display === 'inline';
  const lines = (it) => (isInline(it) ? [...it.getClientRects()] : [it.getBoundingClientRect()]);
  const isScrolledAway = (it, rect) => {  // the picker scrolls: what is below its edge is not shown
    const scroller = it.closest('.aiconn-many')?.getBoundingClientRect();
    return scroller && (rect.bottom > scroller.bottom || rect.top < scroller.top);
  };
  const isDrawn = (it, rect) => rect.width && rect.height && !isScrolledAway(it, rect);
  const rects = seen.flatMap((it) => lines(it).filter((rect) => isDrawn(it, rect)).map((rect) => [it, rect]));
  const name = (it) => `${it.tagName}.${it.className} ${(it.textContent || it.ariaLabel || it.value || '').slice(0, 40)}`;
  const inside = '.aiconn-locked, .aiconn-clearable, .aiconn-adding, .aiconn-search, .aiconn-card'; // a drawing in its input
  for (const [i, [one, a]] of rects.entries()) {
    if (a.right > box.right + 1 || a.left < box.left - 1) wrong.push(['outside', name(one)]);
    if (!isControl(one) && !isInline(one) && one.scrollWidth > one.clientWidth + 1)
      wrong.push(['cut off', name(one)]);
    for (const [two, b] of rects.slice(i + 1)) {
      if (one.contains(two) || two.contains(one)) continue;
      if (one.parentElement === two.parentElement && one.parentElement.matches(inside)) continue;
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 1.5 && height > 1.5) wrong.push(['overlap', name(one), name(two)]);
    }
  }
  return wrong;
}"""

MOVING = """() => [...document.querySelectorAll('.aiconn-shell *')].filter((it) => {
  const { animationName, transitionDuration } = getComputedStyle(it);
  return animationName !== 'none' || transitionDuration !== '0s';
}).length"""


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with connections and profiles of every kind, some with long names."""
    furnish(place.session)
    place.session.create(
        "openai-development-of-the-team",
        "openai",
        name="Averyveryverylongnamewithoutanyspaces",
        settings={"api_key": "$OpenAI:ApiKey", "organization": "$OpenAI:OrganizationOfTheWholeTeam"},
    )
    place.session.edit_profile("tutor", options={"temperature": 0.2, "max_tokens": 123456})
    place.session.edit_profile("tutor", options={"max_tokens": 654321})
    return place


# ---- width ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widget", WIDGETS)
def test_beside_something_else_it_has_a_usable_width(widget: str, stored: Place, show: Show) -> None:
    """In an HBox it takes the remaining width, alone or beside a label, and in a VBox the whole width."""
    boxes = f"W.HBox([{WIDGETS[widget]}]), W.HBox([W.Label('beside'), {WIDGETS[widget]}]), W.VBox([{WIDGETS[widget]}])"
    notebook = show(f"import ipywidgets as W\nfrom IPython.display import display\ndisplay({boxes})")
    output = notebook.cell(1).locator(".jp-OutputArea").first
    shells = output.locator(".aiconn-shell:visible").filter(
        has=notebook.page.locator(".aiconn:not(.aiconn-tabs, .aiconn-status)")
    )
    expect(shells).to_have_count(3)
    room = output.bounding_box()["width"]  # type: ignore[index]
    widths = [box["width"] for shell in shells.all() if (box := shell.bounding_box())]
    assert all(width > 0.8 * room for width in widths), (room, widths)


@pytest.mark.parametrize("width", [250, 320])
@pytest.mark.parametrize("widget", WIDGETS)
def test_in_a_side_bar_nothing_overlaps_or_is_cut_off(widget: str, width: int, stored: Place, show: Show) -> None:
    """Every text and every control is within the widget, whole, and beside the others."""
    notebook = show(
        f"import ipywidgets as W\nW.Box([{WIDGETS[widget]}], layout=W.Layout(width='{width}px', display='block'))"
    )
    expect(notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .aiconn-shell:visible").first).to_be_visible()
    if "form" in widget:
        expect(notebook.page.get_by_test_id("name").locator("visible=true")).to_be_visible()
    assert notebook.page.evaluate(OVERLAPS) == []


def test_a_number_in_a_table_is_on_one_line(stored: Place, show: Show) -> None:
    """This holds however narrow the comparison of two versions is."""
    notebook = show(
        "import ipywidgets as W\nW.Box([aiconn.ProfileForm('tutor')], layout=W.Layout(width='250px', display='block'))"
    )
    panel = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.get_by_test_id("tab-history").click()
    panel.get_by_test_id("compare-2").click()
    number = panel.get_by_text("123456", exact=True).last
    expect(number).to_be_visible()
    assert number.evaluate("(it) => it.getClientRects().length") == 1


# ---- the kernel is gone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widget", WIDGETS)
def test_after_a_restart_it_says_so_at_the_top_and_is_disabled(widget: str, stored: Place, show: Show) -> None:
    """Nothing can be typed or chosen, and no button promises an action."""
    notebook = show(WIDGETS[widget], name="restarted.ipynb")
    page = notebook.page
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    root = panel.locator(".aiconn:visible").last
    expect(root.get_by_role("button").first).to_be_visible()
    page.evaluate(RESTART, notebook.name)
    said = panel.get_by_text("The kernel has ended").locator("visible=true")
    expect(said.first).to_be_visible()
    first = root.locator("input, select").locator("visible=true").first
    assert said.first.bounding_box()["y"] < first.bounding_box()["y"]  # type: ignore[index]
    for control in root.locator("input, select, textarea").locator("visible=true").all():
        expect(control).not_to_be_editable()
    for button in root.locator("button:not([aria-disabled])").locator("visible=true").all()[:8]:
        button.click()
    page.wait_for_timeout(800)
    text = panel.inner_text()
    page.page_errors.clear()  # type: ignore[attr-defined]  # JupyterLab's own, of its restart
    assert "will be done" not in text
    assert (len(stored.session.aliases()), len(stored.session.profile_aliases())) == (6, 6)


@pytest.mark.parametrize("cell", ["%aiconn", "aiconn.ConnectionList()", "aiconn.ProfileList()"])
def test_a_notebook_without_its_kernel_shows_the_list(cell: str, stored: Place, show: Show) -> None:
    """The list is static HTML, which is hidden while the widget is alive."""
    notebook = show(cell, name="reopened.ipynb")
    page, alias = notebook.page, "tutor" if "Profile" in cell else "claude-writing"
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(panel.locator(".aiconn-alias", has_text=alias).first).to_be_visible()
    expect(panel.locator(".aiconn-saved")).to_be_hidden()
    notebook.save()
    notebook.close()
    opened = Notebook.open(page, notebook.server, notebook.name)
    expect(panel.locator(".aiconn-saved").get_by_text(alias, exact=True).first).to_be_visible()
    expect(panel.locator(".aiconn-saved")).to_contain_text("Run the cell again")
    opened.run()
    expect(panel.locator(".aiconn-saved")).to_be_hidden()


def test_an_untrusted_notebook_keeps_the_colours(place: Place, lab: Server, lab_page: Page) -> None:
    """JupyterLab removes most styles from a notebook that another program has run. A tone has only what stays."""
    tones = ("good", "bad", "warn", "quiet", "code")
    html = as_html(Table(("a",), tuple((Cell(tone, tone),) for tone in tones)))  # type: ignore[arg-type]
    name = lab.write("untrusted.ipynb", ["1"], place.name)
    book = nbformat.read(lab.root / name, as_version=4)
    book.cells[0].outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    nbformat.write(book, lab.root / name)
    notebook = Notebook.open(lab_page, lab, name)
    shown = notebook.cell(0).locator("td span")
    expect(shown.last).to_be_visible()
    kept = [each.get_attribute("style") for each in shown.all()]
    assert kept == re.findall(r'<span style="([^"]*)"', html)
    notebook.close()


# ---- several pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def other_page(new_context: Callable[..., BrowserContext], lab: Server) -> Any:
    """Yield a function that shows a notebook in another window, with the same kernel."""
    pages: list[Page] = []

    def open_there(notebook: Notebook) -> Notebook:
        notebook.save()
        page = new_context().new_page()
        pages.append(page)
        there = Notebook.load(page, lab, notebook.name)
        assert there.kernel_id == notebook.kernel_id
        return there

    yield open_there
    for page in pages:
        page.close()


def test_what_one_person_opens_moves_no_one_elses_cursor(stored: Place, show: Show, other_page: Any) -> None:
    """A form, a tab, a question and a message appear on the page that asked. Saved changes appear on all."""
    notebook = show("manager = aiconn.manager(); manager", name="shared.ipynb")
    mine = List(notebook)
    there = other_page(notebook)
    theirs = List(there)
    theirs.filter.click()
    expect(theirs.filter).to_be_focused()
    mine.act("demo", "Edit")
    form = Form(notebook)
    form.part("name").fill("Renamed here")
    expect(theirs.row("demo")).to_be_visible()
    expect(there.page.get_by_test_id("form").locator("visible=true")).to_have_count(0)
    form.part("save").click()
    expect(theirs.row("demo")).to_contain_text("Renamed here")
    expect(theirs.filter).to_be_focused()
    expect(theirs.root.locator(".aiconn-note:visible")).to_have_count(0)
    expect(mine.row("demo").get_by_role("button", name="Edit ")).to_be_focused()
    expect(mine.root.locator(".aiconn-note:visible")).to_contain_text("Saved demo.")
    mine.act("spare", "Delete")
    expect(mine.root.get_by_role("alertdialog")).to_be_visible()
    expect(theirs.root.get_by_role("alertdialog")).to_have_count(0)
    tab(notebook, "Profiles").click()
    Profiles(notebook)
    expect(theirs.row("demo")).to_be_visible()
    expect(theirs.filter).to_be_focused()


def test_two_forms_at_once(stored: Place, show: Show, other_page: Any) -> None:
    """Each page has its own form, and the text typed in one survives the end of the other."""
    notebook = show("manager = aiconn.manager(); manager", name="two-forms.ipynb")
    mine = List(notebook)
    there = other_page(notebook)
    mine.act("demo", "Edit")
    mine_form = Form(notebook)
    List(there).act("spare", "Edit")
    panel = there.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    name = panel.get_by_test_id("name").locator("visible=true")
    name.fill("Typed there")
    mine_form.part("cancel").click()
    expect(mine.row("demo")).to_be_visible()
    expect(name).to_have_value("Typed there")
    expect(name).to_be_focused()
    remembered(there, "manager.form", "Typed there")
    there.page.reload(wait_until="domcontentloaded")
    expect(name).to_have_value("Typed there")


# ---- motion -----------------------------------------------------------------------------------------------------------


def test_where_less_motion_is_wanted_nothing_moves(stored: Place, show: Show) -> None:
    """No animation and no transition is left, although a bar normally counts down there."""
    page = List(show("manager = aiconn.manager(); manager"))
    page.act("openai-development-of-the-team", "Delete")
    page.press("Delete")
    expect(page.root.get_by_role("button", name="Undo")).to_be_visible()
    assert page.page.evaluate(MOVING) > 0
    page.page.emulate_media(reduced_motion="reduce")
    try:
        assert page.page.evaluate(MOVING) == 0
    finally:
        page.page.emulate_media(reduced_motion="no-preference")
