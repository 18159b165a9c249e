"""A reply in the format of a schema: read, and corrected once if it does not match."""

from __future__ import annotations

from dataclasses import replace

from aiconn_nb.errors import NotInSchema

from .reply import Reply, said_of_answer
from .schema import NotValid
from .stream import Opening

TWICE = "asked twice, as the first reply did not match the schema"


def settled(opening: Opening, reply: Reply) -> Reply | Opening:
    """Return the reply with its ``value``, or what to send for a second attempt. Without a schema, the reply itself."""
    if opening.shape is None:
        return reply
    try:
        return replace(reply, value=opening.shape.value(reply.text))
    except NotValid as invalid:
        messages = [*opening.request.messages, *opening.shape.correction(reply.text, str(invalid))]
    return replace(opening, request=replace(opening.request, messages=messages))


def corrected(opening: Opening, first: Reply, second: Reply) -> Reply:
    """Return the reply of the second attempt with its ``value``, and with the tokens and the time of both attempts.

    Raises `NotInSchema` if it does not match either.
    """
    assert opening.shape is not None
    reply = _together(first, second)
    try:
        return replace(reply, value=opening.shape.value(reply.text))
    except NotValid as invalid:
        error = NotInSchema(
            alias=reply.connection, problem=str(invalid), ended=said_of_answer(reply.text, reply.finish_reason)
        )
    error.partial = reply
    raise error


def _together(first: Reply, second: Reply) -> Reply:
    """Return the second reply, with the tokens and the time of both."""
    return replace(
        second,
        input_tokens=_sum(first.input_tokens, second.input_tokens),
        output_tokens=_sum(first.output_tokens, second.output_tokens),
        seconds_to_first=first.seconds_to_first,
        seconds=first.seconds + second.seconds,
        attempts=(*first.attempts, *second.attempts),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes, TWICE))),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    """Return the sum; None if one count is unknown."""
    return None if one is None or other is None else one + other
