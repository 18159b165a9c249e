"""The built-in providers, as the package declares them."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from aiconn_nb.providers.plug_ins.registry import GROUP, Registry

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture(scope="session")
def builtin() -> Registry:
    """Return the registry of the providers in pyproject.toml, whether or not the package is installed here."""
    declared = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"][GROUP]
    return Registry([EntryPoint(name, value, GROUP) for name, value in declared.items()])
