"""Nothing in the working folder is imported, although IPython puts it in front of the path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHADOWS = (
    "openai",
    "httpx2",
    "tinydb",
    "filelock",
    "cryptography",
    "platformdirs",
    "difflib",
    "hmac",
    "uuid",
    "zipfile",
)
PLUG_IN = """
from aiconn_nb.providers.base import Provider
class X(Provider):
    id = "helper"; name = "Helper"; fields = (); capabilities = frozenset()
    def client(self, settings): return "a client"
    def endpoint(self, settings): return None
    def models(self, client): return []
"""


def run(code: str, work: Path, **variables: str) -> str:
    """Return the output of a process that has the working folder in front of its path, as IPython's kernel has."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, ''); import aiconn_nb as aiconn\n{code}"],
        capture_output=True,
        text=True,
        cwd=work,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        check=False,
    )
    return done.stdout + done.stderr


def plant(folder: Path, name: str, group: str, module: str) -> None:
    """Write metadata with an entry point, as an installed package has."""
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")


def test_no_sdk_and_no_dependency_of_the_folder_is_imported(work: Path) -> None:
    """It imports no file, no package, no part of a namespace package, and no module that shadows the standard library."""
    for name in SHADOWS:
        (work / f"{name}.py").write_text("print('EXECUTED', __name__)\n")
    (work / "google" / "genai").mkdir(parents=True)
    (work / "google" / "genai" / "__init__.py").write_text("print('EXECUTED', __name__)\n")
    said = run(
        "aiconn.create('o', 'openai', settings={'api_key': 'made-up-key-0123'})\n"
        "print(type(aiconn.client('o')).__module__)\n"
        "aiconn.create('g', 'google', settings={'api_key': 'made-up-key-0123'})\n"
        "print(type(aiconn.client('g')).__module__)\n"
        "try:\n aiconn.show('missing')\nexcept aiconn.AiconnError as error:\n print(error)\n",
        work,
    )
    assert "EXECUTED" not in said
    assert "openai\n" in said
    assert "google.genai.client\n" in said


@pytest.mark.parametrize("group", ["aiconn_nb.providers", "aiconn_nb.config_sources"])
def test_no_plug_in_of_the_folder_is_imported(work: Path, group: str) -> None:
    """Its metadata is not even read."""
    plant(work, "helper", group, "lesson_helper:X")
    (work / "lesson_helper.py").write_text("print('EXECUTED')\n")
    said = run("aiconn.connections(); print([row.id for row in aiconn.kernel_session().providers()])", work)
    assert "EXECUTED" not in said
    assert "'demo'" in said
    assert "helper" not in said


def test_an_environment_below_the_folder_works(work: Path) -> None:
    """An editable install works as well, because its folder has a separate entry on the path."""
    site = work / ".venv" / "site-packages"
    plant(site, "helper", "aiconn_nb.providers", "lesson_helper:X")
    (work / "src").mkdir()
    (work / "src" / "lesson_helper.py").write_text(PLUG_IN)
    said = run(
        "aiconn.create('h', 'helper'); print(aiconn.client('h'))",
        work,
        PYTHONPATH=os.pathsep.join([str(site), str(work / "src")]),
    )
    assert said == "a client\n"


def test_what_the_user_imported_from_the_folder_is_told(work: Path) -> None:
    """A file called openai.py is a common slip, and it is no SDK."""
    (work / "openai.py").write_text("OpenAI = print\n")
    said = run(
        "import openai\naiconn.create('o', 'openai', settings={'api_key': 'made-up-key-0123'})\n"
        "try:\n aiconn.client('o')\nexcept aiconn.ProviderUnavailable as error:\n print(error)\n",
        work,
    )
    assert "a file of the working folder has its name" in said


def test_the_users_own_imports_work_as_always(work: Path) -> None:
    """The folder stays on the path."""
    (work / "helper.py").write_text("print('imported')\n")
    assert run("import helper", work) == "imported\n"


def test_a_working_folder_that_is_gone_is_no_error(work: Path) -> None:
    """Imports go on without it."""
    gone = work / "gone"
    gone.mkdir()
    assert run("import os, shutil; shutil.rmtree(os.getcwd()); aiconn.Secret('x'); print('fine')", gone) == "fine\n"


def test_a_folder_of_packages_that_cannot_be_read_is_passed_by(work: Path) -> None:
    """Python itself skips such a folder when it starts."""
    refuses = "def refuse(place): raise PermissionError(place)\n"
    assert run(f"import os\n{refuses}os.listdir = refuse\naiconn.Secret('x'); print('fine')", work) == "fine\n"
