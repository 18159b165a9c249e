"""In a real JupyterLab, the lists have filters and tags, and a note appears if there is no settings file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Place
from .gallery import Gallery
from .lab import Notebook
from .lists import SHOW, List
from .profiles import Profiles

Show = Callable[..., Notebook]


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with two connections that resolve, one that does not, and three profiles."""
    session = place.session
    session.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat", tags="prose, night")
    session.create_profile("critic", connections="claude,demo", model="demo-chat")
    session.create_profile("search", connections="demo", model="demo-embed", capability="embedding")
    return place


def test_connections_are_filtered_by_capability_and_by_whether_they_resolve(stored: Place, show: Show) -> None:
    """The filters work together and each alone."""
    page = List(show(SHOW))
    page.choose("Resolves here or not", "Does not resolve")
    page.shows("claude")
    page.choose("Resolves here or not", "Resolves here")
    page.shows("demo", "openai-dev")
    page.choose("Resolves here or not", "Resolves or not")
    page.choose("Capability", "Embedding")
    page.shows("demo", "openai-dev")
    page.choose("Capability", "Chat")
    page.shows("claude", "demo", "openai-dev")


def test_profiles_have_a_column_of_tags_and_are_filtered(stored: Place, show: Show) -> None:
    """The filters are the capability, an unresolved connection, and a tag in the search."""
    page = Profiles.chosen(show(SHOW))
    expect(page.cell("writer", "tags")).to_contain_text("prose")
    expect(page.cell("writer", "tags")).to_contain_text("night")
    page.choose("Capability", "embedding")
    page.shows("search")
    page.choose("Capability", "All capabilities")
    page.choose("Resolves here or not", "One does not resolve")
    page.shows("critic")
    page.choose("Resolves here or not", "Resolves or not")
    page.filter.fill("night")
    page.shows("writer")


def test_without_a_settings_file_one_is_offered(stored: Place, show: Show) -> None:
    """One click creates the file beside the notebook, and the note disappears."""
    for file in stored.folder.glob("appsettings*.json"):
        file.unlink()
    page = List(show(SHOW))
    note = page.root.get_by_test_id("no-settings")
    note.get_by_role("button", name="Create one here").click()
    expect(note).to_have_count(0)
    expect(page.root.get_by_text("Made ").first).to_be_visible()
    assert (stored.folder / "appsettings.json").exists()


def test_the_offer_of_a_settings_file_can_be_dismissed(stored: Place, show: Show) -> None:
    """The note stays away in this kernel, in both lists and after a refresh."""
    for file in stored.folder.glob("appsettings*.json"):
        file.unlink()
    notebook = show(SHOW)
    page = List(notebook)
    page.root.get_by_test_id("no-settings").get_by_role("button", name="Dismiss").click()
    expect(page.root.get_by_test_id("no-settings")).to_have_count(0)
    page.press("Refresh")
    page = Profiles.chosen(notebook)
    page.shows("critic", "search", "writer")
    expect(page.root.get_by_test_id("no-settings")).to_have_count(0)
    assert not (stored.folder / "appsettings.json").exists()


def test_the_bar_and_the_filters_fit_everywhere(stored: Place, show: Show, gallery: Gallery) -> None:
    """The test looks at them in every theme and width, in production as well."""
    notebook = show(SHOW)
    page = List(notebook)
    page.shows("claude", "demo", "openai-dev")
    page.choose("Environment", "Production")
    manager = page.root.locator("xpath=../../..")
    expect(manager.get_by_test_id("production")).to_be_visible()
    gallery.take("bar", manager)
    page = Profiles.chosen(notebook)
    page.shows("critic", "search", "writer")
    gallery.take("profiles", page.root.locator("xpath=../../.."))
