"""What people can do: one folder for each capability, with its rules, its verbs and their results.

Others use of a feature what its ``__init__.pyi`` names, and nothing else. Its ``verbs.py`` builds on `core`; `app` has the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import lazy_loader


def public_names(package: str, file: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a feature's package: imports what its stub names when it is first asked for.

    The stub is read then, too: a list of connections needs few features, and imports all packages.
    """

    @cache
    def attached() -> Callable[[str], object]:
        get: Callable[[str], object] = lazy_loader.attach_stub(package, file)[0]
        return get

    return lambda name: attached()(name)
