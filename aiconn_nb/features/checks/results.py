"""The results of a connection test, by rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.hint import sentences
from aiconn_nb.session.results import Result, Rows

if TYPE_CHECKING:
    from aiconn_nb.errors import FailureKind
    from aiconn_nb.providers.base import Model
    from aiconn_nb.session.checked import Asked

State = Literal["passed", "failed", "unknown", "skipped"]
"""``unknown`` means "cannot tell", which is not a failure; ``skipped`` means "not needed"."""
Verdict = Literal["ok", "failed", "unknown"]
"""``unknown`` means "cannot tell": neither ok nor failed."""
_FAILED: Final[Mapping[str, str]] = {
    "active": "disabled",
    "sdk": "no SDK",
    "references": "unresolved",
    "plausible": "not plausible",
    "trusted host": "untrusted host",
    "reachable": "not reachable",
    "authenticated": "not authenticated",
    "models": "no models",
    "model": "no answer from the model",
}
"""The titles of failed steps. The names of the steps describe success."""
_LACKING: Final[Mapping[str, str]] = {"out_of_credit": "no credit", "permission": "no permission"}
"""The titles of steps that failed although the provider knows the key, by the kind of the failure."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the test. ``unknown`` means "cannot tell"."""

    name: str
    state: State
    detail: str = ""
    hint: str = ""
    seconds: float = 0.0
    kind: FailureKind | None = field(default=None, compare=False)
    """The meaning of a failed call."""
    answered_as: Capability | None = field(default=None, compare=False)
    """What a model that answered was asked for."""

    @property
    def refuses(self) -> bool:
        """Whether it failed because of the key or the model, and not only at this moment."""
        return self.state == "failed" and not (self.kind and self.kind.meaning.may_pass)

    @property
    def title(self) -> str:
        """The display name. That of a failed step does not describe success."""
        if self.state != "failed":
            return self.name
        return _LACKING.get(self.kind or "") or _FAILED.get(self.name, f"{self.name} failed")

    @property
    def words(self) -> str:
        """The result and the hint, as sentences."""
        return sentences(self.detail, self.hint)

    def data(self) -> dict[str, Any]:
        return {
            "rung": self.name,
            "state": self.state,
            "detail": self.detail,
            "hint": self.hint,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Tested(Result):
    """The test of one connection."""

    __test__: ClassVar[bool] = False  # pytest would collect it by its name

    alias: str
    rungs: tuple[Rung, ...]
    models: tuple[Model, ...] = field(default=(), compare=False)
    """The models that the provider listed during the test."""

    @property
    def verdict(self) -> Verdict:
        """``failed`` if a rung failed; ``ok`` if the key was proven or, without a key, a list of models or a token arrived;
        otherwise ``unknown``."""
        if self.failed:
            return "failed"
        states = {rung.name: rung.state for rung in self.rungs}
        proven = "passed" in (states.get("authenticated"), states.get("model"))
        keyless = states.get("authenticated", "skipped") == "skipped" and states.get("models") == "passed"
        return "ok" if proven or keyless else "unknown"

    @property
    def proves(self) -> bool | None:
        """Whether the key was accepted (True) or refused (False); None if the test ended earlier or cannot tell."""
        if self.verdict == "ok":
            return True
        rung = next((rung for rung in self.rungs if rung.name == "authenticated"), None)
        if rung is None or not (rung.state == "passed" or rung.refuses):
            return None
        return rung.state == "passed"

    def answers(self, model: str | None) -> dict[Asked, bool]:
        """Whether the tested model answered, and as what; empty if there was no model or the test cannot tell."""
        rung = next((rung for rung in self.rungs if rung.name == "model"), None)
        if not model or rung is None or not (rung.state == "passed" or rung.refuses):
            return {}
        if rung.state == "passed":
            return {(model, rung.answered_as): True} if rung.answered_as else {}
        return dict.fromkeys(((model, capability) for capability in Capability), False)

    @property
    def ok(self) -> bool:
        """Whether the connection is proven to work. This is not the opposite of `failed`: the verdict may be ``unknown``."""
        return self.verdict == "ok"

    @property
    def doubt(self) -> Rung | None:
        """The rung that explains the verdict ``unknown``; None for any other verdict."""
        if self.verdict != "unknown":
            return None
        open_ones = [rung for rung in self.rungs if rung.state == "unknown"]
        return next((rung for name in ("model", "authenticated") for rung in open_ones if rung.name == name), None) or (
            open_ones[0] if open_ones else None
        )

    @property
    def failed(self) -> Rung | None:
        """The first rung that failed, or None."""
        return next((rung for rung in self.rungs if rung.state == "failed"), None)

    @property
    def seconds(self) -> float:
        """The duration of the whole test."""
        return sum(rung.seconds for rung in self.rungs)

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        if self.failed:
            return f"failed, {self.failed.title}: {self.failed.detail}"
        if self.verdict == "unknown":
            return f"cannot tell: {self.doubt.detail}" if self.doubt else "cannot tell"
        told = [rung for rung in self.rungs if rung.state == "passed"]
        unknown = [rung.name for rung in self.rungs if rung.state == "unknown"]
        last = told[-1].detail if told else ""
        notes = [rung.detail for rung in self.rungs if rung.name == "authenticated" and rung.state == "skipped"]
        notes += [f"cannot tell: {', '.join(unknown)}"] if unknown else []
        return f"ok{f': {last}' if last else ''}" + (f" ({'; '.join(notes)})" if notes else "")

    def data(self) -> Any:
        return {
            "alias": self.alias,
            "ok": self.ok,
            "verdict": self.verdict,
            "seconds": round(self.seconds, 3),
            "rungs": [rung.data() for rung in self.rungs],
        }


class Tests(Rows[Tested]):
    """The tests of several connections."""

    __test__ = False  # pytest would collect it by its name

    @property
    def ok(self) -> bool:
        """Whether all are proven to work."""
        return all(tested.ok for tested in self)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def exit_status(self) -> int:
        """1 if a test failed, otherwise 3 if a test cannot tell, otherwise 0."""
        verdicts = {tested.verdict for tested in self}
        return 1 if "failed" in verdicts else 3 if "unknown" in verdicts else 0

    def data(self) -> Any:
        return [tested.data() for tested in self]
