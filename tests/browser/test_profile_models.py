"""In a profile's form, the keyboard sets a model per connection, which is saved, shown again and in the history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Place
from .gallery import Gallery
from .lab import Notebook
from .profiles import NEW, ProfileForm

Show = Callable[..., Notebook]


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with two connections."""
    for alias, name in (("demo-a", "Demo A"), ("demo-b", "Demo B")):
        place.session.create(alias, "demo", name=name)
    return place


def test_each_connection_gets_its_model_by_keyboard(stored: Place, show: Show) -> None:
    """Suggestions come from that connection's list, and an unlisted model is noted there. An empty field uses the profile's
    model."""
    form = ProfileForm(show(NEW))
    keys = form.page.keyboard
    form.part("name").fill("Writer")
    form.add("demo-a", "demo-b")
    form.listed()
    form["model"].fill("demo-chat")
    own = form.root.get_by_role("combobox", name="Model of demo-b")
    expect(own).to_have_attribute("placeholder", "demo-chat (the profile's)")
    own.focus()
    expect(form.root.locator(".aiconn-order-model").nth(1)).to_contain_text("demo-b lists")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(own).not_to_have_value("")
    own.fill("demo-other")
    expect(form.root.locator(".aiconn-order-model").nth(1)).to_contain_text("demo-b does not list this model.")
    form.control("Move up", "demo-b").click()
    expect(own).to_have_value("demo-other")
    form.save()
    made = stored.session.profile("writer")
    assert dict(made.models) == {stored.session.get("demo-b").id: "demo-other"}
    assert [stored.session.get("demo-b").id, stored.session.get("demo-a").id] == list(made.connections)
    expect(own).to_have_value("demo-other")
    own.fill("")
    form.save()
    assert dict(stored.session.profile("writer").models) == {}
    form.part("tab-history").click()
    expect(form.part("version-2")).to_contain_text("demo-b=demo-other, demo-a → became demo-b, demo-a")


def test_the_models_of_the_connections_fit_everywhere(stored: Place, show: Show, gallery: Gallery) -> None:
    """The test looks at them in every theme and width, with a note below one of them."""
    stored.session.create_profile(
        "writer", connections="demo-a,demo-b=a-model-with-a-rather-long-name-2026-11-29", model="demo-chat"
    )
    form = ProfileForm(show("form = aiconn.ProfileForm('writer'); form"))
    form.listed()
    own = form.root.get_by_role("combobox", name="Model of demo-b")
    own.focus()
    expect(form.root.locator(".aiconn-order-model").nth(1)).to_contain_text("demo-b does not list this model.")
    form.part("name").focus()
    gallery.take("profile-models", form.root)
