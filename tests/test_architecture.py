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
    "files": set(),
    "plugins": {"model", "errors", "working_folder"},
    "errors": {"model"},
    "model": {"errors"},
    "config": {"model", "errors", "plugins"},
    "vault": {"model", "errors", "files"},
    "store": {"model", "errors", "files"},
    "providers": {"model", "errors", "plugins", "working_folder"},
    "testing": {"model", "errors", "config", "providers"},
    "session": {"model", "errors", "config", "vault", "store", "providers", "plugins", "ui"},
    "features": {"model", "errors", "config", "vault", "store", "providers", "plugins", "session", "files", "ui"},
    "ui": {"model", "errors", "session", "features"},
    "verbs": {"session", "features", "ui"},
    "__main__": {"ui"},
    "__init__": {"ui", "working_folder"},
}
"""What each room may import."""
UPWARDS = {
    ("session", "features"): [["session", "__init__"]],
    ("session", "ui"): [["session", "results"]],
}
"""An import that points up, and the only files that have it: the names of 0.1.0, and how a result that is shown finds its view."""


UI_BELOW = {
    "render": set(),
    "progress": {"render"},
    "shell": {"render", "progress"},
    "widgets": {"render"},
    "magics": {"render", "progress", "shell", "widgets"},
    "cli": {"render", "shell"},
}
"""The same inside ``ui``. A magic opens the manager, and so imports a widget, only inside a function."""


def imports() -> list[tuple[list[str], list[str], bool, str]]:
    """(module, imported module, at module level, where) for every import of ours, as the parts of their names."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        module = list(inside.with_suffix("").parts)
        tree = ast.parse(path.read_text())
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom):
                up = ["aiconn_nb", *inside.parts[: len(inside.parts) - node.level]] if node.level else []
                base = ".".join([*up, *filter(None, [node.module])])
                names = [f"{base}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "aiconn_nb" and len(parts) > 1:
                    found.append((module, parts[1:], id(node) in top, f"{inside}:{node.lineno}"))
    return found


def test_imports_point_down() -> None:
    """No room knows one above or beside it."""
    wrong = [
        (where, target[0])
        for module, target, _, where in imports()
        if target[0] not in {*ROOMS_BELOW[module[0]], module[0]}
        and module not in UPWARDS.get((module[0], target[0]), [])
    ]
    assert wrong == []


def test_imports_point_down_inside_the_user_interfaces() -> None:
    """What is drawn knows neither the commands nor the widgets."""
    wrong = [
        (where, target[1])
        for module, target, _, where in imports()
        if module[0] == target[0] == "ui"
        and len(target) > 1
        and module[1] != "__init__"
        and target[1] not in {*UI_BELOW[module[1]], module[1]}
    ]
    assert wrong == []


def test_user_interfaces_import_widgets_only_when_one_is_opened() -> None:
    """Else loading the extension would load ipywidgets."""
    wrong = [
        where
        for module, target, top, where in imports()
        if target[:2] == ["ui", "widgets"] and module[:2] != ["ui", "widgets"] and top
    ]
    assert wrong == []


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
    assert {path.suffix for path in (PACKAGE / "ui" / "widgets").rglob("*")} >= {".py", ".js", ".css"}
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("name", sorted(aiconn_nb.__all__))
def test_every_public_name_is_there(name: str) -> None:
    """The lazy table and __all__ agree."""
    assert getattr(aiconn_nb, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any module."""
    with pytest.raises(AttributeError):
        aiconn_nb.nothing_of_the_kind  # noqa: B018
