"""The questions of lists and forms, as panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection, now

from .protocol import Answer, Body, Note, Panel, Table, Words

GO_ON: Answer = {"text": "Keep editing", "first": True}
TRUST = "The key would go to this host. Allow it only if this is the host you mean."


def asked(
    title: str, help: Sequence[Words], *answers: Answer, tone: Literal["none", "warn", "danger"] = "none"
) -> Panel:
    """Return a question; the last answer is the harmless one."""
    return {"id": "ask", "title": title, "help": list(help), "answers": list(answers), "tone": tone}


def discarding(title: str, lost: str, yes: Answer) -> Panel:
    """Return the question before typed text is lost."""
    return asked(title, [[lost]], {**yes, "kind": "danger"}, GO_ON)


def gone(alias: str) -> Panel:
    """Return the question when the entry of a form was deleted elsewhere."""
    restore: Answer = {"text": "Restore it and save", "kind": "primary", "intent": "save", "data": {"restore": True}}
    lines = [["Another kernel deleted it. What you typed is still here."]]
    return asked(f"{alias} was deleted in the meantime", lines, {**restore, "draft": True}, GO_ON)


# ---- trust ----------------------------------------------------------------------------------------------------------------


def saving_to(name: str, question: Question, merged: Mapping[str, Any]) -> Panel:
    """Return the question of a form before a save would let a key go to another host; ``merged`` says how a conflict was solved."""
    trust: Answer = {"text": "Trust and save", "intent": "save", "data": {**merged, "trust": list(question.answers)}}
    return asked(
        f"{name or 'This connection'} {question.words}",
        [[TRUST]],
        {**trust, "draft": True},
        {**GO_ON, "kind": "primary"},
        tone="warn",
    )


def trusting(connection: Connection, question: Question) -> Panel:
    """Return the question of a list before a key may go to another host."""
    data = {"id": connection.id, "answers": list(question.answers)}
    return {
        **asked(
            f"{connection.alias} {question.words}.",
            [[TRUST]],
            {"text": "Allow it", "intent": "trust", "data": data, "row": "use"},
            {"text": "Cancel", "kind": "primary", "first": True, "row": "trust"},
            tone="warn",
        ),
        "place": connection.id,
    }


def untrusted(alias: str, question: Question) -> Note:
    """Return the message of a form that its connection may not send its key to its host yet."""
    note: Note = {"tone": "warn", "what": f"Untrusted host: {alias} {question.words}.", "hint": ""}
    return {**note, **offer_of(question)}


def offer_of(question: Question) -> Body:
    """Return the offer to trust the host."""
    if not question.answers:
        return {}
    trust: Answer = {"text": "Trust this host", "testid": "trust", "intent": "trust"}
    return {"help": [[TRUST]], "answers": [{**trust, "data": {"answers": list(question.answers)}}]}


# ---- saved elsewhere ------------------------------------------------------------------------------------------------------


def ago(moment: datetime) -> str:
    """Return the age of a time, in the coarsest unit that is still informative."""
    seconds = int((now() - moment).total_seconds())
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name} ago"
    return "just now"


def switching(connection: Connection, differences: Table, *, active: bool) -> Panel:
    """Return the question after a row was saved elsewhere, before it was switched here."""
    stored = {each: getattr(connection, each) for each in ("id", "alias", "name", "active", "version")}
    data = {"id": connection.id, "rows": [stored], "active": active}
    turn = f"Switch it {'on' if active else 'off'} anyway"
    question = asked(
        f"Changed elsewhere {ago(connection.modified)}. Nothing was overwritten.",
        [],
        {"text": turn, "intent": "switch", "data": data, "row": "switch"},
        {"text": "Keep the stored version", "kind": "primary", "first": True, "row": "switch"},
        tone="warn",
    )
    said = "It was saved elsewhere in the meantime. Nothing was overwritten."
    return {**question, "place": connection.id, "tables": [differences], "said": said}


# ---- deleting -------------------------------------------------------------------------------------------------------------


def deleting(
    title: str,
    effects: Sequence[Words],
    changed: Iterable[tuple[datetime, Table]],
    data: Mapping[str, Any],
    *,
    force: bool = False,
    switches: bool = False,
) -> Panel:
    """Return the question of a list: ``force`` if profiles depend on the entries, ``switches`` if disabling is an alternative.

    ``changed`` has the entries that were saved elsewhere, ``data`` names the rows, and the ``id`` if it is about one row.
    """
    later = list(changed)
    said: list[Words] = [[f"It was saved elsewhere {ago(when)}, after it was shown here."] for when, _ in later]
    remove: Answer = {"text": _delete(force), "kind": "danger", "intent": "delete", "data": {**data, "force": force}}
    disable: Answer = {"text": "Disable instead", "intent": "switch", "data": {**data, "active": False}}
    disable |= {"first": force, "row": "delete"}
    answers: list[Answer] = [
        {**remove, "first": not force, "row": "delete"},
        *([disable] if switches else []),
        {"text": "Cancel", "kind": "quiet", "first": force and not switches, "row": "delete"},
    ]
    panel = asked(title, [*said, *effects], *answers, tone="danger")
    return {**panel, "tables": [table for _, table in later], "place": data["id"] or ""}


def deleting_form(alias: str, effects: Sequence[Words], *, force: bool = False, switches: bool = False) -> Panel:
    """Return the question of a form: ``force`` if profiles depend on its entry, ``switches`` if disabling it is an alternative."""
    remove: Answer = {"text": _delete(force), "kind": "danger", "intent": "delete", "data": {"force": force}}
    disable: Answer = {"text": "Disable instead", "intent": "disable", "stored": True}
    keep: Answer = {"text": "Keep it", "first": True}
    return asked(f"Delete {alias}?", effects, remove, *([disable] if switches else []), keep, tone="danger")


def _delete(force: bool) -> str:
    return "Delete anyway" if force else "Delete"


def connection_effects(
    aliases: Sequence[str], *, profiles: Iterable[str], broken: Sequence[str], is_used: bool
) -> list[Words]:
    """Return the effects of deleting connections that ``profiles`` depend on; those in ``broken`` have no other connection."""
    is_many = len(aliases) > 1
    it = "them" if is_many else "it"
    others = [each for each in profiles if each not in broken]
    lines = [_naming("", aliases, "")] if is_many else []
    if broken:
        depends = "depend on" if len(broken) > 1 else "depends on"
        lines.append(_naming(_profiles(broken), broken, f" {depends} {it} and would be left broken."))
    if others:
        continues = "continue with their" if len(others) > 1 else "continues with its"
        lines.append(_naming(_profiles(others), others, f" {continues} other connections."))
    words = [
        f"{'One of them' if is_many else 'It'} is in use in this kernel." if is_used else "",
        "" if broken or others else f"No profile depends on {it}.",
        _undelete(it),
    ]
    return [*lines, [" ".join(filter(None, words))]]


def profile_effects(default_for: str) -> list[Words]:
    """Return the effects of deleting a profile that is the default for this capability, '' for none."""
    default = f"It is the default for {default_for}; there would be none. " if default_for else ""
    return [[f"{default}Notebooks that use it will not find it. {_undelete('it')}"]]


def _undelete(it: str) -> str:
    return f"For 30 days, undelete restores {it}."


def _profiles(aliases: Sequence[str]) -> str:
    return "The profiles " if len(aliases) > 1 else "The profile "


def _naming(before: str, aliases: Sequence[str], after: str) -> Words:
    """Return a sentence with aliases in it, as code."""
    between = [part for alias in aliases for part in (", ", alias)]
    return [before, *between[1:], after]
