"""The steps of a connection's test, with the words of the widgets."""

from __future__ import annotations

from typing import NamedTuple


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
