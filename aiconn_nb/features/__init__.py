"""What people can do: one folder for each capability, with its rules, its verbs and their results.

Other packages use only the names in a feature's ``__init__.pyi``. Its ``verbs.py`` builds on `core`; `app` combines all verbs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import lazy_loader


def public_names(package: str, file: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a feature's package: imports what its stub names when it is first asked for.

    The stub is read only then, too: a list of connections imports all packages, but needs few features.
    """

    @cache
    def attached() -> Callable[[str], object]:
        get: Callable[[str], object] = lazy_loader.attach_stub(package, file)[0]
        return get

    return lambda name: attached()(name)
