"""Crashes and full disks at the moment when the store's file is replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

FAULTS = st.sampled_from(["before write", "before replace", "after replace", "disk full"])


class Crash(BaseException):
    """The process is gone at this moment; nothing of ours may catch it."""


@contextmanager
def fault(kind: str) -> Iterator[None]:
    """The next replacement of the store's file goes wrong in this way."""
    real = {name: getattr(os, name) for name in ("replace", "fsync")}

    def replace_file(source: Any, target: Any) -> None:
        if Path(target).name != "connections.json":
            return real["replace"](source, target)
        if kind == "before replace":
            raise Crash
        real["replace"](source, target)
        raise Crash

    def fsync(descriptor: int) -> None:
        if not os.readlink(f"/proc/self/fd/{descriptor}").endswith("connections.json.tmp"):
            return real["fsync"](descriptor)
        if kind == "disk full":
            raise OSError(28, "No space left on device")
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        if kind in ("before write", "disk full"):
            patch.setattr(os, "fsync", fsync)
        else:
            patch.setattr(os, "replace", replace_file)
        yield
