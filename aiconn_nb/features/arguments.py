"""Arguments that commands of several features have in common: each is described once."""

from __future__ import annotations

from typing import Final

from aiconn_nb.session.verb import Arg

# A request to a model.
MODEL_OF_CALL: Final = Arg("a model that replaces the profile's; required with a connection", completes="model")
SYSTEM_OF_CALL: Final = Arg("a system prompt for this call")
TEMPERATURE_OF_CALL: Final = Arg("0 to 2, for this call")
OPTION_OF_CALL: Final = Arg(
    "another option of the model, for this call",
    name="--option",
    metavar="KEY=VALUE",
    completes="model option",
    is_repeated=True,
)

# A connection or a profile.
ALIAS_TO_BE: Final = Arg("a-z, 0-9 and -")
DISPLAY_NAME: Final = Arg("the display name")
NEW_ALIAS: Final = Arg("the new alias", name="new")
COPY_ALIAS: Final = Arg("the copy's alias; by default, a free one", name="new")
UPDATE: Final = Arg("update an existing one that differs")

# Its versions.
BEFORE: Final = Arg("a version; by default, the one before the current one", completes="version", metavar="V1")
AFTER: Final = Arg("a version; by default, the current one", completes="version", metavar="V2")
VERSION: Final = Arg("which one", completes="version")
