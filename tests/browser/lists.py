"""The list as a user finds it in a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from .lab import Notebook, theme

__all__ = ["SHOW", "List", "theme", "violations"]

SHOW = "manager = aiconn.manager(); manager"


class List:
    """The list in an open notebook."""

    name = "Connections"

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.root: Locator = panel.get_by_role("region", name=self.name, exact=True)
        expect(self.root).to_be_visible()

    def settle(self) -> None:
        """Wait until the kernel has welcomed the page. The list shows no later save of others by itself."""
        self.press("Refresh")
        expect(self.root.locator("xpath=../div[contains(@class, 'aiconn-voice')]")).to_have_text(
            "The list is up to date."
        )

    def row(self, alias: str) -> Locator:
        """Return the row of a connection, with what is below it."""
        return self.root.locator(".aiconn-item").filter(has=self.page.locator(f'.aiconn-alias:text-is("{alias}")'))

    def cell(self, alias: str, column: str) -> Locator:
        """Return a cell of a row."""
        return self.row(alias).locator(f".aiconn-c-{column}")

    def act(self, alias: str, action: str) -> None:
        """Press one of a row's buttons: Use, Test, Edit, Duplicate or Delete."""
        self.row(alias).get_by_role("button", name=f"{action} ").click()

    def used(self, alias: str) -> Locator:
        """Return the mark of the connection in use."""
        return self.row(alias).locator(".aiconn-badge:visible")

    def switch(self, alias: str) -> Locator:
        """Return the switch of a row."""
        return self.row(alias).get_by_role("switch")

    def select(self, *aliases: str) -> None:
        """Select rows."""
        for alias in aliases:
            self.row(alias).get_by_role("checkbox").check()

    def press(self, words: str) -> None:
        """Press the button with these words."""
        self.root.get_by_role("button", name=words, exact=True).click()

    @property
    def filter(self) -> Locator:
        """Return the field of the text filter."""
        return self.root.get_by_role("searchbox")

    def choose(self, name: str, words: str) -> None:
        """Choose an option of one of the selects. The environment is in the bar of the manager."""
        place = self.root if name != "Environment" else self.root.locator("xpath=../../..")
        place.get_by_role("combobox", name=name, exact=True).select_option(words)

    def sort(self, column: str) -> None:
        """Sort by a column. A second call reverses the order."""
        self.root.locator("thead").get_by_role("button", name=column, exact=True).click()

    @property
    def aliases(self) -> list[str]:
        """Return the aliases that are shown, from top to bottom."""
        return self.root.locator(".aiconn-item:not([hidden]) .aiconn-alias").all_text_contents()

    def shows(self, *aliases: str) -> None:
        """Wait until exactly these rows are shown, in this order."""
        expect(self.root.locator(".aiconn-item:not([hidden]) .aiconn-alias")).to_have_text(list(aliases))

    def remembered(self, **look: Any) -> None:
        """Wait until the kernel remembers this filter and order of the list."""
        self.notebook.until("manager.list._look", lambda held: look.items() <= held.items())

    def focused(self) -> str:
        """Return the name of the element with the focus."""
        script = "() => { const it = document.activeElement; return it.ariaLabel || it.textContent || it.tagName; }"
        return str(self.page.evaluate(script))


def violations(root: Locator, *rules: str) -> list[Any]:
    """Return what axe-core finds wrong with a part of the page, by all rules of WCAG 2.2 A and AA and its best practices.

    ``rules`` limits the check to some rules: a theme changes only colours.
    """
    from axe_playwright_python.sync_playwright import Axe

    page = root.page
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate(_AXE, [".jp-NotebookPanel:not(.lm-mod-hidden) .aiconn-shell", options])
    return [(each["id"], node["html"][:200], node["failureSummary"]) for each in found for node in each["nodes"]]


_AXE = """async ([selector, options]) => {
  const shells = [...document.querySelectorAll(selector)].filter((it) => it.offsetWidth);
  return (await axe.run({ include: shells }, options)).violations;
}"""
