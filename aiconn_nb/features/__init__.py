"""The capabilities: one folder each, with its rules, its verbs and their results.

Other packages use only the names in a feature's ``__init__.pyi``. Its ``verbs.py`` builds on `core`; `app` combines all verbs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path


def public_names(package: str, file: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a feature's package: imports the names in its stub on first use.

    The stub is also read only then: a list of connections imports all packages, but needs few features. `lazy_loader` would
    compile it first, which takes longer than the import of what it names.
    """

    @cache
    def homes() -> dict[str, str]:
        stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
        return {name: module for module, name in re.findall(r"^from \.(\w+) import \w+ as (\w+)$", stub, re.MULTILINE)}

    def get(name: str) -> object:
        home = homes().get(name)
        if home is None:
            raise AttributeError(f"No {package} attribute {name}")
        value = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)  # the next lookup finds it there
        return value

    return get
