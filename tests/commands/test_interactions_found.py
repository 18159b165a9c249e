"""The interaction of a command is found, whichever command was used before it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

from aiconn_nb.ui.shell import derived, interactions
from aiconn_nb.ui.shell.table import COMMANDS

WITH_CELL = ["ask", "compare", "embed", "map"]


def test_these_take_a_cell() -> None:
    """The list holds once every interaction is imported."""
    assert sorted(name for name, command in COMMANDS.items() if command.takes_cell) == WITH_CELL


def test_every_interaction_is_found() -> None:
    """Each command with an interaction runs it: no interaction is in a module that its command does not import."""
    modules = [each.name for each in pkgutil.iter_modules(interactions.__path__)]
    for each in modules:
        import_module(f"{interactions.__name__}.{each}")
    registered = {name: each.run.__module__.rpartition(".")[2] for name, each in derived._INTERACTIONS.items()}
    looked_in = {name: derived._module_of(*COMMANDS._verbs[name]) for name in registered}
    assert looked_in == registered


@pytest.mark.parametrize("name", [*WITH_CELL, "run", "edit", "usage", "rotate", "snippet"])
def test_the_first_command_of_a_process_is_whole(name: str) -> None:
    """The command has the same arguments as after all other commands were used."""
    code = f"from aiconn_nb.ui.shell.table import COMMANDS; print([a.name for a in COMMANDS[{name!r}].args])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    list(COMMANDS.values())  # imports the others
    assert ran.stdout.strip() == str([each.name for each in COMMANDS[name].args])
