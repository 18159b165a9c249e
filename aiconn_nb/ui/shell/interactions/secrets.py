"""The value of a user secret comes from a prompt without echo or from stdin, never from the line."""

from __future__ import annotations

from typing import Final

from aiconn_nb.errors import NoEnvironment, NoInputForSecret, NoOption, PipedNoText, SecretNeeded
from aiconn_nb.features.app import Session
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.results import Done, Result

from ..command import Argument, Words
from ..console import Console
from ..derived import Call, interaction

PIPED: Final = "-"
SURPLUS: Final = (
    "Type the value when asked, without echo; histories keep the line. If a key was on it, replace the key."
)


@interaction(
    "secret set",
    Argument("source", "- for a value that is piped in (terminal only)", options={"nargs": "?", "metavar": PIPED}),
    Argument("--yes", "set it for an environment that has nothing yet", options={"action": "store_true"}),
    surplus=SURPLUS,
)
def set_secret(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask for the value, but first whether to create a new environment."""
    if words.source not in (None, PIPED):
        raise NoOption(command="secret set", advice=SURPLUS)
    session.require_secret_name(words.key, environment=words.environment, all=words.all)
    if words.environment and not words.yes:
        try:
            session.require_environment(words.environment)
        except NoEnvironment as error:
            if not console.can_ask:
                error.can_be_made = True
                raise
            if not console.confirm(f"{error}\nCreate it?"):
                return Done("Nothing was saved.")
    return call(value=_value(words, console))  # type: ignore[no-any-return]


def _value(words: Words, console: Console) -> Secret:
    if words.source and not console.in_shell:
        raise NoInputForSecret
    if console.can_ask:
        return console.secret(f"Value for {words.key.removeprefix('$')}: ").stripped
    if words.source:
        # Windows PowerShell puts a byte order mark before piped text.
        text = console.text_in().removeprefix("\ufeff").strip()
        if "\ufffd" in text:
            raise PipedNoText
        return Secret(text)
    raise SecretNeeded(key=words.key, in_shell=console.in_shell)
