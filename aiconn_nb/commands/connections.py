"""Commands on connections: list, show, new, edit, rename, duplicate, delete, enable, disable."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.hint import command
from aiconn_nb.session.answers import Done
from aiconn_nb.session.session import Session

from . import sharing
from .command import Arg, Command, Words
from .console import Console
from .settings import ask_required, ask_settings, read_settings

ALIAS = Arg("alias", "the connection", "alias")
ALIASES = Arg("alias", "the connections", "alias", {"nargs": "+"})
NAME = Arg("--name", "the name to show")
SET = Arg(
    "--set",
    "settings; a value that starts with $ is a reference",
    "setting",
    {"nargs": "+", "action": "extend", "default": [], "metavar": "KEY=VALUE"},
)
PROMPT = Arg(
    "--prompt",
    "settings to be asked for, secret ones without echo",
    "field",
    {"nargs": "+", "action": "extend", "default": [], "metavar": "KEY"},
)


def _list(session: Session, words: Words, console: Console) -> Answer:
    active = True if words.active else False if words.inactive else None
    return session.connections(words.text, provider=words.provider, active=active)


def _show(session: Session, words: Words, console: Console) -> Answer:
    return session.show(words.alias)


def _new(session: Session, words: Words, console: Console) -> Answer:
    if words.provider is None:
        raise CommandError(
            "new: no provider was named.",
            f"Say --provider with one of {', '.join(session.provider_ids())}; '{command('providers')}' shows what each asks for.",
        )
    fields = session.fields(words.provider)
    given, warnings = read_settings(fields, words.set, console)
    session.require_settings(words.provider, [*given, *words.prompt])
    session.require_free(words.alias)
    given.update(ask_settings(fields, words.prompt, console, of=words.alias))
    given.update(ask_required(fields, given, console, of=words.alias))
    answers = sharing.asked_to_trust(session, None, words.provider, given, console, name=words.alias)
    if answers is None:
        return Done("Nothing was saved.")
    made = session.create(
        words.alias, words.provider, name=words.name, settings=given, active=not words.inactive, trusting=answers
    )
    return made.with_warnings(warnings)


def _edit(session: Session, words: Words, console: Console) -> Answer:
    before = session.get(words.alias)
    fields = session.fields(before.provider)
    given, warnings = read_settings(fields, words.set, console)
    session.require_settings(before.provider, [*given, *words.prompt, *words.unset])
    given.update(ask_settings(fields, words.prompt, console, of=before.alias))
    given.update(dict.fromkeys(words.unset))
    provider = words.provider
    if words.name is None and not given and provider is None:
        raise CommandError(
            "edit: nothing to change was named.", "Use --name, --set KEY=VALUE, --unset KEY or --prompt KEY."
        )
    answers = sharing.asked_to_trust(session, words.alias, before.provider, given, console) if given else ()
    if answers is None:
        return Done("Nothing was saved.")
    made = session.edit(words.alias, name=words.name, settings=given, provider=provider, trusting=answers)
    return made.with_warnings(warnings)


def _rename(session: Session, words: Words, console: Console) -> Answer:
    return session.rename(words.alias, words.new)


def _duplicate(session: Session, words: Words, console: Console) -> Answer:
    return session.duplicate(words.alias, words.new, name=words.name)


def _delete(session: Session, words: Words, console: Console) -> Answer:
    profiles = session.dependents(*words.alias)
    names = ", ".join(words.alias)
    if not words.yes and (words.force or not profiles):
        if not console.can_ask:
            raise CommandError(f"{names} was not deleted: nobody is here to confirm it.", "Say --yes if it is meant.")
        breaks = f" This breaks the profiles {', '.join(profiles)}." if profiles else ""
        if not console.confirm(f"Delete {names}?{breaks}"):
            return Done("Nothing was deleted.")
    return session.delete(*words.alias, force=words.force)


def _enable(session: Session, words: Words, console: Console) -> Answer:
    return session.enable(*words.alias)


def _disable(session: Session, words: Words, console: Console) -> Answer:
    return session.disable(*words.alias)


COMMANDS = (
    Command(
        "list",
        "the connections: provider, active, whether they resolve here",
        _list,
        (
            Arg("text", "only those with this in alias, name or provider", "alias", {"nargs": "?"}),
            Arg("--provider", "only those of a provider", "provider"),
            Arg("--active", "only active ones", options={"action": "store_true"}),
            Arg("--inactive", "only inactive ones", options={"action": "store_true"}),
        ),
        ("list", "list openai --active"),
    ),
    Command("show", "one connection with every field", _show, (ALIAS,), ("show openai-dev",)),
    Command(
        "new",
        "create a connection; what is required and not named is asked for, a secret without echo",
        _new,
        (
            Arg("alias", "a-z, 0-9 and -"),
            Arg("--provider", "who it is with", "provider", needed=True),
            NAME,
            SET,
            PROMPT,
            Arg("--inactive", "create it switched off", options={"action": "store_true"}),
        ),
        (
            "new demo --provider demo",
            'new openai-dev --provider openai --name "OpenAI Development" --set api_key=$OpenAI:ApiKey',
        ),
    ),
    Command(
        "edit",
        "change a connection; what is not named stays, sealed values included",
        _edit,
        (
            ALIAS,
            NAME,
            SET,
            Arg(
                "--unset",
                "settings to take away",
                "field",
                {"nargs": "+", "action": "extend", "default": [], "metavar": "KEY"},
            ),
            PROMPT,
            Arg("--provider", "never changes; says so", "provider"),
        ),
        ("edit openai-dev --set organization=org-1", "edit openai-dev --prompt api_key"),
    ),
    Command(
        "rename",
        "give a connection another alias; profiles follow",
        _rename,
        (ALIAS, Arg("new", "the new alias")),
        ("rename openai-dev openai-main",),
    ),
    Command(
        "duplicate",
        "copy a connection with its references and sealed values",
        _duplicate,
        (ALIAS, Arg("new", "the copy's alias"), NAME),
        ("duplicate openai-dev openai-spare",),
    ),
    Command(
        "delete",
        "delete connections; asks first, names the profiles that depend on them",
        _delete,
        (
            ALIASES,
            Arg("--yes", "do not ask", options={"action": "store_true"}),
            Arg(
                "--force",
                "delete even what profiles depend on, and leave those broken",
                options={"action": "store_true"},
            ),
        ),
        ("delete openai-old --yes",),
    ),
    Command("enable", "switch connections on", _enable, (ALIASES,), ("enable openai-dev",)),
    Command(
        "disable",
        "switch connections off: any use fails until they are enabled",
        _disable,
        (ALIASES,),
        ("disable openai-dev",),
    ),
)
