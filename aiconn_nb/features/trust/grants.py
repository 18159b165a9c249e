"""What a person allows by what they do: creating, changing and copying a connection, saying yes to a question, ``trust``.

A user who types a host and a key into one form, or on one line, allows the host to have the key. The user has not allowed it if

- the key was there before and the host is new (an edit moves a connection that holds a secret),
- the key is new and the host came in a bundle,
- the host is a reference that a file of the working folder answers, and the key is not that folder's own: the person has typed
  neither, and the folder may be someone else's.

Undoing (`undelete`, `rollback`) allows nothing; what was allowed before still is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aiconn_nb.errors import ProviderError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.origin import Origin
from aiconn_nb.model.reference import is_reference
from aiconn_nb.session.context import Context
from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot

from .hosts import Question, endpoint_references, is_chosen_by_a_file, origin_now, reference_name, sent_by, untrusted

Pair = tuple[str, str]


def question_about(
    context: Context, snapshot: Snapshot, made: Connection, before: Connection | None
) -> Question | None:
    """What has to be asked before ``made`` is saved in place of ``before`` (None: it is new).

    A question that is the same before and after is not part of this save: a user who changes a name need not answer it.
    """
    question = untrusted(context, made, snapshot.trusted() | set(_allowed_by(context, snapshot, made, before)))
    open_already = None if before is None else untrusted(context, before, snapshot.trusted())
    if question and open_already and question.host == open_already.host and {*question.sent} <= {*open_already.sent}:
        return None
    return question


def trusted_for(context: Context, connection: Connection) -> Collection[Pair]:
    """The pairs allowed for a connection under test; for an unsaved draft, also those that saving it would allow."""
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
    """Keep what was allowed by saving ``made``, and by the ``answers`` (see `Question`) to what was asked before."""
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
    """Allow all that a connection would send to the host where it leads now. Returns what was not allowed before.

    With ``answers`` only where the question is still the one that was answered.
    """
    question = untrusted(context, connection, change.trusted())
    if question is not None and (not question.host or answers not in (None, question.answers)):
        return question
    if question is not None:
        _trust(change, [(each.what, question.stored) for each in question.sent])
    try:
        origin = origin_now(context, connection, context.provider_of(connection))
    except ProviderError:
        return question
    if origin is not None:
        _trust(change, [(_chooser(connection), str(origin)), *_wirings(context, connection)])
    return question


def copy(change: Change, former: Connection, made: Connection) -> None:
    """Allow a copy what its original may, neither more nor less."""
    for what, host in sorted(change.trusted()):
        if what == _chooser(former):
            _trust(change, [(_chooser(made), host)])
        elif what.startswith(start := f"sealed:{former.id}."):
            _trust(change, [(f"sealed:{made.id}.{what.removeprefix(start)}", host)])


def _allowed_by(context: Context, snapshot: Snapshot, made: Connection, before: Connection | None) -> Iterator[Pair]:
    """The pairs that a person allows by making ``made`` of ``before``."""
    try:
        provider = context.provider_of(made)
    except ProviderError:
        return
    typed = {key for key, value in made.settings.items() if before is None or before.settings.get(key) != value}
    yield from _wirings(context, made, typed)
    origin = origin_now(context, made, provider)
    if origin is None or not _host_is_theirs(context, snapshot, made, before, origin):
        return
    host = str(origin)
    everything = list(sent_by(provider, made))
    # What the machine is signed in with is no field that could be typed: it may go to a host that was chosen before.
    chosen = before is None or _is_chosen(snapshot, made, host)
    theirs = [each for each in everything if before is None or each.field in typed or (chosen and not each.field)]
    yield from ((each.what, host) for each in theirs)
    if len(theirs) == len(everything):
        yield _chooser(made), host


def _host_is_theirs(
    context: Context, snapshot: Snapshot, made: Connection, before: Connection | None, origin: Origin
) -> bool:
    """Whether who saves this has chosen its host, now or before."""
    provider = context.provider_of(made)
    if before is not None and _is_chosen(snapshot, made, str(origin)):
        return True
    kept = list(sent_by(provider, before)) if before is not None else []
    if kept and all((each.what, str(origin)) in snapshot.trusted() for each in kept):
        return True  # all that it had may go there already
    moved = before is None or origin_now(context, before, provider) != origin
    return moved and not is_chosen_by_a_file(context, made, provider, origin)


def _is_chosen(snapshot: Snapshot, connection: Connection, host: str) -> bool:
    return (_chooser(connection), host) in snapshot.trusted()


def _wirings(context: Context, connection: Connection, typed: Collection[str] | None = None) -> Iterator[Pair]:
    """The pairs of a key's reference and an endpoint's, where the one or the other was typed."""
    try:
        provider = context.provider_of(connection)
    except ProviderError:
        return
    settings = connection.settings
    typed = settings.keys() if typed is None else typed
    urls = {field.key for field in provider.fields if field.type == "url"}
    for each in sent_by(provider, connection):
        if is_reference(settings.get(each.field)) and (each.field in typed or urls & set(typed)):
            for written in endpoint_references(provider, settings):
                yield each.what, reference_name(written)


def _chooser(connection: Connection) -> str:
    """The marker for "a user here chose this host for this connection"."""
    return f"connection:{connection.id}"


def _trust(change: Change, pairs: Collection[Pair] | Iterator[Pair]) -> None:
    known = change.trusted()
    for pair in pairs:
        if pair not in known:
            change.trust(pair)
