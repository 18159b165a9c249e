"""The steps of a connection's test, with the words of the widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from aiconn_nb.features.checks import Rung, Tested

from .protocol import Panel, StepState
from .protocol import Step as StepView


class Step(NamedTuple):
    """One step: its title in a form, and what a list shows while it runs."""

    title: str
    doing: str


STEPS = {
    "active": Step("Active", "Starting"),
    "sdk": Step("SDK installed", "Looking for the SDK"),
    "references": Step("References", "Resolving references"),
    "plausible": Step("Plausible values", "Checking the values"),
    "trusted host": Step("Trusted host", "Checking the host"),
    "reachable": Step("Reachable", "Reaching the host"),
    "authenticated": Step("Authenticated", "Authenticating"),
    "models": Step("Models", "Listing models"),
    "model": Step("Model answers", "Listing models"),  # a list's test asks no model
}
"""The steps in order, by the name of their rung."""


def step_after(rung: str) -> Step | None:
    """Return the step after a rung; None after the last one, or after one that is not known here."""
    names = list(STEPS)
    following = names[names.index(rung) + 1 :] if rung in STEPS else []
    return STEPS[following[0]] if following else None


ID: Final = "test"
"""The id of the panel that shows a test."""
_SAID: Final = {"unknown": "cannot tell", "skipped": "not needed"}
_TESTING: Final = "Testing the values in the form…"
_TITLES: Final = {"ok": "The test passed", "failed": "The test failed", "unknown": "The test cannot tell"}


class Progress:
    """The panel of a running test, shown again with each finished step."""

    def __init__(self, tell: Callable[[Panel], None]) -> None:
        self._tell = tell
        self.steps: list[StepView] = []
        """The finished ones."""
        self._show(STEPS["active"].title)

    def __call__(self, _: str, rung: Rung) -> None:
        """Show a finished step, and the one that runs now."""
        self.steps.append(step_view(rung))
        following = step_after(rung.name)
        title = following.title if following not in (None, STEPS["model"]) else "Finishing"
        self._show("" if rung.state == "failed" else title)

    def _show(self, running: str) -> None:
        now = [_step(running, "running")] if running else []
        said = "" if self.steps else _TESTING
        self._tell({**_panel(_TESTING, [*self.steps, *now]), "said": said})

    def end(self, title: str) -> None:
        """Show that the test has ended."""
        self._tell(_panel(title, self.steps))


def tested_view(tested: Tested) -> Panel:
    """Return the panel of a finished test."""
    panel = _panel(_TITLES[tested.verdict], list(map(step_view, tested.rungs)))
    return {**panel, "stale": "The form has changed since."}


def _panel(title: str, steps: list[StepView]) -> Panel:
    return {"id": ID, "title": title, "said": title, "close": "Close the test", "steps": steps}


def step_view(rung: Rung) -> StepView:
    """Return a step for a panel."""
    time = "" if rung.state == "skipped" or rung.seconds < 0.01 else f"{rung.seconds:.2f} s"
    title = STEPS[rung.name].title if rung.name in STEPS else rung.name
    return {**_step(title, rung.state), "detail": rung.detail, "hint": rung.hint, "time": time}


def _step(title: str, state: StepState) -> StepView:
    return {"title": title, "state": state, "said": _SAID.get(state, state), "detail": "", "hint": "", "time": ""}
