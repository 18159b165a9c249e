"""The permissions that a user gives by creating, changing or copying a connection, by a yes to a question, or by ``trust``.

A user who enters a host and a key in one form, or on one line, permits the host to have the key. The user has not permitted it
in these cases:

- The key existed before, and the host is new (an edit moves a connection with a secret).
- The key is new, and the host came in a bundle.
- The host is a reference that a file of the working folder resolves, and the key does not come from that folder: the user has
  entered neither, and the folder may belong to another person.

Undoing (`undelete`, `rollback`) permits nothing new; earlier permissions remain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from aiconn_nb.errors import NotAHost
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.origin import Origin, origin_of
from aiconn_nb.session.context import Context
from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot

from .hidden_origin import HiddenOrigin
from .hosts import (
    Question,
    endpoint_references,
    is_chosen_by_a_file,
    is_official,
    needs_permission_at_home,
    origin_now,
    reference_name,
    sent_by,
    untrusted,
)

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Provider

Pair = tuple[str, str]


def question_about(
    context: Context, snapshot: Snapshot, made: Connection, before: Connection | None
) -> Question | None:
    """Return the question to ask before ``made`` replaces ``before`` (None: it is new).

    A question that applied before the save is not asked again: a user who changes a name need not answer it.
    """
    question = untrusted(context, made, snapshot.trusted() | set(_allowed_by(context, snapshot, made, before)))
    open_already = None if before is None else untrusted(context, before, snapshot.trusted())
    if question and open_already and question.host == open_already.host:
        before_it = {(each.words, each.field) for each in open_already.sent}
        if {(each.words, each.field) for each in question.sent} <= before_it:
            return None
    return question


def trusted_for(context: Context, connection: Connection) -> Collection[Pair]:
    """Return the pairs permitted for a connection under test; for an unsaved draft, also the pairs that saving it would permit."""
    snapshot = context.store.read()
    if connection.modified_by:  # the store says who saved it
        return snapshot.trusted()
    stored = snapshot.connection_by_id(connection.id)
    return snapshot.trusted() | set(_allowed_by(context, snapshot, connection, stored))


def remember(
    context: Context,
    change: Change,
    made: Connection,
    before: Connection | None,
    answers: Collection[str] = (),
) -> None:
    """Store the permissions from saving ``made``, and from the ``answers`` (see `Question`) to the question asked before."""
    if before is not None and before.settings == made.settings:
        return
    _trust(change, _allowed_by(context, change, made, before))
    question = untrusted(context, made, change.trusted())
    if question is None:
        return
    said_yes = [each for each, answer in zip(question.sent, question.answers, strict=False) if answer in answers]
    _trust(change, [(each.what, question.stored) for each in said_yes])
    if said_yes and len(said_yes) == len(question.sent):
        _trust(change, [(_chooser(made), question.stored)])


def allow(
    context: Context, change: Change, connection: Connection, answers: Collection[str] | None = None
) -> Question | None:
    """Permit everything that a connection would send to its current host. Returns the new permissions.

    With ``answers``, only if the question is still the one that was answered.
    """
    question = untrusted(context, connection, change.trusted())
    if question is not None and (not question.host or answers not in (None, question.answers)):
        return question
    if question is not None:
        _trust(change, [(each.what, question.stored) for each in question.sent])
    provider = context.registry.find(connection.provider)
    if provider is None:
        return question
    origin = origin_now(context, connection, provider)
    if origin is not None and not is_official(provider, origin):
        wirings = _wirings(provider, connection, connection.settings)
        _trust(change, [(_chooser(connection), str(origin)), *wirings])
    return question


def allow_at(context: Context, change: Change, connection: Connection, origin: Origin) -> Question | None:
    """Permit everything that a connection would send to its current host, if the user has spelled that host.

    Returns the new permissions; None if there are none.
    """
    question = untrusted(context, connection, change.trusted())
    if question is None or question.stored not in (
        str(origin),
        str(HiddenOrigin(origin.scheme, origin.host, origin.port, "")),
    ):
        return None
    return allow(context, change, connection, question.answers)


def spelled_origin(written: str) -> Origin:
    """Return the origin that a user has spelled, with https:// in front of a host alone. Raises `CommandError`."""
    origin = origin_of(written if "://" in written else f"https://{written}")
    if origin is None:
        raise NotAHost
    return origin


def copy(change: Change, former: Connection, made: Connection) -> None:
    """Give a copy exactly the permissions of its original."""
    for what, host in sorted(change.trusted()):
        if what == _chooser(former):
            _trust(change, [(_chooser(made), host)])
        elif what.startswith(start := f"sealed:{former.id}."):
            _trust(change, [(f"sealed:{made.id}.{what.removeprefix(start)}", host)])


def _allowed_by(context: Context, snapshot: Snapshot, made: Connection, before: Connection | None) -> Iterator[Pair]:
    """Yield the pairs that a user permits by changing ``before`` into ``made``."""
    provider = context.registry.find(made.provider)
    if provider is None:
        return
    typed = {key for key, value in made.settings.items() if before is None or before.settings.get(key) != value}
    yield from _wirings(provider, made, typed)
    origin = origin_now(context, made, provider)
    if origin is None:
        return
    host = str(origin)
    if is_official(provider, origin):
        theirs = [each for each in sent_by(provider, made) if before is None or each.field in typed]
        yield from ((each.what, host) for each in theirs if needs_permission_at_home(context, provider, each))
        return
    if not _host_is_theirs(context, snapshot, provider, made, before, origin):
        return
    everything = sent_by(provider, made)
    # The machine's sign-in is not an entered field: it may go to a host that the user chose before.
    chosen = before is None or _is_chosen(snapshot, made, host)
    theirs = [each for each in everything if before is None or each.field in typed or (chosen and not each.field)]
    yield from ((each.what, host) for each in theirs)
    if len(theirs) == len(everything):
        yield _chooser(made), host


def _host_is_theirs(
    context: Context,
    snapshot: Snapshot,
    provider: Provider,
    made: Connection,
    before: Connection | None,
    origin: Origin,
) -> bool:
    """Whether the user who saves this has chosen its host, now or before."""
    if before is not None and _is_chosen(snapshot, made, str(origin)):
        return True
    kept = sent_by(provider, before) if before is not None else []
    if kept and all(any((what, str(origin)) in snapshot.trusted() for what in each.known_as) for each in kept):
        return True  # all its values may go there already
    moved = before is None or origin_now(context, before, provider) != origin
    return moved and not is_chosen_by_a_file(context, made, provider, origin)


def _is_chosen(snapshot: Snapshot, connection: Connection, host: str) -> bool:
    return (_chooser(connection), host) in snapshot.trusted()


def _wirings(provider: Provider, connection: Connection, typed: Collection[str]) -> Iterator[Pair]:
    """Yield the pairs of a key's reference and an endpoint's reference, if the user entered at least one of them."""
    is_endpoint_typed = any(field.type == "url" and field.key in typed for field in provider.fields)
    for each in sent_by(provider, connection):
        if each.is_reference and (each.field in typed or is_endpoint_typed):
            for written in endpoint_references(provider, connection.settings):
                yield each.what, reference_name(written)


def _chooser(connection: Connection) -> str:
    """Return the marker for "a user here chose this host for this connection"."""
    return f"connection:{connection.id}"


def _trust(change: Change, pairs: Collection[Pair] | Iterator[Pair]) -> None:
    known = change.trusted()
    for pair in pairs:
        if pair not in known:
            change.trust(pair)
