"""This package imports nothing from the working folder: no plug-in, SDK or dependency.

IPython puts the working folder on ``sys.path``, before the standard library and installed packages. A folder from a stranger
could therefore contain an ``openai.py`` or a ``helper.dist-info`` that runs with the first command. A finder at the front of
``sys.meta_path`` hides the folder from every import that starts in this package's code, directly or within an SDK. The user's own
imports are not affected. Environments and editable installs below the folder have their own entries on ``sys.path``, which stay.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType

_OURS = __name__.partition(".")[0]


def search_path() -> list[str]:
    """``sys.path`` without the working folder."""
    hidden = _hidden()
    return [entry for entry in sys.path if not _is_hidden(entry, hidden)]


def holds(module: ModuleType) -> bool:
    """Whether an imported module is a file of the working folder, no matter which code imported it."""
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if not isinstance(file, str):
        return False
    folder = os.path.dirname(file)
    if os.path.basename(file).partition(".")[0] == "__init__":
        folder = os.path.dirname(folder)
    for _ in range(module.__name__.count(".")):
        folder = os.path.dirname(folder)
    return os.path.realpath(folder) in _hidden()


def leave_out() -> None:
    """Put the finder in place, once."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds modules for our code if the working folder has a module with the same name; for all other imports it finds nothing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        # A package with a single location was found by its name, so only the name has to be checked.
        if isinstance(path, list) and len(path) == 1:
            return None
        if name.partition(".")[0] == _OURS or not _is_for_us(sys._getframe(1)):
            return None
        hidden = _hidden()
        if path is None:
            # Few names are a file of the working folder as well; only for those every entry of the path is looked at.
            if PathFinder.find_spec(name, [*hidden]) is None:
                return None
            whole: Iterable[str] = sys.path
            kept = [entry for entry in whole if not _is_hidden(entry, hidden)]
        else:
            whole, depth = list(path), name.count(".")
            kept = [entry for entry in whole if _above(entry, depth) not in hidden]
        left_out = [entry for entry in whole if entry not in kept]
        if not left_out or PathFinder.find_spec(name, left_out) is None:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(name, kept if finder is PathFinder else path, target)
            if spec is not None:
                return spec
        raise ModuleNotFoundError(f"No module named {name!r} outside of the working folder", name=name)


def _is_for_us(frame: FrameType | None) -> bool:
    """Whether an import was started by code of this package."""
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] == _OURS:
            return True
        frame = frame.f_back
    return False


def _is_hidden(entry: object, hidden: Iterable[str]) -> bool:
    if not isinstance(entry, str):
        return False
    return entry in ("", os.curdir) or os.path.realpath(entry) in hidden


def _above(entry: str, depth: int) -> str:
    for _ in range(depth):
        entry = os.path.dirname(entry.rstrip(os.sep))
    return os.path.realpath(entry)


def _hidden() -> frozenset[str]:
    """The working folder, and the one that this process began in."""
    return frozenset([folder for folder in (_here(), _START) if folder and not _is_installed(folder)])


def _here() -> str:
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted
        return ""
    # POSIX returns it without symbolic links; resolving it again for every import would take as long as the rest of this check.
    return folder if os.name == "posix" else os.path.realpath(folder)


_START = _here()


@lru_cache(maxsize=32)
def _is_installed(folder: str) -> bool:
    """Whether the folder belongs to an environment, or to an editable install on the path: a .pth file names it."""
    import site

    places = [*getattr(site, "getsitepackages", list)(), site.getusersitepackages()]
    for place in filter(None, places):  # a browser has no user folder
        if os.path.realpath(place) == folder:
            return True
        if not os.path.isdir(place):
            continue
        try:
            names = os.listdir(place)
        except OSError:  # it is not readable: Python itself found nothing in it either
            continue
        for name in names:
            if name.endswith(".pth") and folder in _named_in(os.path.join(place, name), place):
                return True
    return False


def _named_in(pth: str, place: str) -> list[str]:
    try:
        with open(pth, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if not line.startswith(("import ", "import\t", "#"))]
    except OSError:
        return []
    return [os.path.realpath(os.path.join(place, line)) for line in lines if line]
