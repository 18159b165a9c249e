"""The rotate command first asks for the new key, without echo, and for a model if the test needs one."""

from __future__ import annotations

from aiconn_nb.errors import BadRotationTarget, KeyOnLine, NewKeyNeeded, ReferenceExpanded
from aiconn_nb.features.app import Session
from aiconn_nb.model.reference import clean, is_reference
from aiconn_nb.model.secret import Secret
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction
from ..settings import ask_settings


@interaction("rotate")
def rotate(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask for the new key without echo."""
    to = _to(words.to, console)
    planned = session.rotation(words.alias, field=words.field, to=to, all=words.all)
    if planned.fields and not console.can_ask:
        raise NewKeyNeeded(settings=tuple(each.key for each in planned.fields))
    asked = [each.key for each in planned.fields]
    new: dict[str, str | Secret] = ask_settings(planned.fields, asked, console, of=planned.connection.alias)

    def which_model(reason: str) -> str:
        question = f"The test cannot tell whether the new key works ({reason}). Model to ask for one token: "
        return console.ask(question) if console.can_ask else ""

    return call(new=new, to=to, which_model=which_model)  # type: ignore[no-any-return]


def _to(given: list[str] | None, console: Console) -> str | dict[str, str] | None:
    """Return the reference of ``REFERENCE``, or those of ``KEY=REFERENCE ...``.

    Raises `CommandError` for anything else, because the line is saved.
    """
    if not given:
        return None
    named: dict[str, str] = {}
    for word in given:
        key, equals, text = word.partition("=") if not word.startswith("$") else ("", "", word)
        reference, _ = clean(text if equals else word)
        if not is_reference(reference):
            if console.in_shell and reference.startswith(":"):
                raise ReferenceExpanded(where="--to", option="--to", example="$Section:Key")
            raise KeyOnLine(in_shell=console.in_shell)
        named[key] = reference
    if "" in named and len(given) > 1:
        raise BadRotationTarget
    return named.get("", named)
