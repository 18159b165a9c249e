"""A ``.env`` file as a source: what its text means, and where it lies among the layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb.config import ConfigSource, Configuration, DeferredLayer
from aiconn_nb.config.file_layers import DotenvLayer
from aiconn_nb.errors import ConfigurationFileError
from aiconn_nb.testing import SourceContract

SECRET = "made-up-0123456789"


class TestContract(SourceContract):
    """The source fulfils the contract of every source."""

    secret = SECRET

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / ".env"
        self.path.write_text(f"OpenAI__ApiKey={SECRET}\nOTHER=1\n")

    def source(self) -> ConfigSource:
        return DotenvLayer(self.path)


def load(folder: Path, text: str | bytes, **more: object) -> Configuration:
    """A configuration of a folder with this ``.env`` file, and no variables."""
    path = folder / ".env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Configuration.load(folder, "Development", **{"environ": {}, "dotenv": path, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("A=one", "one"),
        ("export A=one", "one"),
        ("A = 'two words' # comment", "two words"),
        ('A="line\\nline"', "line\nline"),
        ("A='line\\nline'", "line\\nline"),
        ("A=pa${ss}word", "pa${ss}word"),
        ("A='pa${ss}word'", "pa${ss}word"),
        ('A="pa${ss}word"', "pa${ss}word"),
        ("A=$HOME", "$HOME"),
        ("A=a#b", "a#b"),
        ("A=", ""),
        ("A=1\nA=2", "2"),
        ("a=1\nA=2", "2"),
        ("\ufeffA=1", "1"),
        ("A=1\r\nB=2\r\n", "1"),
        ("A='one\ntwo'", "one\ntwo"),
    ],
)
def test_a_value_is_what_python_dotenv_reads_without_interpolation(tmp_path: Path, written: str, value: str) -> None:
    """Quotes, comments and ``export`` are read. A ``${`` is never replaced, and the last of two values wins."""
    assert load(tmp_path, written).lookup("A").value == value


def test_a_double_underscore_is_a_colon_and_case_does_not_count(tmp_path: Path) -> None:
    """The rules are those of environment variables."""
    configuration = load(tmp_path, "OPENAI__APIKEY=x\nA___B=y\n")
    assert configuration.lookup("OpenAI:ApiKey").value == "x"
    assert configuration.lookup("a:_b").value == "y"
    assert configuration.keys() == ["A:_B", "OPENAI:APIKEY"]


def test_a_name_without_a_value_sets_nothing(tmp_path: Path) -> None:
    """The lower file decides, as in a program that loads the file."""
    (tmp_path / "appsettings.json").write_text('{"A": "below"}')
    assert load(tmp_path, "A\n").lookup("A").value == "below"


def test_it_lies_over_the_json_files_and_under_secrets_and_variables(tmp_path: Path) -> None:
    """Hidden and hiding values are reported with their lines."""
    (tmp_path / "appsettings.json").write_text('{"A": "json", "B": "json"}')
    (tmp_path / "appsettings.Development.json").write_text('{"A": "json", "C": "json"}')
    secrets = DeferredLayer("user secrets", "/s.json", lambda: ["B"], lambda key: "user secret")
    configuration = load(tmp_path, "\n# comment\nA=1\nB=2\nC=3\n", secrets=[secrets], environ={"C": "variable"})
    found = configuration.lookup("A")
    assert (found.value, found.source, found.line, found.column) == ("1", str(tmp_path / ".env"), 3, None)
    assert [each.entry.source for each in found.hidden] == [
        str(tmp_path / "appsettings.Development.json"),
        str(tmp_path / "appsettings.json"),
    ]
    assert configuration.lookup("B").value == "user secret"
    assert configuration.lookup("C").value == "variable"
    hidden = configuration.lookup("C").hidden
    assert [(each.entry.line, each.entry.value) for each in hidden] == [(5, None), (1, "json")]
    assert configuration.places == [
        "environment variables",
        "user secrets",
        ".env",
        "appsettings.Development.json",
        "appsettings.json",
    ]


def test_its_values_are_secret_and_it_is_a_file_of_the_project(tmp_path: Path) -> None:
    """This holds for any name. So it never counts as a personal secret that hides a file."""
    (tmp_path / "appsettings.json").write_text('{"Endpoint": "https://a.example"}')
    found = load(tmp_path, "Endpoint=https://b.example").lookup("Endpoint")
    assert found.is_secret
    assert found.origin.is_project_file
    assert not found.hides_project_file


@pytest.mark.parametrize(
    ("text", "line"), [("A=1\n\n B='unclosed\n", 3), ("A=1\n=x\n", 2), ("A='x'y\n", 1), (b"A=\xff", None)]
)
def test_a_broken_file_fails_every_lookup(tmp_path: Path, text: str | bytes, line: int | None) -> None:
    """The error has the line but not its text. python-dotenv itself would log the line and continue."""
    (tmp_path / "appsettings.json").write_text('{"B": "below"}')
    with pytest.raises(ConfigurationFileError) as raised:
        load(tmp_path, text).lookup("B")
    assert raised.value.path == str(tmp_path / ".env")
    assert (raised.value.line, raised.value.column) == (line, None)
    assert "unclosed" not in str(raised.value)


def test_a_change_of_the_file_is_seen(tmp_path: Path) -> None:
    """This includes its creation and removal."""
    configuration = load(tmp_path, "A=1")
    assert configuration.lookup("A").value == "1"
    (tmp_path / ".env").write_text("A=22")
    assert configuration.lookup("A").value == "22"
    (tmp_path / ".env").unlink()
    assert configuration.keys() == []


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    """It is an error of the file, as a folder is."""
    import os

    configuration = load(tmp_path, "")
    (tmp_path / ".env").unlink()
    os.mkfifo(tmp_path / ".env")
    with pytest.raises(ConfigurationFileError):
        configuration.keys()
