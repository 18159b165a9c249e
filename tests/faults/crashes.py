"""Crashes and full disks at the moment when the file of the store is replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import strategies as st

FAULTS = st.sampled_from(["before write", "before replace", "after replace", "disk full"])


class Crash(BaseException):
    """The process is gone at this moment. Our code must not catch this exception."""


@contextmanager
def fault(kind: str) -> Iterator[None]:
    """Make the next replacement of the store's file fail in this way."""
    real = {name: getattr(os, name) for name in ("replace", "fsync", "unlink")}
    crashed: list[bool] = []

    def crash() -> NoReturn:
        crashed.append(True)
        raise Crash

    def replace_file(source: Any, target: Any) -> None:
        if Path(target).name != "connections.json":
            return real["replace"](source, target)
        if kind == "after replace":
            real["replace"](source, target)
        crash()

    def fsync(descriptor: int) -> None:
        if not os.readlink(f"/proc/self/fd/{descriptor}").endswith("connections.json.tmp"):
            return real["fsync"](descriptor)
        if kind == "disk full":
            raise OSError(28, "No space left on device")
        crash()

    def unlink(path: Any, *rest: Any, **options: Any) -> None:
        if Path(path).name == "connections.json.tmp" and os.path.lexists(path) and crashed:
            raise Crash  # a dead process removes no draft
        real["unlink"](path, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", unlink)
        if kind in ("before write", "disk full"):
            patch.setattr(os, "fsync", fsync)
        else:
            patch.setattr(os, "replace", replace_file)
        yield
