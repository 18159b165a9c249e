"""Retake the pictures of the README and of the guide: ``python -m tests.browser.readme_pictures``.

They show a real JupyterLab with made-up connections. Look at them before you commit them.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from aiconn_nb import Session

from .conftest import CHROMIUM, FLAGS
from .key_server import key_server
from .lab import Notebook, Server

IMAGES = Path(__file__).parents[2] / "notebooks/images"
SETTINGS = {"Team": {"Endpoint": "", "Key": "made-up-0123456789"}, "OpenAI": {"ApiKey": "made-up-9876543210"}}


def fill(session: Session, endpoint: str) -> None:
    """Create connections and profiles of every state that a list shows."""
    keyed = {"api_key": "$OpenAI:ApiKey"}
    session.create("openai-dev", "openai", name="OpenAI development", settings=keyed)
    session.create(
        "claude-writing", "anthropic", name="Claude for <writing>", settings={"api_key": "$Anthropic:ApiKey"}
    )
    session.create("gemini", "google", name="Gemini", settings=keyed, active=False)
    session.create("demo", "demo", name="Offline demo", settings={"latency": 0.0})
    session.create("spare", "demo", name="Spare", settings={"latency": 0.0})
    gateway = {"endpoint": endpoint, "api_key": "$Team:Key"}
    session.create("team-gateway", "openai-compatible", name="The team's gateway", settings=gateway)
    session.create("old", "demo", name="Old", settings={"latency": 0.0})
    session.create_profile("writer", connections=["demo", "spare"], model="demo-chat", name="Writer", default=True)
    session.create_profile(
        "tutor",
        connections=["claude-writing", "demo"],
        model="demo-chat",
        name="Tutor for <beginners>",
        tags=["class", "en"],
    )
    session.create_profile("reviewer", connections=["demo", "old"], model="demo-chat", name="Reviewer")
    session.create_profile("archive", connections="gemini", model="gemini-flash", name="Archive")
    session.create_profile(
        "search", connections="demo", capability="embedding", model="demo-embedding", name="Search", default=True
    )
    session.delete("old", force=True)
    for alias in ("demo", "spare", "team-gateway", "claude-writing"):
        session.test(alias)
    for profile in ("writer", "search"):
        session.failover(profile, live=True)


def take(page: Page, server: Server, work: Path) -> None:
    """Take the three pictures."""
    first = (
        f"import os; os.environ.update(AICONN_HOME={str(work / 'home')!r}, AICONN_CONFIG_HOME={str(work / 'keys')!r})\n"
        f"os.chdir({str(work)!r})\n%load_ext aiconn_nb\n%aiconn use demo"
    )
    notebook = Notebook.load(page, server, server.write("notebook.ipynb", [first]))
    notebook.run()
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.become(["%aiconn"])
    notebook.run()
    rows = page.locator(".aiconn-item:visible")
    expect(rows).to_have_count(6)
    page.get_by_role("button", name="Test Claude for <writing>").click()
    expect(page.locator(".aiconn-c-test .aiconn-tone-bad:visible")).to_have_count(1)
    page.mouse.move(640, 850)
    page.screenshot(path=IMAGES / "manager.png")
    page.get_by_role("tab", name="Profiles").click()
    expect(page.locator(".aiconn-item:visible")).to_have_count(5)
    page.mouse.move(640, 850)
    page.screenshot(path=IMAGES / "profiles.png")
    page.get_by_role("tab", name="Connections").click()
    page.get_by_role("button", name="Create connection").click()
    page.get_by_test_id("seek-provider").fill("openai")
    page.get_by_test_id("provider-openai").check()
    page.get_by_test_id("name").fill("OpenAI Development")
    key = page.get_by_test_id("input-api_key")
    key.fill("$OpenAI:ApiKey")
    key.press("Tab")
    expect(page.get_by_text("Resolves in Development").first).to_be_visible()
    page.set_viewport_size({"width": 900, "height": 1600})
    form = page.get_by_test_id("form").bounding_box()
    assert form is not None
    page.screenshot(path=IMAGES / "form.png", clip={**form, "height": 700})


def main() -> None:
    """Start the servers and the browser, and take the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        key_server(SETTINGS["Team"]["Key"]) as endpoint,
        sync_playwright() as started,
    ):
        work = Path(folder) / "research"
        work.mkdir()
        (work / "appsettings.json").write_text(json.dumps(SETTINGS, indent=2))
        os.environ.update(AICONN_HOME=str(work / "home"), AICONN_CONFIG_HOME=str(work / "keys"))
        session = Session(home=work / "home", config_home=work / "keys", config_root=work, environ={})
        fill(session, endpoint)
        session.close()
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
        page.set_default_timeout(20_000)
        with Server(Path(folder) / "lab") as server:
            take(page, server, work)
        browser.close()


if __name__ == "__main__":
    main()
