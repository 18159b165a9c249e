"""A key comes in through every door, every command runs with it, and every place is searched for it.

The doors are each sensitive field of each provider, set by the API, at the prompt and in the form, and by a reference to a file, to
a user secret and to an environment variable. The places are the output in every format, the repr of each of our objects, pickles,
logs at DEBUG (also those of the SDKs), the history file, the store, the vault's folder, temporary and lock files, and the kernel's
namespace.
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
import tblib.pickling_support

from aiconn_nb.providers.base import Provider
from aiconn_nb.session import kernel_session
from aiconn_nb.session.results import Result
from aiconn_nb.ui import cli
from aiconn_nb.ui.shell.command import Argument, Command, split
from aiconn_nb.ui.shell.table import COMMANDS

from . import drivers
from .canary import Canary, found
from .conftest import CASES, PROVIDERS, WAYS_IN, Door, Echoing, Record, Searched, in_files, shows


def test_every_sensitive_field_has_a_door() -> None:
    """The list of doors grows with the providers."""
    assert [(provider.id, key) for provider, keys in CASES for key in keys] == [
        ("amazon", "api_key"),
        ("amazon", "access_key_id"),
        ("amazon", "secret_access_key"),
        ("amazon", "session_token"),
        ("anthropic", "api_key"),
        ("anthropic-bedrock", "api_key"),
        ("anthropic-bedrock", "access_key_id"),
        ("anthropic-bedrock", "secret_access_key"),
        ("anthropic-bedrock", "session_token"),
        ("anthropic-foundry", "api_key"),
        ("anthropic-foundry", "client_secret"),
        ("anthropic-vertex", "service_account"),
        ("cohere", "api_key"),
        ("demo", "api_key"),
        ("google", "api_key"),
        ("google-vertex", "service_account"),
        ("microsoft-foundry", "api_key"),
        ("microsoft-foundry", "client_secret"),
        ("openai", "api_key"),
        ("openai-compatible", "api_key"),
        ("vllm", "api_key"),
    ]
    assert sum(field.sensitive for each in PROVIDERS for field in each.fields) == 21


def test_every_command_is_driven_with_every_option() -> None:
    """A line is derived for every option that no story has."""
    driven = {(name, word) for name, line in (*drivers.STORY, *drivers.OPTIONS) for word in line.split()}
    wanted = {(name, arg.name) for name, command in COMMANDS.items() for arg in command.args if arg.is_option}
    assert wanted - driven == set()
    assert set(COMMANDS) == {name for name, _ in (*drivers.STORY, *drivers.OPTIONS)}


def test_a_new_command_is_driven() -> None:
    """A command without a story gets a line with its required arguments, and one for each option."""
    arguments = (
        Argument("alias", "a connection", "alias"),
        Argument("text", "any text", "", {"nargs": "?"}),
        Argument("--model", "the model", "model"),
        Argument("--provider", "the provider", "provider", needed=True),
        Argument("--quiet", "says nothing", "", {"action": "store_true"}),
    )

    def never(*_: object) -> Result:
        raise AssertionError

    made = Command("check", "a new one", never, arguments, takes_rest=True)
    assert list(drivers.options(made)) == [
        "check c --provider demo -- true",
        "check c --provider demo --model gpt-4o -- true",
        "check c --provider demo --quiet -- true",
    ]


@pytest.mark.parametrize("spell", ["plain", "json", "twice", "html", "url", "repr", "base64", "within base64"])
def test_the_search_is_not_blind(spell: str) -> None:
    """The search finds a canary in every spelling, and finds none in a text without one."""
    import base64
    import html
    from urllib.parse import quote

    canary = Canary("search", spell)
    whole = canary.value
    spelled = {
        "plain": whole,
        "json": json.dumps(whole),
        "twice": json.dumps(json.dumps(whole)),
        "html": html.escape(whole),
        "url": quote(whole, safe=""),
        "repr": repr(whole.encode()),
        "base64": base64.b64encode(whole.encode()).decode(),
        "within base64": base64.urlsafe_b64encode(f"user:{whole}, and more".encode()).decode(),
    }[spell]
    assert found(f"before {spelled} behind", [canary, Canary("another")]) == [f"search {spell}"]


@pytest.mark.parametrize(("provider", "keys", "name"), WAYS_IN)
def test_no_command_shows_a_key(
    provider: Provider,
    keys: Sequence[str],
    name: str,
    echoing: str,
    isolated: Path,
    work: Path,
    searched: Searched,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    all_logs: pytest.LogCaptureFixture,
    record_figure: Record,
    thorough: bool,
    every_command: bool,
) -> None:
    """The commands run in a real shell in Verbose mode against a server that repeats the keys, and in the terminal with JSON
    output."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), work / "lesson.ipynb")
    door = Door(name, provider, keys, echoing)
    session = kernel_session()
    door.open(session, searched, monkeypatch)
    assert session.account("a")._settings.keys() >= set(keys), "the keys came in"

    whole = name in ("api", "file") or thorough
    is_representative = every_command or provider.id in drivers.REPRESENTATIVES
    wanted = drivers.CALLING if whole else drivers.TOUCHING
    lines = [line for command, line in drivers.STORY if (whole and is_representative) or command in wanted]
    lines += [line for _, line in drivers.OPTIONS] if name == "api" and is_representative else []
    for line in lines:
        if whole and "c" in session.deleted_aliases():
            session.undelete("c")
        searched.answers = iter([door.canaries[keys[0]].value] * 2)
        searched.run(line)
    for line in lines if whole and (every_command or provider.id == "openai-compatible") else ():
        cli.main([*split(re.sub(r"\bc\b", "z", line)), *(["--json"] if " -- " not in line else [])])
    held = searched.ours()
    pickles = [_pickled(each) for each in held]
    namespace = searched.namespace()
    searched.close()
    printed = capsys.readouterr()

    hidden = door.all
    if door.is_sent:
        assert found("\n".join(Echoing.heard), hidden), "the server was reached, and has repeated it"
    assert found("\n".join(searched.shown), hidden) == []
    assert found(printed.out, hidden) == []
    assert found(printed.err, hidden) == []
    assert found(all_logs.text, hidden) == []
    assert found(namespace, hidden) == []
    assert found("\n".join(map(shows, held)), hidden) == []
    assert [type(each) for each, content in zip(held, pickles, strict=True) if found(content, hidden)] == []
    (work / "appsettings.json").unlink(missing_ok=True)
    assert in_files(isolated, hidden) == {}
    assert (isolated / "ipython").is_dir()
    record_figure("doors searched (a sensitive field of a provider, and a way in)", len(keys))
    record_figure("commands run with them", len(lines))
    record_figure("objects asked for their repr, and pickled", len(held))


def _pickled(thing: object) -> str:
    """Return the content of an object's pickle, or '' if the object refuses to be pickled, as a `Secret` does.

    Once `distributed` is imported, a pickled exception holds its cause and its context, with or without ``from None``.
    """
    try:
        if isinstance(thing, BaseException):
            tblib.pickling_support.install(thing)
        return pickle.dumps(thing).decode("latin-1")
    except Exception:
        return ""
