"""The results of the verbs on frameworks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiconn_nb.session.results import Result


@dataclass(frozen=True, slots=True, repr=False)
class Snippet(Result):
    """Lines that call a connection or profile. They contain no key."""

    alias: str
    code: str
    framework: str = ""
    """The framework's name; '' for lines without a framework."""
    install: str = ""
    """The install command, if the framework is not installed."""

    @property
    def content(self) -> str:
        return self.code

    def data(self) -> Any:
        return {"alias": self.alias, "framework": self.framework, "install": self.install, "code": self.code}
