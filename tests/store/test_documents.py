"""Every value that can be saved is read back as it was."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.model.secret import Sealed
from aiconn_nb.model.strict import Malformed
from aiconn_nb.store.documents import CONNECTIONS, PROFILES
from aiconn_nb.store.storage import Damage, Newer, decode, encode

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]))
ALIASES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True)
TEXTS = st.text(max_size=20)
NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
SETTINGS = st.dictionaries(TEXTS, TEXTS | NUMBERS | st.booleans() | st.builds(Sealed, TEXTS), max_size=5)
STAMPS = {"created": MOMENTS, "modified": MOMENTS, "modified_by": TEXTS, "version": st.integers(1, 10**6)}
CONNECTION = st.builds(
    Connection, alias=ALIASES, name=TEXTS, provider=TEXTS, settings=SETTINGS, active=st.booleans(), **STAMPS
)
PROFILE = st.builds(
    Profile,
    alias=ALIASES,
    name=TEXTS,
    capability=st.sampled_from(Capability),
    connections=st.lists(TEXTS, max_size=3).map(tuple),
    model=TEXTS,
    options=st.dictionaries(TEXTS, TEXTS | NUMBERS, max_size=3),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    **STAMPS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def on_disk(document: dict) -> dict:
    """Return the document after it was written to and read from the bytes of a file."""
    return decode(encode({"t": {"1": document}}, {})[0])[1]["t"]["1"]


@given(CONNECTION)
def test_a_connection_comes_back(connection: Connection) -> None:
    """This holds for lone surrogates, empty texts, numbers of every kind and other time zones."""
    back = CONNECTIONS.from_document(on_disk(CONNECTIONS.to_document(connection)), connection.id)
    assert back == connection
    assert {key: type(value) for key, value in back.settings.items()} == {
        key: type(value) for key, value in connection.settings.items()
    }


@given(PROFILE)
def test_a_profile_comes_back(profile: Profile) -> None:
    """Its capability is an enum member again, and its sequences are tuples."""
    back = PROFILES.from_document(on_disk(PROFILES.to_document(profile)), profile.id)
    assert back == profile
    assert isinstance(back.capability, Capability)


@given(st.dictionaries(st.sampled_from([*CONNECTIONS.to_document(Connection(alias="a", name="", provider=""))]), JSON))
def test_any_other_document_is_malformed_and_nothing_else(document: dict) -> None:
    """Whatever the fields contain, only `Malformed` is raised."""
    for layout in (CONNECTIONS, PROFILES):
        with suppress(Malformed):
            layout.from_document(document, "id")


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_damage(content: bytes) -> None:
    """Whatever the file contains, only errors of this package are raised."""
    for each in (content, b'{"store":{"schema":1},' + content + b"}"):
        with suppress(Damage, Newer):
            decode(each)
