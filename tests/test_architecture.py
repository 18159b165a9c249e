"""Imports point down, as the picture in CONTRIBUTING draws them."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import aiconn_nb
from aiconn_nb.providers.plug_ins.built_in import BUILT_IN
from aiconn_nb.session.results import Result, Rows
from aiconn_nb.ui.render import view_of

PACKAGE = Path(aiconn_nb.__file__).parent

ROOMS_BELOW = {
    "working_folder": set(),
    "files": set(),
    "threads": set(),
    "time_limit": {"threads"},
    "plugins": {"model", "errors", "working_folder", "time_limit"},
    "errors": {"model", "names_of_stub"},
    "model": {"errors"},
    "config": {"model", "errors", "plugins", "files"},
    "vault": {"model", "errors", "files"},
    "store": {"model", "errors", "files", "plugins"},
    "providers": {"model", "errors", "plugins", "working_folder", "threads"},
    "testing": {"model", "errors", "config", "store", "providers"},
    "session": {"model", "errors", "config", "vault", "store", "providers", "plugins", "files", "threads"},
    "features": {
        "names_of_stub",
        "model",
        "errors",
        "config",
        "vault",
        "store",
        "providers",
        "plugins",
        "session",
        "files",
        "threads",
        "time_limit",
    },
    "ui": {"model", "errors", "session", "features", "threads"},
    "verbs": {"model", "session", "features", "ui"},
    "__main__": {"ui"},
    "__init__": {"ui", "working_folder", "public_names"},
    "public_names": set(),
    "names_of_stub": set(),
}
"""The rooms that each room may import."""
UPWARDS = {
    ("session", "features"): [["session", "__init__"]],
    ("session", "ui"): [["session", "results"]],
}
"""The imports that point up, with the only files that may have them: the names of 0.1.0, and how a displayed result finds its
view."""


UI_BELOW = {
    "render": set(),
    "progress": {"render"},
    "interrupts": set(),
    "shell": {"render", "progress", "interrupts"},
    "widgets": {"render", "progress"},
    "magics": {"render", "progress", "shell", "widgets"},
    "cli": {"render", "progress", "shell"},
    "start": {"cli"},
}
"""The same inside ``ui``. A magic opens the manager and imports a widget for this, but only inside a function."""

PROVIDERS = (
    "values",
    "base",
    "failures",
    "credentials",
    "clients",
    "calls",
    "protocols",
    "plug_ins",
    "a provider",
    "account",
    "exports",
    "probing",
    "testing",
)
"""The folders and modules of the providers from the bottom up. A file that is none of them has a provider's class."""
UP_TO_A_PROVIDER = [("values/endpoints.py", "presets")]
"""The import that points up among them: which path a known host has is a fact of its preset."""

FEATURES = (
    "trust",
    "environments",
    "use",
    "secrets",
    "catalog",
    "connections",
    "profiles",
    "checks",
    "rotation",
    "usage",
    "asking",
    "adapters",
    "batch",
    "bundles",
    "requirements",
    "discovery",
    "doctor",
    "scan",
)
"""The features from the bottom up. Each may use those before it, so there is no cycle."""
ROLES = {
    "__init__",
    "verbs",  # the commands of a feature
    "results",  # what they return
    "editing",  # what may be saved of a kind
    "listing",  # the rows of its list
    "kind",  # what a collection has for its kind only
    "versions",  # the versions of a connection or profile, and their views
}
"""File names that several folders have. A file that is named after a feature holds its errors, its views or its questions."""


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text())


@cache
def imports() -> list[tuple[list[str], list[str], bool, str]]:
    """Return (module, imported module, at module level, where) for every import of ours, with names split into their parts."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        module = list(inside.with_suffix("").parts)
        tree = tree_of(path)
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
    """No room imports one above or beside it."""
    wrong = [
        (where, target[0])
        for module, target, _, where in imports()
        if target[0] not in {*ROOMS_BELOW[module[0]], module[0]}
        and module not in UPWARDS.get((module[0], target[0]), [])
    ]
    assert wrong == []


def test_imports_point_down_inside_the_user_interfaces() -> None:
    """The drawing code imports neither the commands nor the widgets."""
    wrong = [
        (where, target[1])
        for module, target, _, where in imports()
        if module[0] == target[0] == "ui"
        and len(target) > 1
        and module[1] != "__init__"
        and target[1] not in {*UI_BELOW[module[1]], module[1]}
    ]
    assert wrong == []


def test_imports_point_down_inside_the_providers() -> None:
    """The class of a provider is built from the folders below it; none of them knows a provider."""

    def height(name: str) -> int:
        return PROVIDERS.index(name if name in PROVIDERS else "a provider")

    found = {
        ("/".join(module[1:]) + ".py", target[1])
        for module, target, _, _ in imports()
        if module[0] == target[0] == "providers" and len(target) > 1 and height(target[1]) > height(module[1])
    }
    assert sorted(found) == UP_TO_A_PROVIDER


def test_the_folders_of_the_providers_have_their_place_in_the_order() -> None:
    """At the top are the classes of providers, and what others use of this package."""
    folders = {path.parent.name for path in PACKAGE.glob("providers/*/__init__.py")}
    assert folders < set(PROVIDERS)
    own = {place.split(":")[0].removeprefix("aiconn_nb.providers.") for place in BUILT_IN.values()}
    files = {path.stem for path in PACKAGE.glob("providers/*.py")} - {"__init__"}
    assert files - own == set(PROVIDERS) - folders - {"a provider"}


def feature_imports() -> list[tuple[list[str], list[str], str]]:
    """Return (module, imported module, where) for every import of a feature from outside its folder."""
    return [
        (module, target, where)
        for module, target, _, where in imports()
        if target[0] == "features" and len(target) > 1 and target[1] in FEATURES and module[:2] != target[:2]
    ]


def test_every_feature_has_its_place_in_the_order() -> None:
    """A new folder must be named here, after those that it uses."""
    assert sorted(FEATURES) == sorted(path.parent.name for path in PACKAGE.glob("features/*/__init__.py"))


def test_features_use_only_those_below_them() -> None:
    """If a feature needs something of one above it, that is a service or belongs in the lower one."""
    wrong = [
        (where, target[1])
        for module, target, where in feature_imports()
        if module[0] == "features" and len(module) > 2 and FEATURES.index(target[1]) > FEATURES.index(module[1])
    ]
    assert wrong == []


def test_a_feature_is_used_through_its_public_names() -> None:
    """The public names are those in its ``__init__.pyi``. Only `Session` combines the verbs."""
    wrong = [
        where
        for module, target, where in feature_imports()
        if is_module(target[:3]) and (module, target[2]) != (["features", "app"], "verbs")
    ]
    assert wrong == []


def is_module(parts: list[str]) -> bool:
    """Return whether these are the parts of a file's name rather than of something in a file."""
    return len(parts) > 2 and PACKAGE.joinpath(*parts).with_suffix(".py").exists()


def test_verbs_build_on_the_core_and_the_rules_do_not() -> None:
    """The core can therefore use the rules of the features."""
    found = {tuple(module) for module, target, *_ in imports() if target[:2] == ["features", "core"]}
    assert {module[-1] for module in found} == {"verbs"}


def test_no_two_files_have_one_name() -> None:
    """Files of the same role are excepted, so a name says which file is meant."""
    # A file of errors/ is named after the subject of its errors, and model/errors.py is where 0.1.0 had them.
    others = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "errors" and path.stem != "errors"]
    names = Counter(path.stem for path in others)
    assert {name for name, number in names.items() if number > 1} <= {*ROLES, *FEATURES}


def test_no_public_name_is_that_of_a_module() -> None:
    """Importing ``aiconn_nb.providers`` would replace a function of this name."""
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert modules.isdisjoint(aiconn_nb.__all__)


def test_user_interfaces_import_widgets_only_when_one_is_opened() -> None:
    """Otherwise loading the extension would load ipywidgets."""
    wrong = [
        where
        for module, target, top, where in imports()
        if target[:2] == ["ui", "widgets"] and module[:2] != ["ui", "widgets"] and top
    ]
    assert wrong == []


def results_of_verbs() -> list[type[Result]]:
    """Return the classes of the results of verbs."""
    for module in pkgutil.walk_packages(aiconn_nb.__path__, "aiconn_nb."):
        importlib.import_module(module.name)
    classes: list[type[Result]] = [Rows, *Result.__subclasses__()]
    for each in classes:
        classes += each.__subclasses__()
    # A dataclass with slots is made from another class, which may still exist.
    named = [each for each in classes if getattr(sys.modules[each.__module__], each.__name__, None) is each]
    return [each for each in named if each is not Rows and each.__module__.split(".")[1] in ("features", "session")]


def test_each_result_has_its_view_in_the_module_of_its_feature() -> None:
    """`view_of` looks for it there. Commands have their views beside the class."""
    found = [(each, each.__module__.split(".")[2], view_of.dispatch(each)) for each in results_of_verbs()]
    assert [each for each, home, view in found if view.__module__ != f"aiconn_nb.ui.render.{home}"] == []


def test_results_are_frozen() -> None:
    """A caller cannot change the result of a verb."""
    found = results_of_verbs()
    assert [each for each in found if not each.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
    assert len(found) > 20


def test_markdown_and_markup_are_made_in_one_place() -> None:
    """A front end trusts the HTML of a cell: only our own sanitizer turns the words of a model or server into HTML."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and str(node.module).partition(".")[0] in ("markdown_it", "html")
        and not node.level
    }
    assert found == {"ui/render/prose.py", "ui/render/mathematics.py"}
    assert [path for path in PACKAGE.rglob("*.py") if "text/markdown" in path.read_text()] == []


def test_only_providers_and_the_vault_let_a_secret_out() -> None:
    """A reader answers "Can a key leak?" by reading few files."""
    callers = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr == "reveal":
                callers.add(path.relative_to(PACKAGE).parts[0])
    assert callers <= {"providers", "vault", "model"}


def test_no_module_imports_an_sdk_when_it_is_imported() -> None:
    """The providers' own modules import none either."""
    code = (
        "import importlib, pkgutil, sys, aiconn_nb\n"
        "for m in pkgutil.walk_packages(aiconn_nb.__path__, 'aiconn_nb.'):\n"
        "    importlib.import_module(m.name)\n"
        "print(sorted({'openai', 'anthropic', 'google.genai', 'boto3', 'botocore', 'azure.identity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_list_imports_no_more_than_it_needs(isolated: Path) -> None:
    """It imports nothing that saves, tests, asks or calls a provider, because importing is most of the time of a command."""
    code = (
        "import sys\n"
        "from aiconn_nb.ui.cli import main\n"
        "main(['new', 'demo', '--provider', 'demo']) if sys.argv[1:] else main(['list'])\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    subprocess.run([sys.executable, "-c", code, "new"], capture_output=True, check=True)
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = listed.stderr.splitlines()
    allowed = {"connections", "environments", "trust"}
    rules = {
        name
        for name in modules
        if name.startswith("aiconn_nb.features.") and name.count(".") > 2 and not name.endswith(".verbs")
    }
    assert "demo" in listed.stdout
    assert {name.split(".")[2] for name in rules} <= allowed
    assert rules.isdisjoint({"aiconn_nb.features.connections.editing", "aiconn_nb.features.trust.grants"})
    assert {"asyncio", "argparse", "aiconn_nb.providers.account", "aiconn_nb.session.collection"}.isdisjoint(modules)
    assert {"aiconn_nb.model.profile", "aiconn_nb.errors.commands", "aiconn_nb.errors.batch"}.isdisjoint(modules)


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="outside of CI a checkout may be tested")
def test_ci_tests_the_built_package() -> None:
    """CI does not test the source tree, which has files that a wheel may lack."""
    assert "site-packages" in aiconn_nb.__file__
    assert {path.suffix for path in (PACKAGE / "ui" / "widgets").rglob("*")} >= {".py", ".js", ".css"}
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("name", sorted(aiconn_nb.__all__))
def test_every_public_name_is_there(name: str) -> None:
    """The lazy table and __all__ agree."""
    assert getattr(aiconn_nb, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The module behaves like any other here."""
    with pytest.raises(AttributeError):
        aiconn_nb.nothing_of_the_kind  # noqa: B018
