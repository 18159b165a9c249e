"""`discover` turns what other tools know into connections. The files have the formats of those tools, and the keys are made up."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from aiconn_nb import CommandError, Secret, Session, UntrustedHost
from aiconn_nb.features.discovery import State, local_servers
from aiconn_nb.features.discovery.results import Proposal
from aiconn_nb.model.hint import Interface, shown_in

KEY = "made-up-canary-0123456789"
OTHER = "made-up-canary-9876543210"


@pytest.fixture
def home(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder that no tool uses yet, and clear the providers' variables."""
    from aiconn_nb.providers.plug_ins.registry import Registry

    home = isolated / "at-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for each in Registry().all():
        for name in (*each.foreign, *(name for names in each.variables.values() for name in names)):
            monkeypatch.delenv(name, raising=False)
    for name in ("LLM_USER_PATH", "JUPYTER_DATA_DIR", "CONTINUE_GLOBAL_DIR", "XDG_CONFIG_HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    return home


def write(path: Path, text: str) -> Path:
    """Write a file and its folder, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(session: Session) -> dict[str, Proposal]:
    """Return the proposals by name. Other tests look for servers."""
    return {each.name: each for each in session.discover(local=False)}


def test_a_variable_becomes_a_reference(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is copied, and a second look says that the connection exists."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("GEMINI_API_KEY", "  ")
    proposal = found(session)["openai-env"]
    assert (proposal.stored, proposal.kept, proposal.host) == ((("api_key", "$OPENAI_API_KEY"),), (), "")
    assert session.discover(all=True, local=False).created == ("openai-env",)
    assert session.get("openai-env").settings == {"api_key": "$OPENAI_API_KEY"}
    assert [(each.state, each.there) for each in session.discover(local=False)] == [(State.THERE, "openai-env")]


def test_what_was_found_and_what_was_created_name_the_next_step(
    session: Session, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words can be pasted where they are shown: a terminal has no kernel that could bind a client, and Python has calls."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    created = session.discover(create=["openai-env"], local=False)
    steps = {
        Interface.NOTEBOOK: ("'%aiconn test openai-env'", "'%aiconn use openai-env as client'"),
        Interface.TERMINAL: ("'aiconn test openai-env'",),
        Interface.PYTHON: ("'aiconn_nb.test(\"openai-env\")'", "'client = aiconn_nb.client(\"openai-env\")'"),
    }
    for interface, commands in steps.items():
        with shown_in(interface):
            assert [each for each in commands if each not in str(created)] == []
            assert ("client" in str(created)) == (interface is not Interface.TERMINAL)
    session.delete("openai-env")
    with shown_in(Interface.PYTHON):
        assert 'aiconn_nb.discover(create=["openai-env"])' in str(session.discover(local=False))


def test_a_key_goes_along_with_its_address(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key beside OPENAI_BASE_URL belongs to that server and not to OpenAI. The same holds for a preset's own variable."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    monkeypatch.setenv("GROQ_API_KEY", OTHER)
    monkeypatch.setenv("GROQ_BASE_URL", "https://groq.gateway.example/openai/v1")
    proposals = found(session)
    assert sorted(proposals) == ["groq-env", "openai-compatible-env"]
    assert dict(proposals["openai-compatible-env"].stored)["endpoint"] == "$OPENAI_BASE_URL"
    assert proposals["openai-compatible-env"].host == "https://gateway.example"
    assert dict(proposals["groq-env"].stored)["endpoint"] == "$GROQ_BASE_URL"


def test_half_a_pair_is_no_account(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's keys come in pairs, but an API key of Bedrock signs in by itself. AWS_REGION is read as well."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMADEUP0000000000")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert found(session) == {}
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", KEY)
    assert dict(found(session)["amazon-env"].stored) == {
        "api_key": "$AWS_BEARER_TOKEN_BEDROCK",
        "region": "$AWS_REGION",
    }


def test_what_lacks_a_required_field_is_left(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result names the line that completes it."""
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    proposal = next(each for each in session.discover(all=True, local=False) if each.name == "qwen-env")
    assert (proposal.state, proposal.missing) == (State.LEFT, ("endpoint",))
    assert "--set api_key=$DASHSCOPE_API_KEY endpoint=..." in proposal.note
    assert session.aliases() == []


def test_a_dotenv_file_that_is_not_read_is_copied(session: Session, home: Path, work: Path) -> None:
    """The value goes encrypted into the user secrets, and nothing becomes a variable of this process."""
    write(work / ".env", f"# mine\nexport MISTRAL_API_KEY='{KEY}'\nGROQ_API_KEY=***\n")
    proposal = found(session)["mistral-dotenv"]
    assert (proposal.place, proposal.kept) == (".env:2", ("$Mistral:ApiKey",))
    assert session.discover(create=["mistral-dotenv"], local=False).created == ("mistral-dotenv",)
    assert session.get("mistral-dotenv").settings == {"api_key": "$Mistral:ApiKey"}
    assert [row.key for row in session.secrets()] == ["Mistral:ApiKey"]
    account = session.account("mistral-dotenv")
    assert account._settings["api_key"].satisfies(lambda text: text == KEY)  # type: ignore[union-attr]
    assert found(session)["mistral-dotenv"].state is State.THERE
    import os

    assert KEY not in os.environ.values()


def test_a_dotenv_file_that_is_read_is_referred_to(session: Session, home: Path, work: Path) -> None:
    """There is nothing to copy in this case."""
    write(work / ".env", f"MISTRAL_API_KEY={KEY}\n")
    session.dotenv(on=True)
    proposal = found(session)["mistral-dotenv"]
    assert (proposal.stored, proposal.kept) == ((("api_key", "$MISTRAL_API_KEY"),), ())


def test_a_host_that_a_file_of_the_folder_names_gets_no_key_unasked(session: Session, home: Path, work: Path) -> None:
    """The writer of the file chose the host, so the user who creates the connection is told to allow it."""
    write(work / ".env", f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://stranger.example/v1\n")
    (name,) = found(session)
    made = session.discover(create=[name], local=False)
    assert made.created == (name,)
    assert len(made.notes) == 1
    with pytest.raises(UntrustedHost):
        session.use(name)
    session.trust(name)
    session.use(name)


def test_an_address_with_a_key_in_it_is_not_taken(session: Session, home: Path, work: Path) -> None:
    """The key without its address is not taken either, because it would go to another host."""
    write(work / ".env", f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://me:{OTHER}@stranger.example/v1\n")
    assert found(session) == {}


LLM_KEYS = {
    "// Note": "This file stores secret API credentials. Do not share!",
    "anthropic": KEY,
    "openai": "",
    "work": "gsk_madeup0123456789abcdef",
    "unknown": "nobody-knows-this-one",
}


@pytest.mark.parametrize("named", [False, True])
def test_the_keys_of_llm(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    """The keys are found by the names that its plug-ins use or by their shape, in the usual place or in LLM_USER_PATH."""
    folder = home / ("elsewhere" if named else ".config/io.datasette.llm")
    if named:
        monkeypatch.setenv("LLM_USER_PATH", str(folder))
    write(folder / "keys.json", json.dumps(LLM_KEYS, indent=2))
    proposals = found(session)
    assert {name: each.kept for name, each in proposals.items()} == {
        "anthropic-llm": ("$Anthropic:ApiKey",),
        "groq-llm": ("$Groq:ApiKey",),
    }


def test_the_settings_of_jupyter_ai(session: Session, home: Path) -> None:
    """The keys have the names of variables, as versions 2 and 3 write them. The key of a private server goes only there."""
    path = home / ".local/share/jupyter/jupyter_ai/config.json"
    content = {
        "model_provider_id": "openai/gpt-4o",
        "api_keys": {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": OTHER, "SOMETHING": "else"},
        "send_with_shift_enter": False,
        "fields": {},
    }
    write(path, json.dumps(content, indent=4))
    assert {name: each.provider for name, each in found(session).items()} == {
        "openai-jupyter-ai": "openai",
        "anthropic-jupyter-ai": "anthropic",
    }
    content["fields"] = {"openai-chat-custom:mine": {"openai_api_base": "https://own.example/v1"}}
    write(path, json.dumps(content))
    assert found(session)["openai-compatible-jupyter-ai"].host == "https://own.example"


CONTINUE_YAML = f"""
name: My Config
version: 0.0.1
schema: v1
models:
  - name: GPT
    provider: openai
    model: gpt-5
    apiKey: ${{{{ secrets.OPENAI_KEY }}}}
  - name: GPT small
    provider: openai
    model: gpt-5-mini
    apiKey: ${{{{ secrets.OPENAI_KEY }}}}
  - name: Gateway
    provider: openai
    model: m
    apiBase: https://own.example/v1
    apiKey: {OTHER}
  - name: Local
    provider: ollama
    model: llama
  - uses: anthropic/claude
  - name: Missing
    provider: anthropic
    apiKey: ${{{{ secrets.NOT_THERE }}}}
"""


def test_the_settings_of_continue(session: Session, home: Path) -> None:
    """Each account appears once, however many models it has. The secret comes from the .env file beside it, and a private address
    keeps its key."""
    pytest.importorskip("yaml")
    write(home / ".continue/config.yaml", CONTINUE_YAML)
    write(home / ".continue/.env", f"OPENAI_KEY={KEY}\n")
    proposals = found(session)
    assert sorted(proposals) == ["openai-compatible-continue", "openai-continue"]
    assert proposals["openai-continue"].place.endswith("config.yaml: GPT")
    assert proposals["openai-compatible-continue"].host == "https://own.example"


def test_the_former_settings_of_continue(session: Session, home: Path) -> None:
    """This is config.json, which counts if there is no config.yaml."""
    models = [{"title": "Claude", "provider": "anthropic", "model": "claude", "apiKey": KEY}]
    write(home / ".continue/config.json", json.dumps({"models": models}))
    assert found(session)["anthropic-continue"].kept == ("$Anthropic:ApiKey",)


def test_the_profiles_of_aws(session: Session, home: Path) -> None:
    """They appear by name, with the region if one is set, and none of their keys is read or copied."""
    write(
        home / ".aws/config",
        "[default]\nregion = eu-west-1\n\n[profile work]\nsso_session = corp\n\n[sso-session corp]\n",
    )
    write(
        home / ".aws/credentials",
        f"[default]\naws_secret_access_key = {KEY}\n\n[old]\naws_access_key_id = AKIAMADEUP\n",
    )
    proposals = found(session)
    assert {name: dict(each.stored) for name, each in proposals.items()} == {
        "amazon-aws-default": {"profile": "default", "region": "eu-west-1"},
        "amazon-aws-work": {"profile": "work"},
        "amazon-aws-old": {"profile": "old"},
    }
    assert proposals["amazon-aws-work"].missing == ("region",)
    assert session.discover(create=["amazon-aws-default"], local=False).created == ("amazon-aws-default",)
    assert found(session)["amazon-aws-default"].state is State.THERE


def test_a_profile_of_aws_with_blanks_is_quoted(session: Session, home: Path) -> None:
    """The quotes are not part of the name. A section that AWS's tools do not read as a profile is no profile."""
    write(
        home / ".aws/config",
        '[profile "my team"]\nregion = eu-west-1\n[profile two words]\nregion = eu-west-1\n[profile "open]\nregion = eu-west-1\n',
    )
    assert {name: dict(each.stored) for name, each in found(session).items()} == {
        "amazon-aws-my-team": {"profile": "my team", "region": "eu-west-1"}
    }


def test_one_account_in_two_places_is_proposed_once(
    session: Session, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is proposed as a reference if there is a variable. Another key of the same provider is another account."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    write(work / ".env", f"OPENAI_API_KEY={KEY}\n")
    write(home / ".config/io.datasette.llm/keys.json", json.dumps({"openai": OTHER}))
    assert sorted(found(session)) == ["openai-env", "openai-llm"]


def test_two_keys_of_one_provider_do_not_share_a_secret(session: Session, home: Path, work: Path) -> None:
    """No secret that exists is replaced either."""
    write(work / ".env", f"OPENAI_API_KEY={KEY}\n")
    write(home / ".config/io.datasette.llm/keys.json", json.dumps({"openai": OTHER}))
    session.discover(create=["openai-dotenv", "openai-llm"], local=False)
    assert session.get("openai-dotenv").settings != session.get("openai-llm").settings
    assert sorted(row.key for row in session.secrets()) == ["OpenAI:ApiKey", "llm:openai"]


@pytest.mark.parametrize("text", ["{", "[]", "", '{"a": ' * 2000])
def test_a_file_that_cannot_be_read_is_a_note(session: Session, home: Path, text: str) -> None:
    """The other files are read all the same."""
    write(home / ".config/io.datasette.llm/keys.json", text)
    write(home / ".aws/config", "[default]\nregion = eu-west-1\n")
    found = session.discover(local=False)
    assert [each.name for each in found] == ["amazon-aws-default"]
    assert len(found.notes) == 1
    assert "keys.json" in found.notes[0]


def test_a_name_that_nothing_has(session: Session, home: Path) -> None:
    """Nothing is created in this case."""
    with pytest.raises(CommandError):
        session.discover(create=["openai-env"], local=False)


def test_all_copies_no_key_that_is_not_named(session: Session, home: Path, work: Path) -> None:
    """A call from Python cannot ask."""
    write(work / ".env", f"OPENAI_API_KEY={KEY}\n")
    (left,) = session.discover(all=True, local=False)
    assert left.state is State.LEFT
    assert list(session.secrets()) == []


def test_a_connection_that_cannot_be_saved_leaves_no_secret(
    session: Session, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row gives the reason."""
    write(work / ".env", f"OPENAI_API_KEY={KEY}\n")
    monkeypatch.setattr("aiconn_nb.features.connections.editing._misnamed", lambda *_: {"alias": "is bad"})
    (left,) = session.discover(create=["openai-dotenv"], local=False)
    assert (left.state, "is bad" in left.note) == (State.LEFT, True)
    assert list(session.secrets()) == []


def test_a_connection_that_cannot_be_saved_leaves_former_secrets(
    session: Session, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removed secret of that name can still be restored."""
    session.set_secret("OpenAI:ApiKey", Secret("the-former-value"))
    session.remove_secret("OpenAI:ApiKey")
    write(work / ".env", f"OPENAI_API_KEY={KEY}\n")
    monkeypatch.setattr("aiconn_nb.features.connections.editing._misnamed", lambda *_: {"alias": "is bad"})
    session.discover(create=["openai-dotenv"], local=False)
    assert [row.removed for row in session.secrets()] == [True]
    session.restore_secret("OpenAI:ApiKey")
    assert session._context.secrets.value("OpenAI:ApiKey", "Development") == "the-former-value"


def test_no_value_is_shown(session: Session, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value is not in the table, as text or HTML, in JSON, in a pickle, or in the store."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", OTHER)
    write(work / ".env", f"GROQ_API_KEY={KEY}1\nOPENAI_ORG_ID={OTHER}\nAWS_DEFAULT_REGION={OTHER}\n")
    write(home / ".config/io.datasette.llm/keys.json", json.dumps({"gemini": f"{KEY}2"}))
    write(
        home / ".local/share/jupyter/jupyter_ai/config.json", json.dumps({"api_keys": {"MISTRAL_API_KEY": f"{KEY}3"}})
    )
    models = [{"title": "t", "provider": "anthropic", "apiKey": f"{KEY}4"}]
    write(home / ".continue/config.json", json.dumps({"models": models}))
    first = session.discover(local=False)
    assert len(first) == 5
    made = session.discover(create=[each.name for each in first], local=False)
    assert len(made.created) == 5
    for result in (first, made):
        shown = [str(result), repr(result), json.dumps(result.data()), json.dumps(result._repr_mimebundle_())]
        shown.append(pickle.dumps(result).decode("latin-1"))
        assert not any(key in each for key in (KEY, OTHER) for each in shown)
    files = [each.read_bytes() for each in session._context.home.rglob("*") if each.is_file()]
    files += [each.read_bytes() for each in session._context.config_home.rglob("*") if each.is_file()]
    assert not any(KEY.encode() in each for each in files)


# ---- servers ----------------------------------------------------------------------------------------------------------

Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Yield a function that starts a loopback server which answers one path. The server notes its requests in ``heard``."""
    servers: list[ThreadingHTTPServer] = []

    def start(path: str, body: bytes, status: int = 200, heard: list[str] | None = None) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if heard is not None:
                    heard.append(f"{self.path} {sorted(name.lower() for name in self.headers)}")
                self.send_response(status if self.path == path else 404)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def at(monkeypatch: pytest.MonkeyPatch, provider: str, *ports: int) -> None:
    """Look only for this kind of server, at these ports."""
    (known,) = [each for each in local_servers.SERVERS if each.provider == provider]
    monkeypatch.setattr(local_servers, "SERVERS", (replace(known, ports=ports),))


@pytest.mark.parametrize(
    ("provider", "path", "body"),
    [
        ("ollama", "/api/version", {"version": "0.12.6"}),
        ("lm-studio", "/v1/models", {"data": [{"id": "m", "owned_by": "organization_owner"}], "object": "list"}),
        ("lm-studio", "/v1/models", {"data": [], "object": "list"}),
        ("vllm", "/v1/models", {"object": "list", "data": [{"id": "m", "owned_by": "vllm"}]}),
        ("llama-cpp", "/v1/models", {"object": "list", "data": [{"id": "m", "owned_by": "llamacpp"}]}),
        ("litellm", "/health/liveliness", "I'm alive!"),
    ],
)
def test_a_server_says_what_it_is(
    session: Session, home: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, provider: str, path: str, body: object
) -> None:
    """It is asked once and without a credential, although there is one for it."""
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    heard: list[str] = []
    at(monkeypatch, provider, serve(path, json.dumps(body).encode(), heard=heard))
    found = [each for each in session.discover() if each.source == "local server"]
    assert [(each.provider, each.name, each.stored) for each in found] == [(provider, f"{provider}-local", ())]
    assert heard == [f"{path} ['accept', 'accept-encoding', 'host']"]


def test_a_server_at_its_other_port_has_an_address(
    session: Session, home: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """llama.cpp used another port in earlier releases."""
    port = serve("/v1/models", b'{"data": [{"id": "m", "owned_by": "llamacpp"}]}')
    at(monkeypatch, "llama-cpp", 1, port)
    (proposal,) = session.discover(create=[f"llama-cpp-local-{port}"])
    assert proposal.state is State.CREATED
    assert session.get(proposal.name).settings == {"endpoint": f"http://localhost:{port}/v1"}


@pytest.mark.parametrize(
    ("body", "status"), [(b"<html>", 200), (b"{}", 200), (b"[" * 100_000, 200), (b"", 200), (b'{"version": "1"}', 302)]
)
def test_another_program_at_the_port_is_no_server(
    session: Session, home: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, body: bytes, status: int
) -> None:
    """A redirect is not followed, so a program that redirects is no server either."""
    at(monkeypatch, "ollama", serve("/api/version", body, status))
    assert list(session.discover()) == []


def test_a_server_that_does_not_answer_is_left(session: Session, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts the connection and says nothing."""
    import socket

    monkeypatch.setattr(local_servers, "_PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at(monkeypatch, "vllm", silent.getsockname()[1])
        assert list(session.discover()) == []


def test_the_projects_of_gcloud(session: Session, home: Path) -> None:
    """They are found if application default credentials exist to sign in with, and the credentials are not read."""
    folder = home / ".config/gcloud"
    write(folder / "configurations/config_work", "[core]\naccount = me@example.com\nproject = my-project-123\n")
    write(folder / "configurations/config_default", "[core]\naccount = me@example.com\n")
    assert found(session) == {}
    write(folder / "application_default_credentials.json", json.dumps({"refresh_token": KEY}))
    proposals = found(session)
    assert {name: dict(each.stored) for name, each in proposals.items()} == {
        "google-vertex-gcloud-work": {"project": "my-project-123"}
    }
