"""Imports point down, as the picture in CONTRIBUTING draws them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aiconn_nb

PACKAGE = Path(aiconn_nb.__file__).parent

ROOMS_BELOW = {
    "working_folder": set(),
    "plugins": {"model", "working_folder"},
    "model": set(),
    "display": {"model"},
    "progress": {"display"},
    "config": {"model", "plugins"},
    "vault": {"model"},
    "store": {"model"},
    "providers": {"model", "plugins", "working_folder"},
    "session": {"model", "display", "config", "vault", "store", "providers", "plugins"},
    "commands": {"model", "display", "progress", "session"},
    "magics": {"model", "display", "progress", "session", "commands", "widgets"},
    "widgets": {"model", "display", "session"},
    "cli": {"model", "display", "session", "commands"},
    "verbs": {"progress", "session"},
    "__main__": {"cli"},
    "__init__": {"magics", "working_folder"},
    "testing": {"model", "config", "providers"},
}
"""What each room may import. A magic opens the manager, and so imports a widget, only inside a function."""


def imports() -> list[tuple[str, str, bool, str]]:
    """(room, imported room, at module level, where) for every import of ours."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        room = inside.parts[0].removesuffix(".py")
        tree = ast.parse(path.read_text())
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [
                    node.module,
                    *(f"{node.module}.{alias.name}" for alias in node.names if node.module == "aiconn_nb"),
                ]
            elif isinstance(node, ast.ImportFrom) and node.level:
                up = inside.parts[: len(inside.parts) - node.level]
                names = [".".join(("aiconn_nb", *up, *(node.module or "").split("."))).rstrip(".")]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "aiconn_nb" and len(parts) > 1 and parts[1] != room:
                    found.append((room, parts[1], id(node) in top, f"{inside}:{node.lineno}"))
    return found


def test_imports_point_down() -> None:
    """No room knows one above or beside it."""
    wrong = [(where, target) for room, target, _, where in imports() if target not in ROOMS_BELOW[room]]
    assert wrong == []


def test_faces_import_widgets_only_when_one_is_opened() -> None:
    """Else loading the extension would load ipywidgets."""
    assert [where for room, target, top, where in imports() if target == "widgets" and top] == []


def test_only_providers_and_the_vault_let_a_secret_out() -> None:
    """ "Can a key leak?" is answered by reading few files."""
    callers = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "reveal":
                callers.add(path.relative_to(PACKAGE).parts[0])
    assert callers <= {"providers", "vault", "model"}


def test_no_module_imports_an_sdk_when_it_is_imported() -> None:
    """Not even the providers' own modules."""
    code = (
        "import importlib, pkgutil, sys, aiconn_nb\n"
        "for m in pkgutil.walk_packages(aiconn_nb.__path__, 'aiconn_nb.'):\n"
        "    importlib.import_module(m.name)\n"
        "print(sorted({'openai', 'anthropic', 'google.genai', 'boto3', 'botocore', 'azure.identity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="outside of CI a checkout may be tested")
def test_ci_tests_the_built_package() -> None:
    """Not the source tree, which has files that a wheel may lack."""
    assert "site-packages" in aiconn_nb.__file__
    assert {path.suffix for path in (PACKAGE / "widgets").rglob("*")} >= {".py", ".js", ".css"}
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("name", sorted(aiconn_nb.__all__))
def test_every_public_name_is_there(name: str) -> None:
    """The lazy table and __all__ agree."""
    assert getattr(aiconn_nb, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any module."""
    with pytest.raises(AttributeError):
        aiconn_nb.nothing_of_the_kind  # noqa: B018
