"""The registry: what is installed, and that a broken plug-in harms no other."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from asyncio import CancelledError
from importlib.metadata import EntryPoint
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import plugins
from aiconn_nb.errors import PlugInBroken, ProviderNotFound
from aiconn_nb.model.field import Field
from aiconn_nb.providers.plug_ins.built_in import BUILT_IN
from aiconn_nb.providers.plug_ins.registry import GROUP, Registry
from aiconn_nb.providers.testing import FakePlugIn, FakeProvider, registry_of

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Panic(BaseException):
    """The exception of an extension in another language."""


class Other(FakeProvider):
    """Another provider."""

    id = "other"
    name = "Other"


def broken(**holds: Any) -> Registry:
    """Return a registry with one working provider among broken plug-ins."""
    return registry_of(FakeProvider(), others=holds)


def test_providers_are_found_by_their_id() -> None:
    """A class is instantiated once."""
    registry = registry_of(Other, FakeProvider)
    assert registry.ids() == ["fake", "other"]
    assert isinstance(registry.get("other"), Other)
    assert registry.get("other") is registry.get("other")
    assert [provider.id for provider in registry.all()] == ["fake", "other"]
    assert registry.broken() == {}


def test_an_unknown_provider_is_told_with_those_that_there_are() -> None:
    """For a typo, the nearest id is proposed."""
    with pytest.raises(ProviderNotFound) as caught:
        registry_of(Other, FakeProvider).get("othr")
    assert (caught.value.id, caught.value.known) == ("othr", ("fake", "other"))


def test_nothing_is_imported_to_list_ids() -> None:
    """A plug-in is loaded on first use and not before."""

    class Explosive(FakePlugIn):
        def load(self) -> object:
            raise AssertionError("loaded")

    assert Registry([Explosive("late", None)]).ids() == ["late"]


@pytest.mark.parametrize(
    ("holds", "reason"),
    [
        (ImportError("no module named sk-abcdefgh0123"), "ImportError: no module named ••••••••"),
        (SystemExit(3), "SystemExit: 3"),
        (Panic("thread panicked"), "Panic: thread panicked"),
        (CancelledError(), "CancelledError"),
        (RuntimeError("line\nbreak"), "RuntimeError: line break"),
        (object(), "object does not inherit aiconn_nb.providers.base.Provider."),
        (dict, "dict does not inherit aiconn_nb.providers.base.Provider."),
        (Other, "its id is not the name of its entry point, 'bad'."),
    ],
)
def test_a_broken_plug_in_has_its_reason_and_harms_nobody(holds: object, reason: str) -> None:
    """The other plug-ins work. Asking for the broken one raises an error with the reason."""
    registry = broken(bad=holds)
    assert registry.ids() == ["bad", "fake"]
    assert [provider.id for provider in registry.all()] == ["fake"]
    assert registry.broken() == {"bad": reason}
    with pytest.raises(PlugInBroken) as caught:
        registry.get("bad")
    assert (caught.value.provider, caught.value.problem) == ("bad", reason)
    assert caught.value.origin == "somewhere.else:Provider"
    assert caught.value.__context__ is None


def test_a_plug_in_that_does_not_load_in_time_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its import never ends, and nothing else waits for it."""
    ended = Event()
    monkeypatch.setattr("aiconn_nb.providers.plug_ins.registry.ask", lambda load: plugins.ask(load, 0.05))
    waiting = SimpleNamespace(name="bad", value="a.b:C", load=lambda: ended.wait(30))
    registry = Registry([waiting, FakePlugIn("fake", FakeProvider, "aiconn_nb.providers.plug_ins.fake:FakeProvider")])
    assert [provider.id for provider in registry.all()] == ["fake"]
    ended.set()
    assert "did not answer" in registry.broken()["bad"]


def test_a_provider_without_its_abstract_methods_is_broken() -> None:
    """A class that cannot be instantiated is a broken plug-in, with Python's reason."""
    from aiconn_nb.providers.base import Provider

    class Half(Provider):
        id = "bad"

    assert "abstract" in broken(bad=Half).broken()["bad"]


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"name": " "}, "it has no name."),
        ({"fields": [Field("a", "A")]}, "its fields are not a tuple of Field."),
        ({"fields": (Field("a", "A"), Field("a", "B"))}, "two of its fields have the same key."),
        ({"capabilities": {"chat"}}, "its capabilities are not a frozenset of Capability."),
        ({"capabilities": frozenset({"chat"})}, "its capabilities are not a frozenset of Capability."),
        ({"sdk": "openai"}, "its sdk is no Sdk."),
        ({"key_shapes": ["openai"]}, "its key_shapes are not a tuple of texts."),
        ({"embed_batch": 0}, "its embed_batch is not a positive number."),
        ({"machine_credentials": None}, "its machine_credentials is neither True nor False."),
        ({"sign_ins": ("key",)}, "its sign_ins are not a tuple of SignIn."),
        ({"variables": {"a": "NAME"}}, "its variables are not names by field."),
        ({"fields": (Field("a", "A", choices=["x"]),)}, "one of its fields has an invalid attribute."),  # type: ignore[arg-type]
    ],
)
def test_a_provider_of_the_wrong_shape_is_broken(attributes: dict[str, object], reason: str) -> None:
    """The attributes that other code relies on are checked once, when a plug-in is loaded."""
    wrong = type("Wrong", (FakeProvider,), {"id": "bad", **attributes})
    assert broken(bad=wrong).broken() == {"bad": reason}


def test_an_id_with_other_characters_is_broken() -> None:
    """Ids appear in commands and stores, so they are plain."""
    wrong = type("Wrong", (FakeProvider,), {"id": "Bad One"})
    assert broken(**{"Bad One": wrong}).broken() == {"Bad One": "its id may only have a-z, 0-9 and -."}


def test_nobody_takes_the_place_of_a_built_in() -> None:
    """Of two plug-ins with one id, the built-in wins, whatever the order. The other one is reported."""
    ours = FakePlugIn("fake", FakeProvider, "aiconn_nb.providers.plug_ins.fake:FakeProvider")
    thief = FakePlugIn("fake", type("Thief", (FakeProvider,), {}), "a.thief:Provider")
    for plug_ins in ([ours, thief], [thief, ours]):
        registry = Registry(plug_ins)
        assert type(registry.get("fake")) is FakeProvider
        assert registry.broken() == {
            "fake (a.thief:Provider)": "the id is taken by aiconn_nb.providers.plug_ins.fake:FakeProvider."
        }


def test_a_distribution_that_is_seen_twice_is_no_duplicate() -> None:
    """An editable install that is also on the path declares the same plug-in twice."""
    once = FakePlugIn("fake", FakeProvider, "aiconn_nb.providers.plug_ins.fake:FakeProvider")
    again = FakePlugIn("fake", FakeProvider, "aiconn_nb.providers.plug_ins.fake:FakeProvider")
    assert Registry([once, again]).broken() == {}


def test_what_is_installed_is_read_from_the_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the registry reads the group ``aiconn_nb.providers``, on first use."""
    read: list[str] = []

    def entry_points(group: str) -> list[EntryPoint]:
        read.append(group)
        return [EntryPoint("demo", "aiconn_nb.providers.demo:Demo", group)]

    monkeypatch.setattr("aiconn_nb.providers.plug_ins.registry.entry_points", entry_points)
    registry = Registry()
    assert read == []
    assert registry.get("demo").name == "Demo"
    assert registry.ids() == sorted(BUILT_IN)
    assert read == [GROUP]


def test_a_plug_in_in_a_module_that_does_not_exist_is_broken() -> None:
    """An entry point whose module is missing is reported."""
    registry = Registry([EntryPoint("gone", "aiconn_no_such_module:Provider", GROUP)])
    assert registry.broken() == {"gone": "ModuleNotFoundError: No module named 'aiconn_no_such_module'"}


def test_a_built_in_is_found_without_a_look_at_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its location is known, and equals that of its entry point."""
    declared = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"][GROUP]
    assert declared == dict(BUILT_IN)

    def look(**_: object) -> None:
        raise AssertionError("looked")

    monkeypatch.setattr("importlib.metadata.entry_points", look)
    registry = Registry()
    assert [registry.get(id).id for id in BUILT_IN] == list(BUILT_IN)


def test_the_registry_costs_no_sdk(builtin: Registry) -> None:
    """Loading every built-in provider imports no SDK and no HTTP library."""
    declared = [(entry.name, entry.value) for entry in builtin._sorted]  # type: ignore[attr-defined]
    code = f"""
import sys
sys.path = {sys.path!r}
from importlib.metadata import EntryPoint
from aiconn_nb.providers.plug_ins.registry import GROUP, Registry
registry = Registry([EntryPoint(name, value, GROUP) for name, value in {declared!r}])
assert len(registry.all()) == len(registry.ids()) > 20, registry.broken()
heavy = {{"openai", "anthropic", "google.genai", "boto3", "botocore", "azure", "httpx", "httpx2", "pydantic", "pytest"}}
sys.exit(", ".join(heavy & set(sys.modules)) or None)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
