"""No error, repr or frame of config/ shows a value or the text of a file."""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import aiconn_nb.config
from aiconn_nb.config import Configuration, DeferredLayer
from aiconn_nb.config.json_file import parse
from aiconn_nb.config.resolver import explain, resolve
from aiconn_nb.errors import AiconnError, UnsealError
from aiconn_nb.model.field import Field
from aiconn_nb.model.secret import Sealed, Secret

from .conftest import Folder

SECRET = "QJZ-the-secret-value-XKW"
FIELDS = [
    Field("endpoint", "Endpoint"),
    Field("api_key", "API key", sensitive=True),
    Field("timeout", "Timeout", type="integer"),
]


def shown(error: BaseException) -> str:
    """All that IPython's Verbose mode could print: the error, and the repr of every local of every frame of ours,
    of the error and of what it came from."""
    parts: list[str] = []
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None:
            parts += [str(each), repr(each), repr(each.args), repr(vars(each))]
            stack = traceback.StackSummary.extract(traceback.walk_tb(each.__traceback__), capture_locals=True)
            ours = str(Path("aiconn_nb", "config"))
            parts += [str(frame.locals) for frame in stack if ours in frame.filename]
            pending += [each.__cause__, each.__context__]
    return "\n".join(parts)


def fails(call: Callable[[], object]) -> str:
    """Return everything visible of the error that a call raises."""
    with pytest.raises(AiconnError) as raised:
        call()
    text = shown(raised.value)
    assert raised.value.what in text
    return text


@pytest.mark.parametrize(
    "content",
    [
        '{"A": "%s" "B": 1}',
        '{"A": "%s", "A": "%s"}',
        '{"A": "%s\n"}',
        '{"A": "%s\\x"}',
        '{"A": "%s',
        '{"A": %s}',
        "%s",
        "['%s']",
        '{"A": "%s"} trailing',
        '{"A": "%s\\ud800"}',
        '{"A": "%s\udcff"}',
    ],
)
def test_a_broken_file_shows_nothing_of_itself(folder: Folder, content: str) -> None:
    """Neither the message, its causes nor a local of the traceback's frames shows its content."""
    folder.write("", content.replace("%s", SECRET).encode(errors="surrogateescape"))
    configuration = folder.load(environ={"V": SECRET})
    assert SECRET not in fails(lambda: configuration.lookup("A"))
    assert SECRET not in fails(lambda: configuration.lookup("V"))
    assert SECRET not in fails(configuration.keys)
    assert SECRET not in fails(lambda: resolve({"api_key": "$A"}, FIELDS, configuration, Secret))


def test_a_missing_key_shows_no_values(folder: Folder) -> None:
    """Of the existing keys, only the names are shown."""
    folder.write("", f'{{"Abc": "{SECRET}", "Section": {{"Child": "{SECRET}"}}}}')
    configuration = folder.load(environ={"V": SECRET})
    configuration.lookup("V")
    assert SECRET not in fails(lambda: configuration.lookup("Abd"))
    assert SECRET not in fails(lambda: configuration.lookup("Section"))


def test_a_value_of_the_wrong_type_is_not_shown(folder: Folder) -> None:
    """The values of the fields that were resolved before it are not shown either."""
    folder.write("", f'{{"A": "{SECRET}"}}')
    settings = {"endpoint": "$A", "api_key": "$A", "timeout": "$A"}
    text = fails(lambda: resolve(settings, FIELDS, folder.load(), Secret))
    assert "$A must be a whole number" in text
    assert SECRET not in text


def test_a_value_that_cannot_be_opened_shows_none_of_the_others(folder: Folder) -> None:
    """The vault's error passes through frames of this package, here and in a layer."""

    def broken(anything: object) -> str:
        raise UnsealError("It cannot be opened.")

    folder.write("", f'{{"A": "{SECRET}"}}')
    layer = DeferredLayer("user secrets", "/s.json", lambda: ["A", "B"], broken)
    configuration = folder.load(environ={"C": SECRET}, secrets=[layer])
    configuration.lookup("C")
    assert SECRET not in fails(lambda: configuration.lookup("A"))
    settings = {"endpoint": "$C", "api_key": Sealed("x")}
    assert SECRET not in fails(lambda: resolve(settings, FIELDS, configuration, broken))  # type: ignore[arg-type]


def test_a_bad_environment_shows_no_variables(folder: Folder) -> None:
    """The repr of os.environ is every variable with its value. No frame that raises holds it."""
    assert SECRET not in fails(lambda: folder.load("a/b", environ={"V": SECRET}))


def test_reprs_show_no_value(folder: Folder) -> None:
    """This holds for every object that config/ returns."""
    folder.write("", f'{{"A": "{SECRET}", "B": 1}}')
    folder.write("Development", f'{{"A": "{SECRET}"}}')
    configuration = folder.load(environ={"V": SECRET})
    found = configuration.lookup("A")
    assert found.value == SECRET
    rows = explain({"endpoint": "$A", "api_key": "$A", "timeout": "$A"}, FIELDS, configuration)
    things = [configuration, found, found.hidden, rows, vars(configuration), *configuration._layers]
    things += [vars(layer) for layer in configuration._layers[1:]]  # the first one holds what it was given
    assert SECRET not in repr(things)
    assert SECRET not in repr(parse(f'{{"A": "{SECRET}"}}'.encode(), "a.json"))
    assert repr(found) == f"Found('A', '{folder.path}/appsettings.Development.json', line=1, hidden=1)"


def test_importing_config_is_cheap() -> None:
    """It imports no heavy module."""
    code = "import aiconn_nb.config, sys; print(*(sys.modules.keys() & set(sys.argv[1:])))"
    heavy = ["cryptography", "tinydb", "filelock", "IPython", "ipywidgets", "difflib", "asyncio", "platformdirs"]
    heavy += ["aiconn_nb.vault", "aiconn_nb.store", "aiconn_nb.providers", "aiconn_nb.session"]
    here = Path(aiconn_nb.config.__file__).parents[2]
    out = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True, cwd=here)
    assert out.stdout.strip() == ""


def test_a_configuration_has_no_names_beyond_its_own() -> None:
    """The public names of the package are these and no more."""
    assert sorted(aiconn_nb.config.__all__) == [
        "ConfigSource",
        "Configuration",
        "DeferredLayer",
        "Entry",
        "EnvironmentLayer",
        "Found",
        "Hidden",
        "JsonFileLayer",
        "WritableSource",
        "check_environment_name",
        "environment_from",
        "environments",
        "find_root",
    ]
    assert isinstance(aiconn_nb.config.Configuration.load(None, "Development"), Configuration)
