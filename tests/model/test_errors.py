"""The error tree: each error can be carried to another process, and copied."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import pytest

from aiconn_nb import AiconnError, InvalidConnection, Session, errors
from aiconn_nb.errors import AllFailed, Attempt, CallFailed, ColumnNotFound, ConnectionInactive, FailureKind
from aiconn_nb.model.amounts import duration
from aiconn_nb.model.secret import MASK

CARRIED: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda error: pickle.loads(pickle.dumps(error)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
every_way = pytest.mark.parametrize("carried", CARRIED.values(), ids=CARRIED)


for name in dir(errors):
    getattr(errors, name)  # imports it: a package of errors imports only what is used


def kinds(base: type[AiconnError] = AiconnError) -> Iterator[type[AiconnError]]:
    """Return every class of the error tree."""
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


@every_way
@pytest.mark.parametrize("kind", list(kinds()))
def test_every_error_keeps_its_fields(kind: type[AiconnError], carried: Callable[[Any], Any]) -> None:
    """An error that cannot be unpickled breaks a process pool, so this holds for any constructor."""
    error = kind.__new__(kind)
    vars(error).update(more=("a", 1), partial={"text": "half"})
    again = carried(error)
    assert type(again) is kind
    assert vars(again) == vars(error)


@every_way
def test_an_error_with_other_arguments_than_its_text(session: Session, carried: Callable[[Any], Any]) -> None:
    """Errors are built from fields, as the session builds them."""
    with pytest.raises(InvalidConnection) as invalid:
        session.create("A B", "demo")
    failed = CallFailed(kind=FailureKind.TIMEOUT, alias="a", words="no answer in 5 s", retry_after=3.0)
    tried = AllFailed(alias="p", attempts=(Attempt("a", "timeout", "timeout: no answer in 5 s"),))
    for error in (invalid.value, ConnectionInactive(alias="a"), failed, tried):
        again = carried(error)
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


FIELDS: dict[str, tuple[Any, Any]] = {
    "bytes": (b"sk-canary-0123456789 \xff", f"{MASK} ".encode() + b"\xff"),
    "a set": ({"sk-canary-0123456789", "a"}, {MASK, "a"}),
    "a mapping": (MappingProxyType({"sk-canary-0123456789": "b"}), {MASK: "b"}),
    "a sequence in a mapping": ({"a": ["sk-canary-0123456789"]}, {"a": (MASK,)}),
}


@pytest.mark.parametrize(("given", "kept"), FIELDS.values(), ids=FIELDS)
def test_no_field_keeps_what_looks_like_a_key(given: Any, kept: Any) -> None:
    """This holds for a key in any container."""
    error = AiconnError()
    error.given = given
    assert vars(error)["given"] == kept


@every_way
def test_an_error_takes_notes(carried: Callable[[Any], Any]) -> None:
    """Test runners and schedulers add them; a key in one is masked."""
    error = ConnectionInactive(alias="a")
    error.add_note("row 3")
    error.add_note("sk-canary-0123456789")
    again = carried(error)
    again.add_note("tried twice")
    assert list(again.__notes__) == ["row 3", MASK, "tried twice"]
    assert traceback.format_exception(again)[-3:] == ["row 3\n", f"{MASK}\n", "tried twice\n"]


def test_an_error_may_be_made_of_another() -> None:
    """As a plug-in may: its text is the line."""
    error = AiconnError(ValueError("no region"))  # type: ignore[arg-type]
    assert (error.what, str(error)) == ("no region", "no region")


def test_a_member_of_an_enumeration_stays_what_it_is() -> None:
    """Code compares enum members by identity."""
    failed = CallFailed(kind=FailureKind.TIMEOUT, alias="a", words="no answer")
    assert failed.kind is FailureKind.TIMEOUT


def test_what_a_file_or_a_server_says_moves_no_cursor() -> None:
    """Control characters are replaced in every interface. The field keeps them."""
    error = ColumnNotFound(column="\x1b[2Jx", columns=("\x1b]0;title\x07y", "z"))
    assert error.column == "\x1b[2Jx"
    for text in (error.what, error.hint, error.reason, str(error)):
        assert "\x07" not in text
        assert "\x1b" not in text
    assert error.what.count("\ufffd") == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (7, "7 seconds"), (60, "1 minute"), (90, "90 seconds"), (3600, "1 hour"), (86_400, "24 hours")],
)
def test_the_time_that_a_server_asks_for_is_said(seconds: float, words: str) -> None:
    """The message uses the most readable unit, and the time is a field of the error."""
    failed = CallFailed(kind=FailureKind.RATE_LIMITED, alias="a", words="Slow down.", retry_after=seconds)
    assert duration(seconds) == words
    assert words in failed.hint
    assert failed.retry_after == seconds


def test_a_time_in_the_past_is_not_said() -> None:
    """There is nothing to wait for."""
    at_once = CallFailed(kind=FailureKind.RATE_LIMITED, alias="a", retry_after=0.0)
    assert at_once.hint == CallFailed(kind=FailureKind.RATE_LIMITED, alias="a").hint


def test_a_line_does_not_repeat_a_whole_file() -> None:
    """One that was pasted in place of a name filled the screen. The field has it all."""
    error = errors.NoCommand(word="x" * 5000, nearest=None)
    assert len(str(error)) < 300
    assert len(error.word) == 5000
