"""The Profiles tab as a user finds it in a page: the tabs, the list and the form."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from aiconn_nb import Session

from .forms import Form
from .lab import Notebook
from .lists import List

SHOW = "manager = aiconn.manager(); manager"
NEW = "form = aiconn.ProfileForm(); form"


class Profiles(List):
    """The list of profiles in an open notebook."""

    name = "Profiles"

    @classmethod
    def chosen(cls, notebook: Notebook) -> Profiles:
        """Choose its tab in the manager, and return the list."""
        tab(notebook, "Profiles").click()
        return cls(notebook)

    def health(self, alias: str) -> Locator:
        """Return the cell with the health of a profile."""
        return self.cell(alias, "health")

    def links(self, alias: str) -> list[str]:
        """Return the connections of a profile in order, each with its state."""
        return [" ".join(words.split()) for words in self.row(alias).locator(".aiconn-link-item").all_inner_texts()]

    def star(self, alias: str) -> Locator:
        """Return the button that makes a profile the default."""
        return self.row(alias).get_by_role("button", name="Default for ")


class ProfileForm(Form):
    """The form of a profile in an open notebook."""

    test_id = "profile-form"

    def add(self, *aliases: str) -> None:
        """Add connections by typing their aliases."""
        for alias in aliases:
            self["connections"].fill(alias)
            self["connections"].press("Enter")

    def order(self, *aliases: str) -> None:
        """Wait until exactly these connections are chosen, in this order."""
        expect(self.root.locator(".aiconn-order-name > .aiconn-code")).to_have_text(list(aliases))

    def control(self, action: str, alias: str) -> Locator:
        """Return a button of a chosen connection: ``Move up``, ``Move down`` or ``Remove``."""
        verb, _, way = action.partition(" ")
        return self.root.get_by_role("button", name=" ".join(filter(None, (verb, alias, way))), exact=True)

    def listed(self) -> None:
        """Wait until the live list is there."""
        expect(self.part("models")).to_contain_text(re.compile(r"lists \d+ model"))


def tab(notebook: Notebook, name: str) -> Locator:
    """Return a tab of the manager."""
    panel = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    return panel.get_by_role("tab", name=name, exact=True)


def furnish(session: Session, **endpoints: str) -> None:
    """Create the connections and profiles that a user has after some weeks, in every state of health."""
    for alias, provider, name, settings in (
        ("openai-dev", "openai", "OpenAI development", {"api_key": "$OpenAI:ApiKey"}),
        ("claude-writing", "anthropic", "Claude for <writing>", {"api_key": "$Anthropic:ApiKey"}),
        ("gemini", "google", "Gemini", {"api_key": "a-sealed-literal-0123"}),
        ("demo", "demo", "Offline demo", {}),
        ("spare", "demo", "Spare demo", {}),
        ("old", "demo", "Old demo", {}),
    ):
        session.create(alias, provider, name=name, settings=settings)
    made: tuple[tuple[str, dict[str, Any]], ...] = (
        (
            "writer",
            {"connections": "demo,spare", "model": "demo-chat", "name": "Writer", "default": True, "temperature": 0.7},
        ),
        (
            "tutor",
            {
                "connections": "claude-writing,demo",
                "model": "claude-sonnet",
                "name": "Tutor for <beginners>",
                "tags": "class, en",
            },
        ),
        (
            "summaries",
            {"connections": "openai-dev", "model": "gpt-4.1-mini", "name": "Summaries of papers", "tags": "papers"},
        ),
        ("archive", {"connections": "gemini", "model": "gemini-flash", "name": "Archive"}),
        ("reviewer", {"connections": "demo,old", "model": "demo-chat", "name": "Reviewer"}),
        (
            "search",
            {
                "connections": "demo",
                "model": "demo-embed",
                "name": "Search",
                "capability": "embedding",
                "default": True,
            },
        ),
    )
    for alias, given in made:
        session.create_profile(alias, **given)
    session.disable("gemini")
    session.delete("old", force=True)
