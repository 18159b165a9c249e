"""The form of a connection, while somebody else saves at the same moment."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Place
from .forms import Form
from .lab import Notebook
from .test_list import KERNEL


def test_what_arrives_while_it_saves_takes_nothing_away(place: Place, show: Callable[..., Notebook]) -> None:
    """Somebody's version is shown by the kernel after Save was pressed and before it is answered: what was typed is still there."""
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
    expect(form.part("ask")).to_contain_text("This connection was changed meanwhile")
    expect(form.part("ask")).to_contain_text("Mine")
    expect(form.part("name")).to_have_value("Mine")
