"""In every state, theme and width, the list is whole, and axe-core finds no violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from playwright.sync_api import expect

from aiconn_nb.model.connection import Connection

from .conftest import Place
from .gallery import Gallery
from .lab import Notebook
from .lists import SHOW, List, violations
from .test_list import depends, slow, unresolved

__all__ = ["slow"]

Show = Callable[..., Notebook]
Look = Callable[[str, int], None]


def furnish(place: Place, endpoint: str) -> None:
    """Create what a data scientist has after some weeks."""
    session = place.session
    for alias, provider, name, settings in (
        ("openai-dev", "openai", "OpenAI development", {"api_key": "$OpenAI:ApiKey"}),
        ("claude-writing", "anthropic", "Claude for <writing>", {"api_key": "$Anthropic:ApiKey"}),
        ("gemini", "google", "Gemini", {"api_key": "a-sealed-literal-0123"}),
        ("team-gateway", "openai-compatible", "The team's gateway in Frankfurt", {"endpoint": endpoint}),
        ("broken-gateway", "openai-compatible", "Old gateway", {"endpoint": "http://127.0.0.1:9/v1"}),
        (
            "foundry-eu",
            "microsoft-foundry",
            "Foundry Europe",
            {"endpoint": "$Azure:Foundry:Endpoint", "api_key": "$Azure:Key"},
        ),
        ("demo", "demo", "Offline demo", {}),
    ):
        session.create(alias, provider, name=name, settings=settings)
    session.disable("gemini")
    depends(place, "openai-dev", "summaries")
    depends(place, "openai-dev", "translations")


def states(page: List, place: Place, go: Event) -> Iterator[str]:
    """Go through the states of the list, and yield the name of each."""
    yield "fresh"
    page.act("demo", "Use")
    page.act("broken-gateway", "Test")
    page.act("claude-writing", "Test")
    page.act("demo", "Test")
    page.act("team-gateway", "Test")
    expect(page.cell("broken-gateway", "test")).to_contain_text("reachable")
    expect(page.cell("claude-writing", "test")).to_contain_text("unresolved")
    expect(page.cell("demo", "test")).to_contain_text("passed")
    expect(page.cell("team-gateway", "test")).to_contain_text("Reaching the host")
    yield "tested"
    go.set()
    expect(page.cell("team-gateway", "test")).to_contain_text("passed")
    for alias in ("broken-gateway", "claude-writing"):
        page.row(alias).get_by_role("button", name="Dismiss").click()
    yield "list"
    page.act("openai-dev", "Delete")
    expect(page.row("openai-dev").get_by_role("alertdialog")).to_be_visible()
    yield "delete"
    page.press("Cancel")
    place.session.edit("team-gateway", name="The team's gateway in Dublin")
    page.switch("team-gateway").click()
    expect(page.row("team-gateway").get_by_role("alertdialog")).to_be_visible()
    yield "changed"
    page.press("Keep the stored version")
    page.select("gemini", "broken-gateway", "demo")
    yield "selection"
    page.press("Delete")
    expect(page.root.get_by_role("alertdialog")).to_be_visible()
    yield "delete-selection"
    page.root.get_by_role("alertdialog").get_by_role("button", name="Delete", exact=True).click()
    # Until it is answered, the bar of the selection has its own "Delete".
    expect(page.root.get_by_role("button", name="Undo")).to_have_count(1)
    page.act("foundry-eu", "Delete")
    page.press("Delete")
    expect(page.root.get_by_role("button", name="Undo")).to_have_count(2)
    yield "undo"
    page.filter.fill("nothing like it")
    expect(page.root.get_by_text("No connection matches.")).to_be_visible()
    yield "no-match"
    page.press("Clear the filter")
    with place.session._context.store.change() as change:
        for number in range(120):
            change.put(Connection(alias=f"class-{number:03}", name=f"Seat {number}", provider="demo"))
    page.press("Refresh")
    page.filter.fill("seat")
    expect(page.root.locator(".aiconn-item:not([hidden]) > .aiconn-row")).to_have_count(120)
    page.row("class-119").scroll_into_view_if_needed()
    yield "long"
    page.filter.fill("")
    place.session.delete(*place.session.aliases(), force=True)
    page.press("Refresh")
    expect(page.root.get_by_text("No connections", exact=True)).to_be_visible()
    yield "empty"
    (place.home / "connections.json").write_text("damaged")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    # The first reader sets the damaged file aside: the list, which then says so, or the bar above it.
    told = page.root.get_by_text("A damaged store lies in")
    expect(page.root.get_by_role("button", name="Try again").or_(told).first).to_be_visible()
    yield "error"


def test_every_state_of_the_list(place: Place, show: Show, gallery: Gallery, slow: tuple[str, Event]) -> None:
    """In every theme and width nothing is cut off sideways, axe-core finds no violation, and a picture is kept."""
    endpoint, go = slow
    furnish(place, endpoint)
    page = List(show(SHOW))
    for state in states(page, place, go):
        gallery.take(f"list-{state}", page.root)


def test_the_manager_in_jupyterlab(
    place: Place, show: Show, look: Look, screenshots: Path, slow: tuple[str, Event]
) -> None:
    """This picture opens the README."""
    endpoint, go = slow
    go.set()
    furnish(place, endpoint)
    notebook = show()
    notebook.become(["%aiconn"])
    notebook.run()
    for name in ("light", "dark"):
        look(name, 1280)
        page = List(notebook)
        notebook.page.set_viewport_size({"width": 1280, "height": 860})
        if name == "light":
            page.act("demo", "Use")
            page.act("team-gateway", "Test")
            page.act("demo", "Test")
            expect(page.cell("team-gateway", "test")).to_contain_text("passed")
            page.act("claude-writing", "Test")
            expect(page.row("claude-writing")).to_contain_text(unresolved(place, "claude-writing").what)
        notebook.page.mouse.move(0, 0)
        notebook.page.wait_for_timeout(200)
        notebook.page.screenshot(path=screenshots / f"manager-{name}.png")
        assert violations(page.root) == []
