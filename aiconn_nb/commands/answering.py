"""Commands on several answers: compare, embed, failover, rotate."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.reference import clean, is_reference
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .connections import ALIAS, ask_settings
from .console import Console


def _rotate(session: Session, words: Words, console: Console) -> Answer:
    to = _to(words.to, console)
    planned = session.rotation(words.alias, field=words.field, to=to)
    if planned.fields and not console.can_ask:
        keys = " and ".join(each.key for each in planned.fields)
        raise CommandError(
            f"A new {keys} is needed, and nobody is here to be asked for it.", "Give a reference: --to $Section:Key"
        )
    new: dict[str, str | Secret] = ask_settings(planned.fields, [each.key for each in planned.fields], console)

    def unproven(reason: str) -> bool:
        question = f"The test cannot tell whether the new key works ({reason}). Take it all the same?"
        return words.yes or (console.can_ask and console.confirm(question))

    return session.rotate(words.alias, new, to=to, field=words.field, model=words.model, unproven=unproven)


def _to(given: list[str] | None, console: Console) -> str | dict[str, str] | None:
    """``REFERENCE`` or ``KEY=REFERENCE ...``. Raises `CommandError` for anything else: the line is saved."""
    if not given:
        return None
    named: dict[str, str] = {}
    for word in given:
        key, equals, text = word.partition("=") if not word.startswith("$") else ("", "", word)
        reference, _ = clean(text if equals else word)
        if not is_reference(reference):
            if console.in_shell and reference.startswith(":"):
                raise CommandError(
                    "--to: the shell has taken the reference apart ($ and a name is a variable to it).",
                    "Put it in single quotes: --to '$Section:Key'",
                )
            saved = "the shell's history" if console.in_shell else "the notebook and the history"
            raise CommandError(
                f"--to takes a reference; a key is not taken from the line, which is saved in {saved}.",
                "Write --to $Section:Key, or leave --to out to be asked for the key without echo.",
            )
        named[key] = reference
    if "" in named and len(given) > 1:
        raise CommandError(
            "--to takes one reference, or KEY=REFERENCE for each of several.", "'help rotate' shows how."
        )
    return named.get("", named)


COMMANDS: tuple[Command, ...] = (
    Command(
        "rotate",
        "replace a key: the new one is asked for without echo, tested, and only then takes the old one's place",
        _rotate,
        (
            ALIAS,
            Arg("--field", "which key, where there are several", "field", {"metavar": "KEY"}),
            Arg(
                "--to",
                "a reference instead of a key; KEY=REFERENCE for several that belong together",
                "reference",
                {"nargs": "+", "action": "extend", "metavar": "REFERENCE"},
            ),
            Arg("--model", "also ask this model for one token", "model"),
            Arg("--yes", "take it even if the test cannot tell", options={"action": "store_true"}),
        ),
        ("rotate openai-dev", "rotate openai-dev --to $OpenAI:NewKey"),
    ),
)
