"""The questions of the commands on connections: settings, a key without echo, a confirmation."""

from __future__ import annotations

from typing import Final

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Done, Result

from ..command import Argument, Words
from ..console import Console
from ..derived import Call, interaction

YES: Final = Argument("--yes", "do not ask", options={"action": "store_true"})
PROMPT: Final = Argument(
    "--prompt",
    "settings to ask for; secret ones without echo",
    "field",
    {"nargs": "+", "action": "extend", "default": [], "metavar": "KEY"},
)
UNSET: Final = Argument(
    "--unset", "settings to remove", "field", {"nargs": "+", "action": "extend", "default": [], "metavar": "KEY"}
)


@interaction("new", PROMPT)
def new(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask for missing required settings, and about a key that would go to a custom host."""
    from ..settings import ask_settings, keys_in, read_settings, require_once
    from .trust import asked_to_trust

    if words.provider is None:
        raise errors.NoProvider(providers=tuple(session.provider_ids()))
    fields = session.fields(words.provider)
    given, warnings = read_settings(fields, words.settings or [], console)
    session.require_settings(words.provider, [*given, *words.prompt])
    require_once([*keys_in(words.settings), *words.prompt])
    there = session.connection_called(words.alias)
    if there is None or there.provider != words.provider:
        session.require_free(words.alias, words.provider)
    # A notebook that runs again asks for no stored value, above all if no user can be asked.
    stored = there.settings if there is not None and there.provider == words.provider else {}
    asked = [key for key in words.prompt if key not in stored or (words.update and console.can_ask)]
    kept = [key for key in stored if key in words.prompt and key not in asked]
    kept += [each.key for each in fields if each.required and each.key in stored and each.key not in given]
    set_here = session.set_here([words.provider]).get(words.provider)
    given.update(ask_settings(fields, asked, console, of=words.alias, set_here=set_here))
    present = {*given, *kept}
    missing = [each.key for each in fields if each.is_required(present) and each.key not in present]
    given.update(ask_settings(fields, missing, console, of=words.alias, set_here=set_here))
    of = None if there is None else there.alias
    answers = (
        asked_to_trust(session, of, words.provider, given, console, name=words.alias)
        if there is None or words.update
        else ()
    )
    if answers is None:
        return Done("Nothing was saved.")
    made: Result = call(settings=given, trusting=answers, kept=kept).with_warnings(warnings)
    return made


@interaction("edit", UNSET, PROMPT)
def edit(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Ask for settings to change, and about a key that would go to a custom host."""
    from ..settings import ask_settings, keys_in, read_settings, require_once
    from .trust import asked_to_trust

    before = session.get(words.alias)
    fields = session.fields(before.provider)
    given, warnings = read_settings(fields, words.settings or [], console)
    session.require_settings(before.provider, [*given, *words.prompt, *words.unset])
    require_once([*keys_in(words.settings), *words.prompt, *words.unset])
    given.update(ask_settings(fields, words.prompt, console, of=before.alias))
    given.update(dict.fromkeys(words.unset))
    if words.name is None and not given and words.provider is None:
        options = "--name, --set KEY=VALUE, --unset KEY or --prompt KEY"
        raise errors.NothingToChange(command="edit", options=options)
    answers = asked_to_trust(session, words.alias, before.provider, given, console) if given else ()
    if answers is None:
        return Done("Nothing was saved.")
    made: Result = call(settings=given, trusting=answers).with_warnings(warnings)
    return made


@interaction("delete", YES)
def delete(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Confirm a deletion, unless it will be refused."""
    profiles = session.dependents(*words.aliases)
    aliases = dict.fromkeys(session.get(alias).alias for alias in words.aliases)
    names = ", ".join(aliases)
    if not words.yes and (words.force or not profiles):
        if not console.can_ask:
            raise errors.DeletionNotConfirmed(aliases=tuple(aliases))
        breaks = f" This breaks the profiles {', '.join(profiles)}." if profiles else ""
        if not console.confirm(f"Delete {names}?{breaks}"):
            return Done("Nothing was deleted.")
    return call()  # type: ignore[no-any-return]
