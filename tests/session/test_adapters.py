"""`to` and `snippet` know the frameworks, say which one is missing, and give the lines that use one. No framework is installed
here."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from aiconn_nb import (
    AdapterBroken,
    AdapterNotFound,
    FrameworkCannotCall,
    FrameworkFailed,
    FrameworkMissing,
    ProviderFailed,
    Secret,
    Session,
)
from aiconn_nb.errors import KnownKeyGiven
from aiconn_nb.features.adapters import Adapter, Model, known
from aiconn_nb.features.adapters.known import BUILT_IN
from aiconn_nb.providers.values.access import Api

KEY = "sk-canary-0123456789-for-frameworks"


class Acme(Adapter):
    """A framework of the tests."""

    id = "acme"
    name = "Acme"
    packages: ClassVar = {Api.OPENAI: "acme"}
    modules: ClassVar = {Api.OPENAI: "json"}
    imports = "import json"
    lines = "print(model)"

    def chat(self, model: Model) -> Any:
        if model.id == "refused":
            raise ValueError(f"no such model for {model.key}\nand more")
        return {"model": model.id, "url": model.access.endpoint, "key": model.key, **model.given(temperature="heat")}

    def with_fallbacks(self, first: Any, others: Any) -> Any:
        return [first, *others]


class PlugIn:
    """A substitute for an entry point."""

    def __init__(self, name: str, made: Any) -> None:
        self.name, self._made = name, made

    def load(self) -> Any:
        return self._made


@pytest.fixture
def acme(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session with two connections, and the framework Acme as a plug-in."""
    plug_ins = [PlugIn("acme", Acme), PlugIn("odd", dict)]
    monkeypatch.setattr(known, "entry_points", lambda group: plug_ins)
    session.create("gpt", "openai", settings={"api_key": Secret(KEY)})
    session.create("vllm", "openai-compatible", settings={"endpoint": "http://127.0.0.1:9/v1"})
    session.create("here", "demo")
    return session


def test_an_object_has_the_address_the_key_and_the_options(acme: Session) -> None:
    """They are those of the connection and the profile."""
    acme.create_profile("writer", connections=["gpt"], model="gpt-5", temperature=0.5)
    assert acme.to("acme", "writer") == {
        "model": "gpt-5",
        "url": "https://api.openai.com/v1",
        "key": KEY,
        "heat": 0.5,
    }


def test_fallbacks_follow(acme: Session) -> None:
    """A connection that the framework cannot call is left out, with a note."""
    acme.create_profile("writer", connections=["vllm", "here", "gpt"], model="m")
    with pytest.warns(UserWarning, match="here"):
        made = acme.to("acme", "writer")
    assert [each["url"] for each in made] == ["http://127.0.0.1:9/v1", "https://api.openai.com/v1"]


def test_a_framework_that_is_not_known_names_the_nearest(acme: Session) -> None:
    """There is no traceback of an import."""
    with pytest.raises(AdapterNotFound) as raised:
        acme.to("langchian", "gpt", model="m")
    assert raised.value.known == (*BUILT_IN, "acme", "odd")


@pytest.mark.parametrize("framework", [*BUILT_IN, "llama_index"])
def test_a_framework_that_is_not_installed_says_how_to_install_it(framework: str, acme: Session) -> None:
    """Nothing is imported, and nothing is built."""
    with pytest.raises(FrameworkMissing) as raised:
        acme.to(framework, "gpt", model="m")
    assert raised.value.package


def test_a_provider_that_no_framework_calls(acme: Session) -> None:
    """The demo provider has no API."""
    with pytest.raises(FrameworkCannotCall) as raised:
        acme.to("acme", "here", model="demo-chat")
    assert (raised.value.alias, raised.value.apis) == ("here", ("openai",))


def test_what_a_framework_raises_has_no_key_in_it(acme: Session) -> None:
    """Its own exception, whose frames hold the key, is left behind."""
    with pytest.raises(FrameworkFailed) as raised:
        acme.to("acme", "gpt", model="refused")
    assert raised.value.kind == "ValueError"
    assert KEY not in f"{raised.value}{raised.value!r}{vars(raised.value)}"
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


def test_a_plug_in_that_is_none(acme: Session) -> None:
    """It does not harm the others."""
    with pytest.raises(AdapterBroken):
        acme.to("odd", "gpt", model="m")


def test_a_snippet_has_no_key_and_can_be_run(acme: Session) -> None:
    """The lines of the snippet are a cell."""
    snippet = acme.snippet("gpt", framework="acme", model="gpt-5")
    assert snippet.code == (
        "import aiconn_nb\nimport json\n\nmodel = aiconn_nb.to('acme', 'gpt', model='gpt-5')\nprint(model)"
    )


@pytest.mark.parametrize("given", ["sk-proj-made-up-0123456789", None])
def test_a_key_in_the_place_of_the_model_is_refused(acme: Session, given: str | None) -> None:
    """The lines are saved with the notebook, so neither a key's shape nor one that is known here is written into them."""
    acme.set_secret("Other:ApiKey", Secret("made-up-key-of-no-shape"))
    with pytest.raises(KnownKeyGiven):
        acme.snippet(acme.aliases()[0], model=given or "made-up-key-of-no-shape")


def test_a_snippet_without_a_framework(acme: Session) -> None:
    """The lines use this package alone."""
    acme.create_profile("writer", connections=["gpt"], model="gpt-5")
    assert (
        acme.snippet("writer").code
        == "import aiconn_nb\n\nreply = aiconn_nb.ask(\"Say hello.\", profile='writer')\nprint(reply)"
    )


def test_a_snippet_takes_no_key_for_a_model(acme: Session) -> None:
    """The lines would be saved with the notebook."""
    with pytest.raises(KnownKeyGiven) as raised:
        acme.snippet(acme.aliases()[0], model="sk-proj-canary0123456789abcdef")
    assert "canary" not in str(raised.value)


def test_a_snippet_of_vectors_where_the_framework_has_none(acme: Session) -> None:
    """The error comes before the cell runs."""
    with pytest.raises(FrameworkCannotCall):
        acme.snippet("gpt", framework="acme", model="m", capability="embedding")


@pytest.mark.parametrize("framework", BUILT_IN)
def test_every_snippet_is_python(framework: str, acme: Session) -> None:
    """The code may have ``await`` outside a function, as a cell may."""
    import ast

    code = acme.snippet("gpt", framework=framework, model="m").code
    compile(code, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert code.isascii()


def test_our_entry_points_are_the_built_in_ones() -> None:
    """Our frameworks are declared like those of a third party."""
    import tomllib

    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    ours = declared["project"]["entry-points"]["aiconn_nb.adapters"]
    assert ours == {name: f"aiconn_nb.features.adapters.frameworks.{place}" for name, place in BUILT_IN.items()}


def test_an_asynchronous_client_is_the_sdks_own(acme: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client has the SDK's own retries and nothing from the environment."""
    import openai

    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/of-another")
    client = acme.async_client("gpt")
    assert isinstance(client, openai.AsyncOpenAI)
    assert (str(client.base_url), client.max_retries) == ("https://api.openai.com/v1/", 2)


def test_an_sdk_without_an_asynchronous_client(acme: Session) -> None:
    """The error is the same as for anything else that a provider cannot do."""
    settings = {"region": "eu-central-1", "access_key_id": "AKIA", "secret_access_key": Secret("canary-of-aws-012345")}
    acme.create("bedrock", "amazon", settings=settings)
    with pytest.raises(ProviderFailed):
        acme.async_client("bedrock")


def test_a_snippet_asks_only_for_the_package_of_its_connection(session: Session) -> None:
    """The same holds for `to`. Without a key the API is unknown, and all packages are named."""
    session.create("gpt", "openai", settings={"api_key": "$Made:Up"})
    all_of_them = session.snippet("gpt", framework="langchain", model="m").install
    assert "langchain-anthropic" in all_of_them
    session.set_secret("Made:Up", Secret(KEY))
    assert session.snippet("gpt", framework="langchain", model="m").install == "%pip install 'langchain-openai'"
