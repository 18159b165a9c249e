"""A folder with appsettings files, and a configuration of it without the process's variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from aiconn_nb.config import ConfigSource, Configuration


class Folder:
    """A folder that writes files and loads configurations."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, content: str | bytes) -> Path:
        """Write ``appsettings.json`` (name '') or ``appsettings.{name}.json``."""
        path = self.path / (f"appsettings.{name}.json" if name else "appsettings.json")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(
        self,
        environment: str = "Development",
        *,
        environ: Mapping[str, str] | None = None,
        secrets: Sequence[ConfigSource] = (),
    ) -> Configuration:
        """The configuration of this folder; without variables unless some are given."""
        return Configuration.load(self.path, environment, environ={} if environ is None else environ, secrets=secrets)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
