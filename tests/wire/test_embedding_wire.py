"""Embedding over HTTP keeps batches, order and dimensions, and falls back only before the first batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiconn_nb import ProviderFailed, Session

from . import bedrock_server, gemini_server
from .aimock import Aimock
from .servers import Answer, Asked, Reply, Server, refuses, says
from .spoken import AWS_SECRET, OPENAI, SPOKEN, Spoken

Serve = Callable[[Answer], Server]

mocked = pytest.mark.parametrize(
    "spoken", [each for each in SPOKEN if each.name in ("openai", "azure", "ollama")], ids=str
)


def measures(asked: Asked, reply: Reply) -> None:
    """Answer with vectors that give the length of their texts, in the wrong order, which is allowed."""
    texts = asked.json["input"]
    data = [
        {"object": "embedding", "index": index, "embedding": [float(len(text)), 0.5]}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    says({"object": "list", "model": "m-1", "data": data[::-1], "usage": usage})(asked, reply)


def profile(session: Session, *aliases: str, model: str = "m-1") -> None:
    """Create the profile ``vectors``."""
    session.create_profile("vectors", connections=aliases, model=model, capability="embedding")


@mocked
def test_texts_become_vectors(spoken: Spoken, session: Session, aimock: Aimock) -> None:
    """This holds in OpenAI's protocol, in the form of each of its providers."""
    profile(session, spoken.connect(session, aimock.url))
    embedded = session.embed(["hello", "hello again"], profile="vectors")
    assert embedded.vectors == [[0.25, -0.5, 0.75], [0.25, -0.5, 0.75]]
    assert (embedded.connection, embedded.dimensions) == (spoken.name, 3)


def test_texts_become_vectors_at_google(session: Session, serve: Serve) -> None:
    """There is one vector per text. (The server is ours: aimock has no embeddings for Gemini.)"""
    session.create(
        "google", "google", settings={"api_key": gemini_server.GOOD_KEY, "endpoint": serve(gemini_server.gemini()).url}
    )
    profile(session, "google", model="gemini-embedding-2")
    assert session.embed(["a", "four"], profile="vectors").vectors == [[0.25, 0.5], [1.0, 0.5]]


def test_texts_become_vectors_on_bedrock(session: Session, serve: Serve) -> None:
    """The tokens are those that Titan counts for each text. (The server is ours.)"""
    settings = {"region": "us-east-1", "access_key_id": bedrock_server.GOOD_KEY, "secret_access_key": AWS_SECRET}
    session.create("amazon", "amazon", settings={**settings, "endpoint": serve(bedrock_server.bedrock()).url})
    profile(session, "amazon", model="amazon.titan-embed-text-v2:0")
    embedded = session.embed(["a", "four"], profile="vectors")
    assert embedded.vectors == [[0.25, 0.5], [1.0, 0.5]]
    assert embedded.input_tokens == 4


def test_many_texts_go_in_batches(session: Session, serve: Serve) -> None:
    """Each batch has as many texts as the provider takes, and the vectors are still in the order of the texts. (The server is
    ours.)"""
    server = serve(measures)
    profile(session, OPENAI.connect(session, server.url))
    texts = ["x" * number for number in range(1, 601)]
    told: list[tuple[int, int]] = []
    embedded = session.embed(texts, profile="vectors", on_batch=lambda done, total: told.append((done, total)))
    assert sorted(len(asked.json["input"]) for asked in server.asked) == [88, 256, 256]
    assert [vector[0] for vector in embedded] == list(range(1, 601))
    assert embedded.input_tokens == 600
    assert told[-1] == (600, 600)


def refuses_long(asked: Asked, reply: Reply, most: int = 1000) -> None:
    """Refuse a request with a text that is too long, as Ollama does, or with too many texts; else answer as `measures`."""
    texts = asked.json["input"]
    if any(len(text) > 100 for text in texts):
        refuses(400, "the input length exceeds the context length")(asked, reply)
    elif len(texts) > most:
        refuses(400, f"batch size {len(texts)} > maximum allowed batch size {most}")(asked, reply)
    else:
        measures(asked, reply)


@pytest.mark.parametrize(("most", "requests"), [(1000, 23), (32, 47)])
def test_a_text_that_is_too_long_does_not_shrink_the_batches_of_the_others(
    session: Session, serve: Serve, most: int, requests: int
) -> None:
    """The refusals that it caused say nothing on the size; one that it did not cause does. (The server is ours.)"""
    server = serve(lambda asked, reply: refuses_long(asked, reply, most))
    profile(session, OPENAI.connect(session, server.url))
    texts = [{"text": f"{number}"} for number in range(1024)]
    texts[300] = {"text": "x" * 200}
    embedded = session.embed(texts, "{text}", profile="vectors", at_once=1)
    assert list(embedded.errors) == [300]
    assert len(server.asked) == requests
    assert embedded.notes == (() if most == 1000 else ("in batches of 32, as the server takes no more",))


def test_many_texts_that_are_too_long_do_not_send_the_others_again_and_again(session: Session, serve: Serve) -> None:
    """The batches grow slowly after each of them. Half of these texts are too long. (The server is ours.)"""
    server = serve(refuses_long)
    profile(session, OPENAI.connect(session, server.url))
    texts = [{"text": f"{number}" + "x" * (200 * (number % 4 > 1))} for number in range(256)]
    embedded = session.embed(texts, "{text}", profile="vectors", at_once=1)
    assert len(embedded.errors) == 128
    assert (len(server.asked), sum(len(asked.json["input"]) for asked in server.asked)) == (326, 892)


def test_after_a_text_that_is_too_long_the_next_texts_go_in_whole_batches(session: Session, serve: Serve) -> None:
    """The session keeps the account, with the number of texts that its server takes. (The server is ours.)"""
    server = serve(refuses_long)
    profile(session, OPENAI.connect(session, server.url))
    with pytest.raises(ProviderFailed) as raised:
        session.embed(["a", "b", "x" * 200], profile="vectors")
    assert raised.value.refused_text == 2
    session.embed([{"text": "x" * 200}, {"text": "c"}], "{text}", profile="vectors")
    before = len(server.asked)
    session.embed([f"{number}" for number in range(256)], profile="vectors")
    assert len(server.asked) == before + 1


def test_dimensions_are_sent_only_where_they_are_set(session: Session, serve: Serve) -> None:
    """Not every model accepts them. (The server is ours.)"""
    server = serve(measures)
    profile(session, OPENAI.connect(session, server.url))
    session.embed("hello", profile="vectors")
    session.embed("hello", profile="vectors", dimensions=2)
    assert [asked.json.get("dimensions") for asked in server.asked] == [None, 2]


def test_dimensions_that_a_server_ignores_are_in_the_footer(session: Session, serve: Serve) -> None:
    """LitServe and llama-cpp-python ignore them. The vectors do not fit into an index that was made for the number asked for."""
    profile(session, OPENAI.connect(session, serve(measures).url))
    width = len(session.embed("hello", profile="vectors")[0])
    assert session.embed("hello", profile="vectors", dimensions=width).notes == ()
    embedded = session.embed("hello", profile="vectors", dimensions=8)
    assert (embedded.dimensions, len(embedded.notes), "dimensions=8" in embedded.footer) == (width, 1, True)


def test_another_connection_takes_over_before_the_first_batch(session: Session, serve: Serve) -> None:
    """All vectors come from the one that took over. (The servers are ours.)"""
    busy, other = serve(refuses(429, Retry_After="7")), serve(measures)
    profile(session, OPENAI.connect(session, busy.url, "busy"), OPENAI.connect(session, other.url, "other"))
    embedded = session.embed(["a"] * 300, profile="vectors")
    assert embedded.connection == "other"
    assert (len(busy.asked), len(other.asked)) == (1, 2)


def test_nobody_takes_over_behind_it(session: Session, serve: Serve) -> None:
    """One answer with vectors of two models would be worse than none. (The servers are ours.)"""

    def breaks(asked: Asked, reply: Reply) -> None:
        (measures if len(asked.json["input"]) == 256 else refuses(400, "No more."))(asked, reply)

    first, other = serve(breaks), serve(measures)
    profile(session, OPENAI.connect(session, first.url, "first"), OPENAI.connect(session, other.url, "other"))
    with pytest.raises(ProviderFailed) as raised:
        session.embed(["a"] * 300, profile="vectors")
    assert raised.value.texts_done == (256, 300)
    assert other.asked == []
