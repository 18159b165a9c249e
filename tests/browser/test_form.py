"""In a real JupyterLab, the kernel and the store contain what a user did in the form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from aiconn_nb.errors import NotReached
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.model.secret import Sealed

from .conftest import Place
from .forms import NEW, Form
from .lab import Notebook

Show = Callable[..., Notebook]

KEY = "made-up-secret-0123456789"
SHAPED = "sk-" + "a" * 32
EDIT = "form = aiconn.ConnectionForm('openai-dev'); form"


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with one connection whose key is sealed."""
    place.session.create("openai-dev", "openai", name="OpenAI Dev", settings={"api_key": KEY, "organization": "org-1"})
    return place


def secret(place: Place, alias: str, key: str = "api_key") -> str:
    """Return a stored secret, unsealed."""
    return str(place.session.account(alias)._settings[key].reveal())  # type: ignore[union-attr]


# ---- creating ---------------------------------------------------------------------------------------------------------


def test_create_with_a_reference(place: Place, show: Show) -> None:
    """The alias comes from the name, and the reference from the suggestions. The form says where the reference resolves."""
    form = Form(show(NEW))
    form.pick("openai")
    form.part("name").press_sequentially("OpenAI Development")
    expect(form.part("alias")).to_have_value("openai-development")
    form["api_key"].press_sequentially("$open")
    form.root.get_by_role("option").filter(has_text="$OpenAI:ApiKey").click()
    expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
    expect(form.part("resolves-api_key")).to_contain_text("Resolves in Development, from")
    expect(form.part("resolves-api_key")).to_contain_text("appsettings.json:3")
    form.save()
    made = place.session.get("openai-development")
    assert (made.name, made.provider, dict(made.settings)) == (
        "OpenAI Development",
        "openai",
        {"api_key": "$OpenAI:ApiKey"},
    )
    assert form.notebook.kernel("form.view['stored']['alias']") == "openai-development"
    expect(form.part("message")).to_contain_text("%aiconn use openai-development")


def test_suggestions_are_a_part_of_an_older_page(place: Place, show: Show) -> None:
    """A browser that cannot place them at their input by style would show them in the corner of its window."""
    page = show("aiconn.list()").page
    page.evaluate("() => { CSS.all = CSS.supports; CSS.supports = () => false; }")
    try:
        form = Form(show(NEW))
        form.pick("openai")
        form["api_key"].press_sequentially("$open")
        suggestion = form.root.get_by_role("option").filter(has_text="$OpenAI:ApiKey")
        shown, typed, after = (each.bounding_box() for each in (suggestion, form["api_key"], form["organization"]))
        assert shown
        assert typed
        assert after
        assert typed["y"] + typed["height"] <= shown["y"] <= typed["y"] + typed["height"] + 60
        assert shown["y"] + shown["height"] <= after["y"], "it covers no other field"
        suggestion.click()
        expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
        expect(suggestion).to_have_count(0)
        expect(form.root.get_by_role("listbox")).to_have_count(0)
    finally:
        page.evaluate("() => { CSS.supports = CSS.all; delete CSS.all; }")


def test_create_with_a_literal(place: Place, show: Show) -> None:
    """The key is hidden while it is typed, sealed when it is saved, and then gone from the page."""
    form = Form(show(NEW))
    form.fill("openai", "Mine", api_key=KEY)
    expect(form["api_key"]).to_have_css("-webkit-text-security", "disc")
    form.save()
    expect(form.field("api_key")).to_contain_text("stored, sealed")
    expect(form["api_key"]).to_have_count(0)
    assert isinstance(place.session.get("mine").settings["api_key"], Sealed)
    assert secret(place, "mine") == KEY
    assert KEY not in form.page.content()


def test_only_a_reference_is_shown_while_it_is_typed(place: Place, show: Show) -> None:
    """No browser or password manager offers anything for a secret."""
    form = Form(show(NEW))
    form.pick("openai")
    for text, look in (("$OpenAI:ApiKey", "none"), ("$$literal", "disc"), (KEY, "disc")):
        form["api_key"].fill(text)
        expect(form["api_key"]).to_have_css("-webkit-text-security", look)
    for name, value in (("type", "text"), ("autocomplete", "off"), ("spellcheck", "false"), ("data-1p-ignore", "true")):
        expect(form["api_key"]).to_have_attribute(name, value)
    form["api_key"].select_text()
    form.page.evaluate("() => navigator.clipboard?.writeText?.('').catch(() => {})")
    form["api_key"].press("Control+c")
    form.part("name").focus()
    form.part("name").press("Control+v")
    assert KEY not in form.part("name").input_value()


def test_an_alias_is_free_when_its_lock_is_open(place: Place, show: Show) -> None:
    """The alias is checked while the user types, and a free one is offered if it is taken."""
    place.session.create("demo", "demo", name="Demo")
    form = Form(show(NEW))
    form.fill("demo", "Demo")
    expect(form.root.get_by_text("Alias exists already.")).to_be_visible()
    form.click("Use demo-2")
    expect(form.part("alias")).to_have_value("demo-2")
    form.part("alias").fill("Not Good")
    expect(form.root.get_by_text("Alias may only have a-z, 0-9 and -")).to_be_visible()
    form.part("alias").fill("mine")
    expect(form.root.get_by_text("Alias may only have")).to_have_count(0)
    form.save()
    assert sorted(place.session.aliases()) == ["demo", "mine"]


def test_every_error_at_its_field_and_the_first_focused(place: Place, show: Show) -> None:
    """After an error, nothing that was typed is lost."""
    form = Form(show(NEW))
    form.fill("openai", "", organization="org-7", endpoint="nowhere", api_key="$")
    form.part("save").click()
    expect(form.root.get_by_text("Name is missing.")).to_be_visible()
    expect(form.field("endpoint")).to_contain_text("Endpoint must be a URL that starts with http:// or https://.")
    expect(form["endpoint"]).to_have_attribute("aria-invalid", "true")
    assert form.focused() == "name"
    assert (form["organization"].input_value(), form["endpoint"].input_value()) == ("org-7", "nowhere")
    assert place.session.aliases() == []
    form.fill(name="Fine", endpoint="https://eu.example", api_key=KEY)
    expect(form["endpoint"]).not_to_have_attribute("aria-invalid", "true")
    form.save()
    assert place.session.get("fine").settings["organization"] == "org-7"


def test_the_providers_say_what_they_can_and_what_they_lack(place: Place, show: Show) -> None:
    """They show their capabilities, whether the SDK is installed, and a line to copy that installs it."""
    cell = """from aiconn_nb.providers.base import Sdk
from aiconn_nb.providers.testing import FakeProvider, registry_of
class Acme(FakeProvider):
    id, name, sdk = "acme", "Acme", Sdk(("acme_sdk",), "acme")
session = aiconn.Session(registry=registry_of(FakeProvider(), Acme(), others={"broken": RuntimeError("no license")}))
form = aiconn.ConnectionForm(session=session); form"""
    form = Form(show(cell))
    expect(form.root.locator(".aiconn-card").filter(has_text="Acme")).to_contain_text("chat · embedding")
    expect(form.root.locator(".aiconn-card").filter(has_text="Acme")).to_contain_text("SDK not installed")
    expect(form.part("provider-broken")).to_be_disabled()
    expect(form.root).to_contain_text("no license")
    form.pick("acme")
    expect(form.part("sdk-missing")).to_contain_text("%pip install 'aiconn-nb[acme]'")
    form.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.click("Copy")
    expect(form.part("sdk-missing")).to_contain_text("Copied")
    assert form.page.evaluate("() => navigator.clipboard.readText()") == "%pip install 'aiconn-nb[acme]'"
    form.pick("fake")
    expect(form.part("sdk-missing")).to_have_count(0)


def test_fields_of_every_kind(place: Place, show: Show) -> None:
    """The test covers groups, defaults, choices, yes and no, and numbers. Each may also be a reference."""
    cell = """from aiconn_nb.model.field import Field
from aiconn_nb.providers.testing import FakeProvider, registry_of
class Acme(FakeProvider):
    id, name = "acme", "Acme"
    fields = (Field("tier", "Tier", choices=("slow", "fast"), default="slow", group="Speed"),
              Field("retries", "Retries", type="integer", group="Speed", help="How often."),
              Field("debug", "Debug", type="boolean"), Field("ratio", "Ratio", type="number", required=True))
session = aiconn.Session(registry=registry_of(Acme()))
form = aiconn.ConnectionForm(session=session); form"""
    form = Form(show(cell))
    form.fill("acme", "Kinds")
    group = form.root.get_by_role("group", name="Speed")
    expect(group.get_by_label("Tier")).to_have_value("")
    expect(group).to_contain_text("slow (default)")
    expect(group).to_contain_text("How often.")
    form["tier"].select_option("fast")
    form["debug"].select_option(label="Yes")
    form["retries"].fill("three")
    form["ratio"].fill("0.5")
    form.part("save").click()
    expect(form.field("retries")).to_contain_text("Retries must be a whole number")
    form["retries"].fill("3")
    form.save()
    assert form.notebook.kernel("dict(session.get('kinds').settings)") == {
        "tier": "fast", "retries": 3, "debug": True, "ratio": 0.5,
    }  # fmt: skip
    expect(form["debug"]).to_have_value("true")
    form.field("tier").get_by_role("button", name="Use a reference").click()
    form["tier"].fill("$Acme:Tier")
    form.save()
    assert form.notebook.kernel("session.get('kinds').settings['tier']") == "$Acme:Tier"
    expect(form["tier"]).to_have_value("$Acme:Tier")


# ---- editing ----------------------------------------------------------------------------------------------------------


def test_an_edit_leaves_the_secret_alone(stored: Place, show: Show) -> None:
    """The provider is fixed, the alias and the sealed value stay, and changes are saved."""
    before = stored.session.get("openai-dev").settings["api_key"]
    form = Form(show(EDIT))
    expect(form.part("provider")).to_contain_text("OpenAI")
    expect(form.root).to_contain_text("never changes")
    expect(form.field("api_key")).to_contain_text("stored, sealed")
    expect(form["organization"]).to_have_value("org-1")
    form.fill(name="Renamed", organization="org-2")
    form.part("active").click()
    form.save()
    after = stored.session.get("openai-dev")
    assert (after.name, after.active, after.settings["organization"]) == ("Renamed", False, "org-2")
    assert after.settings["api_key"] == before


def test_replace_a_secret(stored: Place, show: Show) -> None:
    """The button "Replace" opens an empty field. If nothing is typed, the stored secret stays."""
    form = Form(show(EDIT))
    form.field("api_key").get_by_role("button", name="Replace").click()
    expect(form["api_key"]).to_be_focused()
    expect(form["api_key"]).to_have_value("")
    form.fill(name="Only the name")
    form.save()
    assert secret(stored, "openai-dev") == KEY
    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill("another-made-up-secret-42")
    form.save()
    assert secret(stored, "openai-dev") == "another-made-up-secret-42"


def test_clear_a_secret(place: Place, show: Show) -> None:
    """The secret is gone after the save and not before."""
    place.session.create("local", "openai-compatible", settings={"endpoint": "http://127.0.0.1:9/v1", "api_key": KEY})
    form = Form(show("form = aiconn.ConnectionForm('local'); form"))
    form.field("api_key").get_by_role("button", name="Clear").click()
    form.click("Undo")
    expect(form.field("api_key")).to_contain_text("stored, sealed")
    form.field("api_key").get_by_role("button", name="Clear").click()
    expect(form.field("api_key")).to_contain_text("will be taken away when you save")
    assert secret(place, "local") == KEY
    form.save()
    assert "api_key" not in place.session.get("local").settings


def test_rename_with_the_lock_open(stored: Place, show: Show) -> None:
    """The connection keeps its identity under the new alias."""
    before = stored.session.get("openai-dev").id
    form = Form(show(EDIT))
    expect(form.part("alias")).to_have_js_property("readOnly", True)
    form.part("lock").click()
    expect(form.part("alias")).to_be_focused()
    form.part("alias").fill("openai-main")
    form.save()
    assert stored.session.get("openai-main").id == before


# ---- references -------------------------------------------------------------------------------------------------------


def test_an_environment_switch_is_reflected(place: Place, show: Show) -> None:
    """It is enough to return to the form after ``%aiconn env``."""
    place.write_settings("Production", {"Only": {"Here": "https://prod.example"}})
    form = Form(show(NEW, "1"))
    form.fill("openai", "X", endpoint="$Only:Here")
    expect(form.part("note-endpoint")).to_contain_text("Development")
    form.notebook.kernel("kernel_session().environment('Production') and 1")
    form.page.evaluate("() => document.activeElement.blur()")
    form.part("name").focus()
    expect(form.part("resolves-endpoint")).to_contain_text("Resolves in Production")
    expect(form.part("resolves-endpoint")).to_contain_text("appsettings.Production.json:3")
    expect(form.part("resolves-endpoint")).to_contain_text("https://prod.example")
    # User secrets are secret, and this field is visible.
    expect(form.part("replace-endpoint")).to_have_count(0)


def test_a_missing_value_can_be_saved_on_the_spot(place: Place, show: Show) -> None:
    """The value goes sealed into the user secrets, and the reference resolves."""
    form = Form(show(NEW))
    form.fill("openai", "X", api_key="$Team:Key")
    form.click("Save a value for this key")
    form.part("keep-value-api_key").fill(KEY)
    expect(form.part("keep-value-api_key")).to_have_css("-webkit-text-security", "disc")
    form.part("keep-value-api_key").press("Enter")
    expect(form.part("resolves-api_key")).to_contain_text("secrets")
    form.save()
    assert dict(place.session.get("x").settings) == {"api_key": "$Team:Key"}
    assert secret(place, "x") == KEY
    assert [row.key for row in place.session.secrets()] == ["Team:Key"]
    assert KEY not in (place.keys / "secrets.Development.json").read_text()


# ---- keys that are recognised -----------------------------------------------------------------------------------------


def test_a_pasted_key_can_be_kept_as_a_user_secret(place: Place, show: Show) -> None:
    """The connection then has the reference and no copy of the key."""
    place.write_settings("", {})
    form = Form(show(NEW))
    form.fill("openai", "X", api_key=SHAPED)
    expect(form.part("note-api_key")).to_contain_text("This looks like an OpenAI key.")
    form.click("Save it as a user secret and store $OpenAI:ApiKey")
    form.part("save").click()  # before the value is kept: nothing is sealed in the store instead
    expect(form.field("api_key")).to_contain_text("This value is not saved yet. Save it first, or choose Not now.")
    assert place.session.aliases() == []
    form.part("keep-api_key").click()
    expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
    expect(form.part("resolves-api_key")).to_contain_text("secrets")
    form.save()
    assert dict(place.session.get("x").settings) == {"api_key": "$OpenAI:ApiKey"}
    assert secret(place, "x") == SHAPED


def test_a_pasted_key_can_be_sealed(place: Place, show: Show) -> None:
    """Sealing the key is the other offer."""
    form = Form(show(NEW))
    form.fill("openai", "X", api_key=SHAPED)
    form.click("Encrypt it in the store")
    expect(form.field("api_key")).to_contain_text("Encrypted when you save.")
    form.save()
    assert isinstance(place.session.get("x").settings["api_key"], Sealed)


def test_a_key_of_another_provider_is_pointed_out(place: Place, show: Show) -> None:
    """One click makes it a connection with that provider, with the key in its place."""
    form = Form(show(NEW))
    form.fill("openai", "X", api_key="sk-ant-" + "b" * 32)
    expect(form.part("note-api_key")).to_contain_text(
        "This looks like an Anthropic key, and this connection is with OpenAI."
    )
    form.click("Make it a connection with Anthropic")
    expect(form.part("provider-anthropic")).to_be_checked()
    expect(form.part("name")).to_have_value("X")
    form.save()
    assert place.session.get("x").provider == "anthropic"
    assert secret(place, "x") == "sk-ant-" + "b" * 32


def heard(form: Form, **of_the_last: object) -> list[dict[str, Any]]:
    """Return what the kernel received, once the last message has these values."""
    got: list[dict[str, Any]] = form.notebook.until("got", lambda got: got and of_the_last.items() <= got[-1].items())
    return got


@pytest.mark.parametrize("where", ["organization", "name", "alias"])
def test_a_key_where_everybody_sees_it_is_pointed_out_and_moved(where: str, place: Place, show: Show) -> None:
    """The key is not sent to the kernel, not even with the checks."""
    form = Form(show(NEW))
    form.fill("openai", "X")
    form.notebook.kernel("[form.on_msg(lambda w, c, b: got.append(c)) for got in [globals().setdefault('got', [])]]")
    if where == "alias":
        form.part("lock").click()
    box = form.part(where) if where in ("name", "alias") else form[where]
    box.fill(SHAPED)
    note = form.part(f"note-{where}")
    expect(note).to_contain_text("This looks like an OpenAI key.")
    form.part("active").click()
    got = heard(form, active=False)
    assert SHAPED not in json.dumps(got)
    note.get_by_role("button", name="Move it to API key").click()
    expect(form["api_key"]).to_have_value(SHAPED)
    expect(box).to_have_value("")


# ---- testing ----------------------------------------------------------------------------------------------------------


def test_a_failing_draft_is_tested_before_it_is_saved(place: Place, show: Show) -> None:
    """The first failing rung says what to do, nothing is saved, and a change makes the result stale."""
    form = Form(show(NEW))
    form.fill("openai", "X", api_key=KEY, endpoint="http://127.0.0.1:9/v1")
    form.part("test-button").click()
    expect(form.part("test")).to_contain_text("The test failed")
    error = NotReached(way="127.0.0.1:9", problem="Connection refused")
    expect(form.part("test")).to_contain_text(error.what)
    expect(form.part("test")).to_contain_text(error.hint)
    assert place.session.aliases() == []
    assert form.notebook.kernel("form.view['stored']") is None
    form["endpoint"].fill("http://127.0.0.1:10/v1")
    expect(form.part("test")).to_contain_text("The form has changed since.")


def test_a_draft_that_passes(place: Place, show: Show) -> None:
    """The demo needs no server."""
    form = Form(show(NEW))
    form.fill("demo", "Demo")
    form.part("test-button").click()
    expect(form.part("test")).to_contain_text("The test passed")
    assert place.session.aliases() == []
    form.save()
    assert form.notebook.kernel("kernel_session().last_test(kernel_session().get('demo').id)[0].ok") is True


# ---- leaving ----------------------------------------------------------------------------------------------------------


def test_cancel_asks_only_when_there_are_changes(stored: Place, show: Show) -> None:
    """The typed text is gone afterwards."""
    form = Form(show(EDIT))
    form.part("cancel").click()
    expect(form.part("ask")).to_have_count(0)
    form.fill(name="Changed")
    form.part("cancel").click()
    expect(form.part("ask")).to_contain_text("Discard your changes?")
    form.click("Keep editing")
    expect(form.part("name")).to_have_value("Changed")
    form.part("cancel").click()
    form.click("Discard")
    expect(form.part("name")).to_have_value("OpenAI Dev")
    assert stored.session.get("openai-dev").version == 1


def test_delete_names_dependents_and_can_be_undone(stored: Place, show: Show) -> None:
    """The form asks, names the profiles and offers to disable, and "undo" restores the connection."""
    connection = stored.session.get("openai-dev")
    with stored.session._context.store.change() as change:
        change.put_profile(
            Profile(alias="writer", name="Writer", capability=Capability.CHAT, connections=(connection.id,), model="m")
        )
    form = Form(show(EDIT))
    form.part("delete").click()
    expect(form.part("ask")).to_contain_text("writer")
    expect(form.part("ask").get_by_role("button", name="Disable instead")).to_be_visible()
    form.click("Keep it")
    assert stored.session.aliases() == ["openai-dev"]
    form.part("delete").click()
    form.click("Delete anyway")
    expect(form.part("message")).to_contain_text("Deleted openai-dev.")
    assert stored.session.aliases() == []
    form.click("Undo")
    expect(form.part("name")).to_have_value("OpenAI Dev")
    assert secret(stored, "openai-dev") == KEY


def test_disable_instead_of_deleting(stored: Place, show: Show) -> None:
    """The connection stays and is switched off."""
    form = Form(show(EDIT))
    form.part("delete").click()
    form.click("Disable instead")
    expect(form.part("active")).to_have_attribute("aria-checked", "false")
    assert stored.session.get("openai-dev").active is False


# ---- with the keyboard alone ------------------------------------------------------------------------------------------


def test_with_the_keyboard_alone(place: Place, show: Show) -> None:
    """The user picks, types, takes a suggestion and saves with Enter. The focus is visible and where a user expects it."""
    form = Form(show(NEW))
    keys = form.page.keyboard
    picker = form.root.get_by_role("group", name="Provider")
    picker.get_by_role("radio").first.focus()
    for _ in range(picker.get_by_role("radio").count()):
        if form.focused() == "provider-openai":
            break
        keys.press("ArrowRight")
    assert form.focused() == "provider-openai"
    keys.press("Enter")
    assert form.focused() == "name"
    keys.type("By hand")
    for stop in ("alias", "lock", "active", "input-api_key"):
        keys.press("Tab")
        assert form.focused() == stop
    keys.type("$openai")
    expect(form["api_key"]).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowDown")
    active = form["api_key"].get_attribute("aria-activedescendant")
    expect(form.page.locator(f"#{active}")).to_contain_text("$OpenAI:ApiKey")
    keys.press("Escape")
    expect(form["api_key"]).to_have_attribute("aria-expanded", "false")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(form["api_key"]).to_have_value("$OpenAI:ApiKey")
    assert place.session.aliases() == []
    outline = form["api_key"].evaluate("(node) => getComputedStyle(node).outlineStyle")
    assert outline == "solid"
    keys.press("Enter")
    form.saved()
    assert dict(place.session.get("by-hand").settings) == {"api_key": "$OpenAI:ApiKey"}
    assert form.focused() == "message"


def test_escape_goes_back_step_by_step(stored: Place, show: Show) -> None:
    """Escape goes from the form to the question and back, and the harmless answer has the focus."""
    form = Form(show(EDIT))
    form.part("name").fill("Changed")
    form.part("name").press("Escape")
    assert form.focused() == "Keep editing"
    form.page.keyboard.press("Escape")
    expect(form.part("ask")).to_have_count(0)
    assert form.focused() == "name"
    form.page.keyboard.press("Escape")
    form.page.keyboard.press("Shift+Tab")
    form.page.keyboard.press("Enter")
    expect(form.part("name")).to_have_value("OpenAI Dev")


def test_letters_in_the_form_are_no_commands_of_the_notebook(place: Place, show: Show) -> None:
    """``dd``, ``x``, ``a`` and ``b`` would delete, cut and add cells."""
    form = Form(show(NEW, "'second'"))
    form.pick("demo")
    form.part("active").focus()
    for key in ("d", "d", "x", "a", "b", "m", "Escape"):
        form.page.keyboard.press(key)
    cells = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"
    assert form.page.evaluate(cells) == 3
    assert [
        form.page.evaluate(f"() => window.jupyterapp.shell.currentWidget.content.model.cells.get({i}).type")
        for i in range(3)
    ] == ["code"] * 3


# ---- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_reload_in_the_middle_loses_nothing_but_the_secrets(place: Place, show: Show, lab: object) -> None:
    """The page gets the typed text back. In the place of a secret, it says that the user must type it again."""
    notebook = show(NEW)
    form = Form(notebook)
    form.fill("openai", "Half done", organization="org-9", api_key=KEY, endpoint="$Team:Endpoint")
    form.part("lock").click()
    form.part("alias").fill("half")
    notebook.save()
    notebook.page.reload(wait_until="domcontentloaded")
    again = Form(Notebook.loaded(notebook.page, notebook.server, notebook.name))
    expect(again.part("name")).to_have_value("Half done")
    expect(again.part("provider-openai")).to_be_checked()
    assert [again.part("alias").input_value(), again["organization"].input_value(), again["endpoint"].input_value()] == [
        "half", "org-9", "$Team:Endpoint",
    ]  # fmt: skip
    expect(again["api_key"]).to_have_value("")
    expect(again.field("api_key")).to_contain_text("Type it again")
    again["api_key"].fill(KEY)
    again.part("save").click()
    again.click("Trust and save")  # the host comes from a file, and the key does not
    again.saved()
    assert secret(place, "half") == KEY


COMMS = """async (where) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const before = kernel.commsOverSubshells;
  kernel.commsOverSubshells = where;
  return before;
}"""


def test_what_another_kernel_saved_meanwhile_is_shown_beside(stored: Place, show: Show) -> None:
    """The form shows both values to choose from, and nothing is overwritten unasked."""
    form = Form(show(EDIT))
    form.fill(name="Mine", organization="org-mine")
    form.settle()
    stored.session.edit("openai-dev", name="Theirs", settings={"project": "proj_theirs"})
    form.part("save").click()
    expect(form.part("ask")).to_contain_text("was changed in the meantime")
    assert stored.session.get("openai-dev").name == "Theirs"
    expect(form.part("mine-name")).to_be_checked()
    expect(form.part("theirs-field-project")).to_be_checked()
    form.part("theirs-name").check()
    form.click("Save the chosen values")
    form.saved()
    after = stored.session.get("openai-dev")
    assert (after.name, after.version) == ("Theirs", 3)
    assert (after.settings["organization"], after.settings["project"]) == ("org-mine", "proj_theirs")
    assert secret(stored, "openai-dev") == KEY


def test_a_replaced_secret_survives_a_conflict(stored: Place, show: Show) -> None:
    """The typed secret is saved after the choice, although it was never shown."""
    form = Form(show(EDIT))
    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill("my-new-secret-0123456789")
    form.settle()
    stored.session.edit("openai-dev", settings={"api_key": "their-new-secret-987654321"})
    form.part("save").click()
    expect(form.part("ask")).to_contain_text("what you typed, hidden")
    expect(form.part("ask")).to_contain_text("stored, sealed")
    form.click("Save the chosen values")
    form.saved()
    assert secret(stored, "openai-dev") == "my-new-secret-0123456789"


def test_theirs_can_be_taken(stored: Place, show: Show) -> None:
    """The form then shows the stored state, and nothing was saved."""
    form = Form(show(EDIT))
    form.fill(name="Mine")
    form.settle()
    stored.session.edit("openai-dev", name="Theirs")
    form.part("save").click()
    form.click("Take theirs")
    expect(form.part("name")).to_have_value("Theirs")
    assert stored.session.get("openai-dev").version == 2


def test_what_another_kernel_deleted_comes_back_with_the_save(stored: Place, show: Show) -> None:
    """Neither the typed text nor the sealed key is lost."""
    form = Form(show(EDIT))
    form.fill(name="Mine")
    form.settle()
    stored.session.delete("openai-dev")
    form.part("save").click()
    expect(form.part("ask")).to_contain_text("was deleted in the meantime")
    form.click("Restore it and save")
    form.saved()
    assert stored.session.get("openai-dev").name == "Mine"
    assert secret(stored, "openai-dev") == KEY


def test_markup_is_shown_as_text(place: Place, show: Show) -> None:
    """Markup in names, errors and values is never run."""
    evil = "<img src=x onerror='window.hacked=1'><b>bold</b>"
    place.session.create("evil", "openai", name=evil, settings={"api_key": KEY, "organization": evil})
    form = Form(show("form = aiconn.ConnectionForm('evil'); form"))
    expect(form.root.locator(".aiconn-title")).to_have_text(evil)
    expect(form["organization"]).to_have_value(evil)
    form["project"].fill("$<img src><b>bold</b>")
    expect(form.part("note-project")).to_contain_text("<img src><b>bold</b>")
    assert form.root.locator("img, b").count() == 0
    assert form.page.evaluate("() => window.hacked") is None


def test_a_dead_kernel_is_said(place: Place, show: Show) -> None:
    """A form without a kernel accepts no text."""
    form = Form(show(NEW))
    form.pick("demo")
    form.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(form.part("message")).to_contain_text("The kernel has ended")
    expect(form.part("name")).not_to_be_editable()
    ours = [error for error in form.page.page_errors if "Canceled future" not in error]  # type: ignore[attr-defined]
    form.page.page_errors.clear()  # type: ignore[attr-defined]  # JupyterLab's own, of its restart
    assert ours == []


# ---- speed ------------------------------------------------------------------------------------------------------------


def test_typing_sends_no_message_per_keystroke(place: Place, show: Show) -> None:
    """Sixty fast keys cause at most a few debounced checks and no synced state at all."""
    form = Form(show(NEW))
    form.pick("openai")
    form.page.wait_for_timeout(700)
    form.page.evaluate(
        """() => {
          const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          window.sent = [];
          kernel.anyMessage.connect((_, {msg, direction}) => {
            if (direction === 'send') window.sent.push(`${msg.header.msg_type}:${msg.content.data?.method ?? ''}`);
          });
        }"""
    )
    form.part("name").press_sequentially(
        "A name of thirty characters ab", delay=10
    )  # a slow machine may stall between them
    form["api_key"].press_sequentially("a-secret-of-thirty-characters!", delay=10)
    form.page.wait_for_timeout(700)
    sent = form.page.evaluate("() => window.sent")
    assert 1 <= len(sent) <= 12, sent
    assert set(sent) == {"comm_msg:custom"}
    assert "thirty" not in json.dumps(form.notebook.kernel("form.get_state()['view']"))
