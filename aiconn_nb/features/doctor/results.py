"""The findings of the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.session.results import Rows


class Grade(StrEnum):
    """The level of a finding."""

    GOOD = "good"
    NOTE = "note"
    """For information; the user need not act."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. It contains no value of a setting or variable."""

    part: str
    """The examined part: ``versions``, ``store``, ``environment``, ``network``, a connection's alias ..."""
    words: str
    grade: Grade = Grade.GOOD
    remedy: str = ""
    """A command that helps."""

    def data(self) -> dict[str, Any]:
        return {"part": self.part, "grade": str(self.grade), "words": self.words, "remedy": self.remedy}


@dataclass(frozen=True, repr=False, eq=False)
class Report(Rows[Finding]):
    """All findings, problems included. They contain no secrets and no name of the home folder."""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that the user should act on."""
        return tuple(each for each in self if each.grade is Grade.PROBLEM)

    @property
    def ok(self) -> bool:
        return not self.problems

    def data(self) -> Any:
        return {"ok": self.ok, "findings": [each.data() for each in self]}
