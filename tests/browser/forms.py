"""The form as a user finds it in a page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .lab import Notebook

NEW = "form = aiconn.ConnectionForm(); form"


def remembered(notebook: Notebook, form: str, name: str) -> None:
    """Wait until a form in the kernel remembers what was typed as the name. A page that ends before may take it along."""
    notebook.until(f"[each['name'] for each in {form}._kept.values()]", lambda names: names == [name])


class Form:
    """A form in an open notebook: the first one, or the one with this number."""

    test_id = "form"

    def __init__(self, notebook: Notebook, number: int = 0) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.root: Locator = panel.get_by_test_id(self.test_id).nth(number)
        expect(self.root).to_be_visible()

    def __getitem__(self, key: str) -> Locator:
        """Return the input of a provider's field."""
        return self.root.get_by_test_id(f"input-{key}")

    def part(self, name: str) -> Locator:
        """Return a part that has a name: ``save``, ``alias``, ``message`` ..."""
        return self.root.get_by_test_id(name)

    def field(self, key: str) -> Locator:
        """Return everything that belongs to a provider's field."""
        return self.root.get_by_test_id(f"field-{key}")

    def click(self, words: str) -> None:
        """Click the button with these words."""
        self.root.get_by_role("button", name=words, exact=True).click()

    def pick(self, provider: str) -> None:
        """Choose a provider."""
        self.part(f"provider-{provider}").check()

    def settle(self) -> None:
        """Wait until the kernel has answered the first check. The form shows no later save of others by itself."""
        expect(self.root).to_have_attribute("aria-busy", "false")

    def fill(self, provider: str | None = None, name: str | None = None, **texts: str) -> None:
        """Fill in several inputs."""
        if provider:
            self.pick(provider)
        if name is not None:
            self.part("name").fill(name)
        for key, text in texts.items():
            self[key].fill(text)

    def save(self) -> None:
        """Save, and wait until this has succeeded."""
        self.part("save").click()
        self.saved()

    def saved(self) -> None:
        """Wait until the form says that it was saved."""
        expect(self.part("message")).to_be_visible()  # it hides as soon as a save begins
        expect(self.part("message")).to_contain_text(re.compile("Created|Saved"))

    def focused(self) -> str:
        """Return the test id, or otherwise the words, of the element with the focus."""
        found: Any = self.page.evaluate(
            "() => { const it = document.activeElement; return it.dataset.testid || it.textContent || it.tagName; }"
        )
        return str(found)
