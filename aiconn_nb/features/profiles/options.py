"""The options of a profile: which a capability knows, and what they may be. Commands, forms and calls ask here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import holds_key, redact

Value = str | int | float
"""An option as it is stored and sent."""
Given = Mapping[str, "Value | None"]
"""Options as somebody gives them: a number, or text that says one; None or blank text takes an option away."""

SYSTEM_LENGTH: Final = 100_000
"""Characters of a system prompt at most."""
LARGEST: Final = 2**31 - 1
"""What the providers' own counters hold."""


class NotAllowed(Exception):
    """An option's value is out of its range; ``str()`` says what it must be, never the value."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: ``type`` is ``number``, ``integer`` or ``text``; a number lies from ``least`` to ``most``."""

    key: str
    label: str
    help: str
    type: str
    least: float = 0
    most: float = 0

    @property
    def range(self) -> str:
        """What a value must be, in words: ``a number from 0 to 2``."""
        if self.type == "text":
            return f"text of at most {self.most} characters"
        what = "a number" if self.type == "number" else "a whole number"
        return f"{what} from {self.least} to {self.most}"

    def accept(self, given: object) -> Value | None:
        """The value as it is stored; None where it is empty. Raises `NotAllowed`."""
        if _is_empty(given):
            return None
        if self.type == "text":
            return self._text(given)
        number = self._number(given)
        if number is None or not self.least <= number <= self.most:
            raise NotAllowed(f"must be {self.range}")
        return number

    def _text(self, given: object) -> str:
        if not isinstance(given, str) or len(given) > self.most:
            raise NotAllowed(f"must be {self.range}")
        if holds_key(given):
            raise NotAllowed("holds what looks like a key, and a profile is not kept secret")
        return given

    def _number(self, given: object) -> int | float | None:
        """The number in it, None where there is none."""
        if isinstance(given, str):
            try:
                given = int(given) if self.type == "integer" else float(given)
            except ValueError:
                return None
        if isinstance(given, bool) or not isinstance(given, int | float):
            return None
        if isinstance(given, float) and not math.isfinite(given):
            return None
        if self.type == "integer":
            return int(given) if given == int(given) else None
        return given


OPTIONS: Final[Mapping[Capability, tuple[Option, ...]]] = {
    Capability.CHAT: (
        Option("temperature", "Temperature", "how freely it answers, 0 to 2", "number", 0, 2),
        Option("max_tokens", "Max tokens", "the longest answer, in tokens", "integer", 1, LARGEST),
        Option("system", "System prompt", "what it is told before every question", "text", 0, SYSTEM_LENGTH),
    ),
    Capability.EMBEDDING: (Option("dimensions", "Dimensions", "numbers per vector", "integer", 1, LARGEST),),
}
"""What each capability knows. An option of another capability is refused."""


def merged(
    capability: Capability, kept: Mapping[str, Value], given: Given, problems: dict[str, str]
) -> dict[str, Value]:
    """``given`` over ``kept``, without what is empty. What is wrong is added to ``problems``, by option."""
    known = {option.key: option for option in OPTIONS[capability]}
    result = dict(kept)
    for key, value in given.items():
        option = known.get(key)
        if option is None:
            # Another capability's option that is left empty is not there: nobody has to leave it out.
            if not (_is_empty(value) and _owner(key)):
                problems[redact(str(key)[:60])] = _unknown(capability, str(key), known)
            continue
        try:
            accepted = option.accept(value)
        except NotAllowed as problem:
            problems[key] = str(problem)
            continue
        if accepted is None:
            result.pop(key, None)
        else:
            result[key] = accepted
    return {key: result[key] for key in known if key in result}


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _owner(key: str) -> Capability | None:
    """The capability that knows an option; None where none does."""
    return next((each for each, options in OPTIONS.items() if key in {option.key for option in options}), None)


def _unknown(capability: Capability, key: str, known: Mapping[str, Option]) -> str:
    if (owner := _owner(key)) is not None:
        return f"is an option of {owner}, and this is for {capability}"
    return f"is no option of {capability}. {did_you_mean(key, known) or 'There are: ' + ', '.join(known) + '.'}"
