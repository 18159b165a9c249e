"""Configuration sources of other packages: what they say of themselves is what counts, and a broken one affects nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads
from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import Session, plugins
from aiconn_nb.config import ConfigSource, Entry
from aiconn_nb.config.plug_ins import BrokenSource, PluggedIn, installed_sources, shape_problem
from aiconn_nb.errors import SecretsFileError, SourceFailed, UnusableValue
from aiconn_nb.model.secret import Secret
from aiconn_nb.testing import SourceContract

from .conftest import Folder

CANARY = "canary-of-a-team-0123"


class TeamVault:
    """A source in memory."""

    name = "team vault"
    is_secret = True
    is_project_file = False
    is_writable = True

    def __init__(self, environment: str) -> None:
        self._held = {"Team:Value": Secret(CANARY)}

    def keys(self) -> Iterable[str]:
        return list(self._held)

    def get(self, key: str) -> Entry | None:
        found = next((each for each in self._held if each.upper() == key.upper()), None)
        return None if found is None else Entry(found, self._held[found].reveal(), self.name)

    def place(self, key: str) -> Entry | None:
        found = self.get(key)
        return None if found is None else Entry(found.key, None, self.name)

    def put(self, key: str, value: Secret) -> None:
        self._held[key] = value


class TestContract(SourceContract):
    """The source fulfils the contract of every source."""

    secret = CANARY

    def source(self) -> ConfigSource:
        return TeamVault("Development")


class TestContractWithinTheGuard(SourceContract):
    """The guard around a plug-in fulfils the contract, too."""

    secret = CANARY

    def source(self) -> ConfigSource:
        return PluggedIn(TeamVault("Development"))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Return a function that installs a package with a source, from its name and code."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    names: list[str] = []

    def install(name: str, code: str) -> None:
        metadata = site / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[aiconn_nb.config_sources]\n{name} = {name}:make\n")
        (site / f"{name}.py").write_text(code)
        names.append(name)

    yield install
    for name in names:
        sys.modules.pop(name, None)


CODE = """
from aiconn_nb.config import Entry
class make:
    name = "team vault"
    is_secret, is_project_file, is_writable = True, False, False
    def __init__(self, environment): pass
    def keys(self): return ["Team:Value"]
    def get(self, key): return Entry("Team:Value", "canary-of-a-team-0123", self.name)
    def place(self, key): return Entry("Team:Value", None, self.name)
"""


def test_an_installed_source_answers_masked(installed: Callable[[str, str], None], work: Path) -> None:
    """One file and its entry point suffice. The value is used, masked wherever it is shown, and overrides the files."""
    (work / "appsettings.json").write_text('{"Team": {"Value": "of-the-file"}}')
    installed("team_vault_a", CODE)
    session = Session()
    found = session.resolve("$team:value")
    assert found[0].resolved
    assert found[0].source == "team vault"
    assert found[0].hidden == ("appsettings.json:1",)
    assert CANARY not in str(found)
    session.create("a", "openai", settings={"api_key": "$Team:Value"})
    client: Any = session.client("a")
    assert client.api_key == CANARY


@pytest.mark.parametrize(
    "code",
    [
        "raise RuntimeError('no')",
        "class Panic(BaseException): pass\nraise Panic('no')",
        "import sys; sys.exit(3)",
        "make = 3",
        "def make(environment): return None",
        CODE.replace("True, False, False", "True, 'no', False"),
    ],
)
def test_a_source_that_does_not_load_is_left_out_with_a_note(
    installed: Callable[[str, str], None], work: Path, code: str
) -> None:
    """This holds for anything that it raises or returns. All other keys are found."""
    (work / "appsettings.json").write_text('{"A": "x"}')
    installed("broken_source", code)
    session = Session()
    found = session.resolve("$A")
    assert found[0].resolved
    assert any("broken_source" in note for note in found.notes)


def made(**more: Any) -> PluggedIn:
    """Return a guarded source that differs from the one above."""
    vault = TeamVault("Development")
    for name, value in more.items():
        setattr(vault, name, value)
    return PluggedIn(vault)


def raises(error: BaseException) -> Callable[..., Any]:
    """Fail, as a method of a plug-in."""

    def method(*given: Any) -> Any:
        raise error

    return method


@pytest.mark.parametrize(
    "get", [raises(ValueError(CANARY)), raises(SystemExit(1)), lambda key: "text", lambda key: None]
)
def test_a_value_that_cannot_be_read_fails_its_own_lookup_only(folder: Folder, get: Any) -> None:
    """It never falls through to a lower file, whose value may be another account's."""
    folder.write("", '{"Team": {"Value": "below"}, "A": "x"}')
    configuration = folder.load(secrets=[made(get=get)])
    with pytest.raises(UnusableValue):
        configuration.lookup("Team:Value")
    assert configuration.lookup("A").value == "x"


def test_its_own_error_passes(folder: Folder) -> None:
    """A plug-in may raise an error of this package."""
    with pytest.raises(SecretsFileError):
        folder.load(secrets=[made(get=raises(SecretsFileError("no")))]).lookup("Team:Value")


def test_a_source_that_was_never_asked_with_success_answers_for_every_key(folder: Folder) -> None:
    """Its keys are unknown, so a lower value may be another account's. The error names the source."""
    folder.write("", '{"A": "below"}')
    configuration = folder.load(secrets=[made(keys=raises(KeyError("k")))])
    for key in ("A", "Nowhere"):
        with pytest.raises(SourceFailed):
            configuration.lookup(key)
    assert any("team vault" in note for note in configuration.notes)
    assert configuration.keys() == ["A"]


def test_what_lies_over_such_a_source_is_found(folder: Folder) -> None:
    """An environment variable has precedence."""
    configuration = folder.load(environ={"A": "above"}, secrets=[made(keys=raises(KeyError("k")))])
    assert configuration.lookup("A").value == "above"


def test_a_source_that_was_asked_once_fails_its_own_keys_only(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys stay known while it fails."""
    clock = [0.0]
    monkeypatch.setattr("aiconn_nb.config.plug_ins.monotonic", lambda: clock[0])
    folder.write("", '{"Team": {"Value": "below"}, "A": "x"}')
    source = TeamVault("Development")
    configuration = folder.load(secrets=[PluggedIn(source)])
    assert configuration.lookup("A").value == "x"
    clock[0] = 5.0
    monkeypatch.setattr(source, "keys", raises(OSError("down")), raising=False)
    monkeypatch.setattr(source, "get", raises(OSError("down")), raising=False)
    assert configuration.lookup("A").value == "x"
    with pytest.raises(UnusableValue):
        configuration.lookup("Team:Value")


def test_a_source_that_hangs_ends_the_wait(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked again at once."""
    ended = Event()
    monkeypatch.setattr(plugins, "PATIENCE", 0.05)
    asked: list[int] = []

    def keys() -> list[str]:
        asked.append(1)
        ended.wait(30)
        return []

    folder.write("", '{"A": "x"}')
    configuration = folder.load(secrets=[made(keys=keys)])
    for _ in range(2):
        with pytest.raises(UnusableValue):
            configuration.lookup("A")
    ended.set()
    assert len(asked) == 1


def test_a_source_that_hangs_has_one_thread_at_most(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds however often its values are needed. Once it has returned, it is asked again."""
    ended, asked = Event(), list[int]()
    monkeypatch.setattr(plugins, "PATIENCE", 0.05)

    def get(key: str) -> Entry:
        asked.append(1)
        ended.wait(30)
        return Entry("Team:Value", CANARY, "team vault")

    configuration = folder.load(secrets=[made(get=get)])
    for _ in range(5):
        with pytest.raises(SourceFailed):
            configuration.lookup("Team:Value")
    assert len(asked) == 1
    ended.set()
    next(thread for thread in enumerate_threads() if thread.name == "aiconn-plug-in").join(30)
    assert configuration.lookup("Team:Value").value == CANARY


def test_what_is_no_source_is_told(work: Path) -> None:
    """The message is for the plug-in's author."""
    assert shape_problem(TeamVault("x")) == ""
    assert shape_problem(SimpleNamespace(name="x")) != ""
    assert list(BrokenSource("x", "y").keys()) == []
    assert installed_sources("Development") == []
