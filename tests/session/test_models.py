"""The live list of models can be filtered, and shows what the provider says about each."""

from __future__ import annotations

import pytest

from aiconn_nb import Session
from aiconn_nb.features.use.results import Models
from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Model, Price
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

CHAT = frozenset({Capability.CHAT})


class Lister(FakeProvider):
    """A provider that lists models with facts and one without."""

    def models(self, client: object) -> list[Model]:
        return [
            Model("big-1", "Big One", CHAT, context=128_000, price=Price(2.5, 10.0), shutdown="2027-01-31"),
            Model("small-1", "Small One", CHAT),
            Model("vectors", capabilities=frozenset({Capability.EMBEDDING})),
        ]


@pytest.fixture
def session(isolated: object) -> Session:
    """Return a session with a connection to the provider."""
    made = Session(registry=registry_of(Lister()))
    made.create("a", "fake", settings={"api_key": "made-up-key-0123456789"})
    return made


@pytest.mark.parametrize(
    ("text", "ids"),
    [(None, ["big-1", "small-1", "vectors"]), ("BIG", ["big-1"]), ("one", ["big-1", "small-1"]), ("nothing", [])],
)
def test_a_text_is_looked_for_in_id_and_name(session: Session, text: str | None, ids: list[str]) -> None:
    """The case of the letters does not matter."""
    assert [row.id for row in session.models("a", text)] == ids


def test_a_list_without_models_is_told_from_a_filter_that_fits_none(session: Session) -> None:
    """A server may have loaded no model yet."""
    assert (session.models("a", "nothing").is_whole, session.models("a").is_whole) == (False, True)
    assert str(session.models("a", "nothing")) == "a answered, and lists no such model."
    assert str(Models([], alias="a")) == "a answered, and lists no models."


def test_a_row_has_what_the_list_says(session: Session) -> None:
    """The facts are values in Python and in --json, and None if the list does not have them."""
    big, small = session.models("a", "one")
    assert (big.context, big.input_price, big.output_price, big.shutdown) == (128_000, 2.5, 10.0, "2027-01-31")
    assert (small.context, small.input_price, small.shutdown) == (None, None, "")
    assert session.models("a", "small").data() == [
        {
            "id": "small-1",
            "name": "Small One",
            "capabilities": ["chat"],
            "context": None,
            "input_price": None,
            "output_price": None,
            "shutdown": None,
        }
    ]


def test_a_column_is_there_where_a_model_has_something_in_it(session: Session) -> None:
    """Most lists have only ids."""
    whole, small = str(session.models("a")), str(session.models("a", "small"))
    for words in ("context", "128,000", "2.5 / 10", "shuts down", "2027-01-31"):
        assert (words in whole, words in small) == (True, False), words
