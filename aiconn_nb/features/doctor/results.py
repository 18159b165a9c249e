"""What the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.session.results import Rows


class Grade(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. No value of a setting or variable is in it."""

    part: str
    """What was looked at: ``versions``, ``store``, ``environment``, ``network``, a connection's alias ..."""
    words: str
    grade: Grade = Grade.GOOD
    remedy: str = ""
    """A command that helps."""

    def data(self) -> dict[str, Any]:
        return {"part": self.part, "grade": str(self.grade), "words": self.words, "remedy": self.remedy}


@dataclass(frozen=True, repr=False, eq=False)
class Report(Rows[Finding]):
    """Everything that was looked at, problems included. Free of secrets and of the home folder's name."""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that something should be done about."""
        return tuple(each for each in self if each.grade is Grade.PROBLEM)

    @property
    def ok(self) -> bool:
        return not self.problems

    def data(self) -> Any:
        return {"ok": self.ok, "findings": [each.data() for each in self]}
