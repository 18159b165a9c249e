"""Lazy packages: their names are imported on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


def public_names(package: str, file: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: imports the names in its stub on first use, and knows its ``__all__``.

    The stub is also read on first use: a list of connections imports all features, but needs few of their names. `lazy_loader`
    would compile the stub, which takes longer than importing the names.
    """

    @cache
    def homes() -> dict[str, str]:
        stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
        words = [line.split() for line in stub.splitlines()]  # from .module import name as name
        return {line[-1]: line[1].removeprefix(".") for line in words if line[:1] == ["from"]}

    def get(name: str) -> Any:
        if name == "__all__":
            return list(homes())
        home = homes().get(name)
        if home is None:
            raise AttributeError(f"No {package} attribute {name}")
        value = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)  # the next lookup finds it there
        return value

    return get
