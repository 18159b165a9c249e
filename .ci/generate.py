"""Writes what is derived: the stubs of the package, the tables of commands and providers in the documents, our entry points.

python .ci/generate.py            write the files
python .ci/generate.py --check    exit with 1, naming them, where they are not what would be written
"""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "aiconn_nb"
GUIDE = ROOT / "notebooks" / "guide"
ERRORS = PACKAGE / "errors" / "__init__.pyi"
HEAD = "# Written by .ci/generate.py. Change what it is derived from instead.\n"


def error_stub() -> str:
    """``aiconn_nb/errors/__init__.pyi``: the classes and functions of each module. The package reads it to find them."""
    lines = [
        f"from .{path.stem} import {node.name} as {node.name}\n"
        for path in sorted(ERRORS.parent.glob("[!_]*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    ]
    return formatted(HEAD + "".join(lines))


def formatted(source: str, name: str = "x.pyi") -> str:
    """A file with its imports sorted, as ruff formats it."""
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml"), "--stdin-filename", name, "-"]
    for command in (["check", "--fix", "-q", "--select", "I"], ["format"]):
        source = subprocess.run(
            [*ruff, *command, *config], input=source, capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
    return source


if "--check" not in sys.argv[1:]:
    # The package does not import without these: the code that raises a new error imports its name.
    ERRORS.write_text(error_stub(), encoding="utf-8")
    if not (PACKAGE / "public_names.py").exists():
        (PACKAGE / "public_names.py").write_text("HOMES = {}\n")

from aiconn_nb import verbs
from aiconn_nb.model.field import NETWORK_GROUP
from aiconn_nb.providers.base import Provider
from aiconn_nb.providers.plug_ins.built_in import BUILT_IN
from aiconn_nb.providers.plug_ins.registry import GROUP, Registry
from aiconn_nb.session import Session
from aiconn_nb.ui.shell.command import Command
from aiconn_nb.ui.shell.table import COMMANDS

PUBLIC = {
    "model.capability": ("Capability",),
    "model.connection": ("Connection",),
    "model.profile": ("Profile",),
    "model.secret": ("Secret",),
    "features.app": ("Session", "kernel_session"),
    "ui.widgets.connection_form": ("ConnectionForm",),
    "ui.widgets.connection_list": ("ConnectionList",),
    "ui.widgets.manager": ("ConnectionManager", "manager"),
    "ui.widgets.panel": ("panel",),
    "ui.widgets.profile_form": ("ProfileForm",),
    "ui.widgets.profile_list": ("ProfileList",),
}
"""Public names besides the verbs and the errors, by their module."""
EXTENSION = ("load_ipython_extension", "unload_ipython_extension")


def homes() -> dict[str, list[str]]:
    """Every public name, by its module."""
    named = {**PUBLIC, "errors": errors(), "verbs": function_names()}
    return {module: sorted(named[module]) for module in sorted(named)}


def public_names() -> str:
    """``aiconn_nb/public_names.py``: what `lazy_loader` needs. To read it from the stub takes as long as all else at a start."""
    return f'{HEAD}"""Every public name, by the module that has it."""\n\nHOMES = {homes()!r}\n'


def package_stub() -> str:
    """``aiconn_nb/__init__.pyi``: every public name and its home."""
    lines = [HEAD]
    for module, names_of in homes().items():
        names = "".join(f"    {name} as {name},\n" for name in names_of)
        lines.append(f"from .{module} import (\n{names})\n")
    public = "".join(f'    "{name}",\n' for name in sorted({each for names in homes().values() for each in names}))
    lines.append(f"\n__all__ = [\n{public}]\n")
    lines += [f"\ndef {name}(shell: object) -> None: ...\n" for name in EXTENSION]
    return "".join(lines)


def errors() -> tuple[str, ...]:
    """The error tree, and the enumeration that belongs to it."""
    from aiconn_nb import errors as module

    tree = [
        name
        for name, value in ((name, getattr(module, name)) for name in module.__all__)
        if inspect.isclass(value) and issubclass(value, module.AiconnError) and not vars(value).get("_is_reason")
    ]
    return ("FailureKind", *tree)


def function_names() -> list[str]:
    """The functions of ``aiconn_nb.verbs``."""
    return [*verbs.published(), *verbs.FORMER, "last_reply", "last_comparison", "last_map"]


def verbs_stub() -> str:
    """``aiconn_nb/verbs.pyi``: the functions with their signatures and documentation."""
    needed: dict[str, str] = {}
    bodies = []
    for name, verb in sorted(verbs.published().items()):
        method = inspect.unwrap(getattr(Session, name))
        signature = verbs.signature_of(name, verb)
        returns, prefix = str(signature.return_annotation), ""
        if name == "environ":
            returns = "AbstractContextManager[None]"
            needed["AbstractContextManager"] = "from contextlib import AbstractContextManager"
        if inspect.iscoroutinefunction(method):
            prefix = "async "
        imports = imports_of(method)
        for parameter in signature.parameters.values():
            needed.update(used(str(parameter.annotation), imports))
        needed.update(used(returns, imports))
        plain = signature.replace(return_annotation=inspect.Signature.empty)
        text = unquoted(plain)
        doc = verbs.doc_of(name, verb)
        bodies.append(f"{prefix}def {name}{text} -> {returns}:\n{documented(doc)}")
    for former, now in sorted(verbs.FORMER.items()):
        needed["deprecated"] = "from typing_extensions import deprecated"
        signature = verbs.signature_of(now, verbs.published()[now])
        plain = unquoted(signature.replace(return_annotation=inspect.Signature.empty))
        bodies.append(
            f'@deprecated("{former} is now {now}")\ndef {former}{plain} -> {signature.return_annotation}: ...\n'
        )
    for name in ("last_comparison", "last_map", "last_reply"):
        function = getattr(verbs, name)
        returns = str(inspect.signature(function).return_annotation)
        needed.update(used(returns, imports_of(function)))
        bodies.append(f"def {name}() -> {returns}:\n{documented(inspect.cleandoc(function.__doc__))}")
    imports_text = "\n".join(sorted(set(needed.values())))
    return f"{HEAD}\n{imports_text}\n\n" + "\n".join(bodies)


def unquoted(signature: inspect.Signature) -> str:
    """The parameters as source; annotations are text already."""
    parts, keyword_only = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            if not any(each.kind is each.VAR_POSITIONAL for each in signature.parameters.values()):
                parts.append("*")
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else " = ..."
        parts.append(f"{star}{parameter.name}: {parameter.annotation}{default}")
    return f"({', '.join(parts)})"


def documented(doc: str) -> str:
    """A body that is only its documentation."""
    safe = doc.replace("\\", "\\\\")
    lines = f'"""{safe}\n"""' if "\n" in safe else f'"""{safe}"""'
    return "".join(f"    {line}".rstrip() + "\n" for line in lines.split("\n"))


def imports_of(function: object) -> dict[str, str]:
    """The names that a function's module imports or defines -> the line that imports them from outside."""
    module = inspect.getmodule(function)
    assert module is not None
    parts = module.__name__.split(".")
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom):
            home = ".".join([*parts[: -node.level], *filter(None, [node.module])]) if node.level else str(node.module)
            for alias in node.names:
                name = alias.asname or alias.name
                found[name] = f"from {home} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        elif isinstance(node, ast.Import):
            found.update({alias.name: f"import {alias.name}" for alias in node.names if not alias.asname})
        elif isinstance(node, ast.ClassDef):
            found.setdefault(node.name, f"from {module.__name__} import {node.name}")
    return found


def used(annotation: str, imports: dict[str, str]) -> dict[str, str]:
    """The imports that an annotation needs."""
    names = {node.id for node in ast.walk(ast.parse(annotation)) if isinstance(node, ast.Name)}
    return {name: imports[name] for name in names if name in imports}


def table() -> str:
    """The commands as a table in Markdown."""
    lines = ["| command | does |", "|---|---|", "| `%aiconn` alone | opens the manager: connections and profiles |"]
    lines += [f"| `{usage(command)}` | {does(command)} |" for command in COMMANDS.values()]
    return "\n".join(lines) + "\n"


def usage(command: Command) -> str:
    """How it is written, without the program; a bar would end the cell."""
    return command.usage("").strip().replace("|", "\\|")


def does(command: Command) -> str:
    """Its line of help and its details, as sentences."""
    said = command.summary.replace("|", "\\|")
    return f"{said}. {command.details}" if command.details else said


def document(path: Path, name: str, written: str) -> str:
    """A document with the table of this name as it is now."""
    text = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: written by .ci/generate.py -->\n", f"<!-- /{name} -->\n"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{written}\n{end}", text, flags=re.S)


def built_in() -> list[Provider]:
    """Our own providers, by their id."""
    return [each for each in Registry().all() if type(each).__module__.startswith("aiconn_nb.")]


def providers() -> str:
    """The providers with their sign-ins, fields and variables, and what each was tested against, as a table in Markdown."""
    lines = [
        "| provider | for | signs in with | fields (* required) | variables | tested against |",
        "|---|---|---|---|---|---|",
    ]
    for each in built_in():
        fields = ", ".join(
            f"`{field.key}`{'*' if field.required else ''}" for field in each.fields if field.group != NETWORK_GROUP
        )
        variables = ", ".join(f"`{name}`" for name in dict.fromkeys(chain(*each.variables.values())))
        capabilities = ", ".join(sorted(each.capabilities))
        ways = sign_in(each)
        cells = (f"`{each.id}` {each.name}", capabilities, ways, fields, variables, stand_ins(each))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def sign_ins() -> str:
    """The names of the providers by how a connection signs in, as a table in Markdown."""
    names = defaultdict(list)
    for each in built_in():
        names[sign_in(each)].append(each.name)
    lines = ["| sign-in | providers |", "|---|---|"]
    lines += [f"| {way} | {', '.join(names[way])} |" for way in sorted(names, key=lambda way: -len(names[way]))]
    return "\n".join(lines) + "\n"


def stand_ins(provider: Provider) -> str:
    """What stood in for the real service, and for what its sign-ins ask."""
    ways = [f"{way.name}: {way.tested}" for way in provider.sign_ins if way.tested]
    return "; ".join([provider.tested, *ways])


def sign_in(provider: Provider) -> str:
    """How a connection signs in, by the ways or the fields that the provider declares."""
    if provider.sign_ins:
        return " · ".join(way.name[:1].upper() + way.name[1:] for way in provider.sign_ins)
    ways = list(dict.fromkeys(field.group or field.label for field in provider.fields if field.sensitive))
    if provider.machine_credentials:
        ways.append("The account of this machine")
    elif not any(field.sensitive and field.required for field in provider.fields):
        ways.append("None")
    return " · ".join(ways)


def pyproject() -> str:
    """``pyproject.toml`` with the entry points of our providers."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    begin = f'[project.entry-points."{GROUP}"]\n'
    entries = "".join(f'{id} = "{place}"\n' for id, place in BUILT_IN.items())
    return re.sub(f"{re.escape(begin)}.*?\n\n", f"{begin}{entries}\n", text, flags=re.S)


def key_name_table() -> str:
    """``plug_ins/key_names.py``: a list of connections needs the names, but not the modules of all providers."""
    from aiconn_nb.providers.plug_ins.key_owners import key_names

    names = {each.id: tuple(dict.fromkeys(key_names(each))) for each in built_in()}
    return f'{HEAD}"""The first parts of the usual names of each key, see `key_owners`."""\n\nKEY_NAMES = {names!r}\n'


def main() -> int:
    """Write the files, or check them."""
    wanted = {
        PACKAGE / "__init__.pyi": formatted(package_stub()),
        ERRORS: error_stub(),
        PACKAGE / "public_names.py": formatted(public_names(), "x.py"),
        PACKAGE / "providers" / "plug_ins" / "key_names.py": formatted(key_name_table(), "x.py"),
        PACKAGE / "verbs.pyi": formatted(verbs_stub()),
        ROOT / "README.md": document(ROOT / "README.md", "providers", sign_ins()),
        GUIDE / "commands.md": document(GUIDE / "commands.md", "commands", table()),
        GUIDE / "providers.md": document(GUIDE / "providers.md", "providers", providers()),
        ROOT / "pyproject.toml": pyproject(),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what is derived: python .ci/generate.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
