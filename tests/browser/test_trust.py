"""In a real JupyterLab, a key goes to another host only after the user allowed it in the list or in the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from aiconn_nb import UntrustedHost

from .conftest import Place
from .forms import Form
from .lab import Notebook
from .lists import SHOW, List, violations

Show = Callable[..., Notebook]

OWN = "http://127.0.0.1:9/own"
OTHER = "http://127.0.0.1:9999/other"
QUESTION = UntrustedHost(alias="", sent=("the sealed api_key",), host="http://127.0.0.1:9999").words


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with a connection whose key may go to its own host, and one that a script moved elsewhere."""
    for alias in ("mine", "moved"):
        settings = {"endpoint": OWN, "api_key": "made-up-key"}
        place.session.create(alias, "openai-compatible", name=alias.title(), settings=settings)
    place.session.edit("moved", settings={"endpoint": OTHER})
    return place


def test_the_list_marks_it_asks_and_trusts(stored: Place, show: Show) -> None:
    """The answer "no" changes nothing. The answer "yes" is visible in the store and in the row."""
    shown = List(show(SHOW))
    expect(shown.cell("moved", "resolves")).to_contain_text("untrusted host")
    expect(shown.row("mine").get_by_role("button", name="Trust the host of Mine (mine)")).to_be_hidden()
    trust = shown.row("moved").get_by_role("button", name="Trust the host of Moved (moved)")
    trust.click()
    expect(shown.row("moved").get_by_role("alertdialog")).to_contain_text(f"moved {QUESTION}.")
    assert violations(shown.root) == []
    shown.press("Cancel")
    assert stored.session.untrusted("moved") is not None
    trust.click()
    shown.press("Allow it")
    expect(shown.row("moved")).to_contain_text("moved may send the sealed api_key to http://127.0.0.1:9999.")
    expect(shown.cell("moved", "resolves")).to_have_text("yes")
    assert stored.session.untrusted("moved") is None
    shown.act("moved", "Use")
    expect(shown.used("moved")).to_be_visible()


def test_the_form_asks_in_place_before_it_saves(stored: Place, show: Show) -> None:
    """The button "Keep editing" saves nothing. "Trust and save" saves, and the store records the permission."""
    form = Form(show("form = aiconn.ConnectionForm('mine'); form"))
    form["endpoint"].fill(OTHER)
    form.part("save").click()
    expect(form.part("ask")).to_contain_text(f"Mine {QUESTION}")
    form.click("Keep editing")
    assert stored.session.get("mine").version == 1
    form.part("save").click()
    form.click("Trust and save")
    form.saved()
    assert stored.session.get("mine").settings["endpoint"] == OTHER
    assert stored.session.untrusted("mine") is None


def test_the_form_of_an_untrusted_one_says_so_and_trusts(stored: Place, show: Show) -> None:
    """The form has a separate button for it."""
    form = Form(show("form = aiconn.ConnectionForm('moved'); form"))
    expect(form.part("message")).to_contain_text(f"Untrusted host: moved {QUESTION}.")
    form.part("trust").click()
    expect(form.part("message")).to_contain_text("moved may send the sealed api_key to http://127.0.0.1:9999.")
    assert stored.session.untrusted("moved") is None
