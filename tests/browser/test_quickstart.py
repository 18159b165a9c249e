"""The quickstart runs from top to bottom in a real JupyterLab."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect

from aiconn_nb.errors import ConnectionInactive, ConnectionNotFound
from aiconn_nb.model.hint import Interface, shown_in

from .conftest import Place
from .lab import Notebook, Server

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"


def test_the_quickstart_runs_in_jupyterlab(lab: Server, lab_page: Page, place: Place, screenshots: Path) -> None:
    """Every answer is a table or a card, each of the two errors is two lines without a traceback, and nothing else fails."""
    for settings in NOTEBOOKS.glob("appsettings*.json"):
        shutil.copy(settings, place.folder)
    notebook = nbformat.read(NOTEBOOKS / "quickstart.ipynb", as_version=4)
    where = f"%env AICONN_CONFIG_HOME={place.keys}"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(where))
    nbformat.write(notebook, place.folder / "quickstart.ipynb")
    shown = Notebook.open(lab_page, lab, f"{place.name}/quickstart.ipynb")
    try:
        shown.run()
        panel = lab_page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        errors = panel.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
        with shown_in(Interface.NOTEBOOK):
            mistyped = ConnectionNotFound(alias="tour-dmo", nearest="tour-demo")
            expect(errors).to_have_text(
                [f"ConnectionNotFound: {mistyped}", f"ConnectionInactive: {ConnectionInactive(alias='tour-demo')}"]
            )
        expect(panel).to_contain_text("demo-chat answered")
        for theme in ("Light", "Dark"):
            lab_page.evaluate(
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {theme}"
            )
            shown.cell(6).scroll_into_view_if_needed()
            lab_page.screenshot(path=screenshots / f"quickstart-{theme.lower()}.png")
    finally:
        lab_page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})"
        )
        shown.close()
