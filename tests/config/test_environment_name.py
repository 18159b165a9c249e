"""Which environment, which folder, which file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aiconn_nb.config import check_environment_name, environment_from, environments, find_root
from aiconn_nb.errors import BadEnvironmentName, EnvironmentNotFound, ReferenceNotFound
from aiconn_nb.model.hint import Interface, shown_in
from aiconn_nb.model.place import shown

from .conftest import Folder


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("Development", "default")),
        ({"ASPNETCORE_ENVIRONMENT": "C"}, ("C", "ASPNETCORE_ENVIRONMENT")),
        ({"ASPNETCORE_ENVIRONMENT": "C", "DOTNET_ENVIRONMENT": "B"}, ("B", "DOTNET_ENVIRONMENT")),
        (
            {"ASPNETCORE_ENVIRONMENT": "C", "DOTNET_ENVIRONMENT": "B", "AICONN_ENVIRONMENT": "A"},
            ("A", "AICONN_ENVIRONMENT"),
        ),
        ({"DOTNET_ENVIRONMENT": "", "ASPNETCORE_ENVIRONMENT": "C"}, ("C", "ASPNETCORE_ENVIRONMENT")),
        ({"AICONN_ENVIRONMENT": " \t", "DOTNET_ENVIRONMENT": "B"}, ("B", "DOTNET_ENVIRONMENT")),
        ({"AICONN_ENVIRONMENT": "", "DOTNET_ENVIRONMENT": " "}, ("Development", "default")),
        ({"aiconn_Environment": "A"}, ("A", "aiconn_Environment")),
        ({"dotnet_environment": "B", "ASPNETCORE_ENVIRONMENT": "C"}, ("B", "dotnet_environment")),
        ({"AICONN_ENVIRONMENT": "", "aiconn_environment": "A"}, ("A", "aiconn_environment")),
        ({"AICONN_ENVIRONMENT": "A", "aiconn_environment": "a"}, ("A", "AICONN_ENVIRONMENT")),
        ({"AICONN_ENVIRONMENT": " Staging "}, (" Staging ", "AICONN_ENVIRONMENT")),
        ({"AICONN_ENVIRONMENT": "sTAGING"}, ("sTAGING", "AICONN_ENVIRONMENT")),
        ({"AICONN__ENVIRONMENT": "A"}, ("Development", "default")),
    ],
)
def test_the_environment(environ: dict[str, str], expected: tuple[str, str]) -> None:
    """AICONN_, DOTNET_ and ASPNETCORE_ENVIRONMENT apply in this order, in any case. Blank counts as unset; the default is
    Development."""
    assert environment_from(environ) == expected


@pytest.mark.parametrize("name", ["Development", "Pro.duction", "Prüfung", "..", "my env", "-", "A" * 200])
def test_names_that_can_be_part_of_a_file_name(name: str) -> None:
    """Any text that a file name can contain is a valid name."""
    check_environment_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "../x", "a/b", "a\\b", "/", "a\nb", "a\0", "A" * 201, "ü" * 101, "a\udc80", "a\u2028b"]
)
def test_names_that_cannot(folder: Folder, name: str) -> None:
    """No name leads out of the folder. The error does not repeat the name, and loading refuses it at once."""
    with pytest.raises(EnvironmentNotFound):
        check_environment_name(name)
    with pytest.raises(BadEnvironmentName):
        folder.load(name)


def test_the_name_is_used_as_spelled_in_the_file_name(folder: Folder) -> None:
    """A file whose name differs in case is not read. A note and the error say so (ours)."""
    folder.write("", '{"A": "x"}')
    folder.write("production", '{"B": "y"}')
    configuration = folder.load("Production")
    assert configuration.notes == [
        "There is appsettings.production.json, which is not read: case matters, and appsettings.Production.json is "
        "looked for. '%aiconn env production' switches to production."
    ]
    with shown_in(Interface.TERMINAL):
        assert "'AICONN_ENVIRONMENT=production aiconn ...'" in configuration.notes[0]
    with pytest.raises(ReferenceNotFound) as raised:
        configuration.lookup("B")
    assert raised.value.hint.endswith(configuration.notes[0])
    assert folder.load("production").notes == []
    folder.write("Production", "{}")
    assert configuration.notes == []


def test_the_note_is_for_the_common_file_too(folder: Folder) -> None:
    """Windows would have read AppSettings.json."""
    (folder.path / "AppSettings.json").write_text("{}")
    assert folder.load().notes == [
        "There is AppSettings.json, which is not read: case matters, and appsettings.json is looked for. "
        "Rename it to appsettings.json."
    ]


def test_the_environments_are_those_that_have_a_file(folder: Folder) -> None:
    """They are sorted and spelled as in the file names; other files do not count. Broken links and folders do: reading them
    reports the problem."""
    for name in ("Production", "Development", "QA.Berlin", ""):
        folder.write(name, "{")
    (folder.path / "appsettings.Folder.json").mkdir()
    (folder.path / "appsettings.Link.json").symlink_to("nowhere")
    (folder.path / "appsettings.Old.json~").touch()
    (folder.path / "AppSettings.Other.json").touch()
    (folder.path / "appsettings..json").touch()
    (folder.path / "appsettings. .json").touch()
    assert environments(folder.path) == ["Development", "Folder", "Link", "Production", "QA.Berlin"]
    assert environments(folder.path / "nowhere") == []
    assert environments(None) == []


def test_the_root_is_the_nearest_folder_at_or_above(tmp_path: Path) -> None:
    """It holds appsettings.json. Something else with that name counts, too: reading it reports the problem."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_root(below, {}) is None
    (tmp_path / "appsettings.json").touch()
    assert find_root(below, {}) == tmp_path
    (tmp_path / "a" / "appsettings.json").mkdir()
    assert find_root(below, {}) == tmp_path / "a"
    (below / "appsettings.json").symlink_to("nowhere")
    assert find_root(below, {}) == below


def test_the_root_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AICONN_CONFIG_ROOT names it, in any case. Blank counts as unset, and a relative path begins at the start folder."""
    (tmp_path / "appsettings.json").touch()
    named = tmp_path / "named"
    monkeypatch.setenv("HOME", str(named))
    assert find_root(tmp_path, {"AICONN_CONFIG_ROOT": str(named)}) == named
    assert find_root(tmp_path, {"aiconn_config_root": str(named)}) == named
    assert find_root(tmp_path, {"AICONN_CONFIG_ROOT": "named"}) == named
    assert find_root(tmp_path, {"AICONN_CONFIG_ROOT": "~"}) == named
    assert find_root(tmp_path, {"AICONN_CONFIG_ROOT": " "}) == tmp_path


def test_a_folder_above_is_not_shown_as_dots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two dots and a full stop look like an omission. A file above keeps its short path."""
    below = tmp_path / "one" / "two"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert shown(str(below)) == "this folder"
    assert shown(str(tmp_path / "one")) == "the folder above"
    assert shown(str(tmp_path)) == "the folder 2 levels above"
    assert shown(str(tmp_path / "one" / "appsettings.json")) == os.path.join("..", "appsettings.json")
