"""The form of a connection loses nothing while another user saves at the same moment."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Place
from .forms import Form
from .lab import Notebook
from .test_list import KERNEL


def test_what_arrives_while_it_saves_takes_nothing_away(place: Place, show: Callable[..., Notebook]) -> None:
    """Another user's version arrives after Save was pressed and before it is answered, and the typed text is still there."""
    place.session.create("demo", "demo", name="Before")
    free = place.folder / "free"
    notebook = show(name="busy.ipynb")
    notebook.page.evaluate(f"() => {{ {KERNEL}.commsOverSubshells = 'disabled'; }}")
    notebook.become(place.cells("form = aiconn.ConnectionForm('demo'); form"))
    notebook.run()
    form = Form(notebook)
    form.part("name").fill("Mine")
    cell = (
        f"import os, time\nwhile not os.path.exists({str(free)!r}): time.sleep(0.01)\n"
        "form.session.edit('demo', name='Theirs'); form._show(form.session.get('demo'))"
    )
    notebook.page.evaluate(f"(code) => {{ {KERNEL}.requestExecute({{ code }}); }}", cell)
    form.part("save").click()
    expect(form.part("save")).to_have_text("Saving…")
    free.touch()
    expect(form.part("ask")).to_contain_text("This connection was changed in the meantime")
    expect(form.part("ask")).to_contain_text("Mine")
    expect(form.part("name")).to_have_value("Mine")


def test_what_others_save_takes_no_cursor_away(place: Place, show: Callable[..., Notebook]) -> None:
    """The other version is drawn while the cursor is in a field whose whole text is selected. The next letters go there."""
    place.session.create("demo", "demo", name="Before")
    notebook = show("form = aiconn.ConnectionForm('demo'); form")
    form = Form(notebook)
    form.part("name").focus()
    form.part("name").select_text()
    place.session.edit("demo", name="Theirs")
    notebook.page.evaluate(f"() => {{ {KERNEL}.requestExecute({{ code: 'form.refresh()' }}); }}")
    expect(form.part("name")).to_have_value("Theirs")
    assert form.focused() == "name"
    notebook.page.keyboard.insert_text("Mine")
    expect(form.part("name")).to_have_value("Mine")
    notebook.page.keyboard.press("Enter")
    form.saved()
    assert place.session.get("demo").name == "Mine"


def test_a_form_that_is_drawn_anew_keeps_the_focus(place: Place, show: Callable[..., Notebook]) -> None:
    """Any element keeps it, so a user of the keyboard is not thrown out of the form."""
    place.session.create("demo", "demo", name="Before")
    notebook = show("form = aiconn.ConnectionForm('demo'); form")
    form = Form(notebook)
    for number, kept in enumerate(("active", "lock", "cancel", "test-button")):
        form.part(kept).focus()
        place.session.edit("demo", name=f"Name {number}")
        notebook.page.evaluate(f"() => {{ {KERNEL}.requestExecute({{ code: 'form.refresh()' }}); }}")
        expect(form.part("name")).to_have_value(f"Name {number}")
        assert form.focused() == kept
