"""What the test of a connection found, rung by rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from aiconn_nb.display import Answer, Cell, Rows, Table, View

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Model

State = Literal["passed", "failed", "unknown", "skipped"]
"""``unknown`` is "cannot tell", which is no failure; ``skipped`` is "not needed"."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the test. ``unknown`` is "cannot tell"."""

    name: str
    state: State
    detail: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def words(self) -> str:
        """What it found and what to do, as sentences."""
        if not self.hint:
            return self.detail
        return f"{self.detail}{'' if self.detail.endswith(('.', '!', '?', '…')) else '.'} {self.hint}"

    def data(self) -> dict[str, Any]:
        return {
            "rung": self.name,
            "state": self.state,
            "detail": self.detail,
            "hint": self.hint,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Tested(Answer):
    """The test of one connection."""

    __test__: ClassVar[bool] = False  # its name would have pytest collect it

    alias: str
    rungs: tuple[Rung, ...]
    models: tuple[Model, ...] = field(default=(), compare=False)
    """What the provider listed on the way."""

    @property
    def ok(self) -> bool:
        """Whether no rung failed."""
        return self.failed is None

    @property
    def failed(self) -> Rung | None:
        """The first rung that failed, or None."""
        return next((rung for rung in self.rungs if rung.state == "failed"), None)

    @property
    def seconds(self) -> float:
        """What it took in all."""
        return sum(rung.seconds for rung in self.rungs)

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        if self.failed:
            return f"failed at {self.failed.name}: {self.failed.detail}"
        told = [rung for rung in self.rungs if rung.state == "passed"]
        unknown = [rung.name for rung in self.rungs if rung.state == "unknown"]
        last = told[-1].detail if told else ""
        return f"ok{f': {last}' if last else ''}" + (f" (cannot tell: {', '.join(unknown)})" if unknown else "")

    def view(self) -> View:
        return Tests([self]).view()

    def data(self) -> Any:
        return {
            "alias": self.alias,
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "rungs": [rung.data() for rung in self.rungs],
        }


_MARKS: Mapping[State, Cell] = {
    "passed": Cell("passed", "good"),
    "failed": Cell("FAILED", "bad"),
    "unknown": Cell("cannot tell", "warn"),
    "skipped": Cell("not needed", "quiet"),
}


class Tests(Rows[Tested]):
    """The tests of several connections."""

    __test__ = False  # its name would have pytest collect it

    @property
    def ok(self) -> bool:
        """Whether none failed."""
        return all(tested.ok for tested in self)

    def view(self) -> View:
        rows = tuple(
            (
                Cell(tested.alias if index == 0 else "", "code"),
                rung.name,
                _MARKS[rung.state],
                rung.words,
                Cell(f"{rung.seconds:.2f} s", "quiet"),
            )
            for tested in self
            for index, rung in enumerate(tested.rungs)
        )
        good = sum(tested.ok for tested in self)
        return Table(("connection", "rung", "", "what", "time"), rows, notes=(f"{good} of {len(self)} passed.",))

    def data(self) -> Any:
        return [tested.data() for tested in self]
