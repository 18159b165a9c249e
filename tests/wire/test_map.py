"""A prompt over a dataset works against a server that counts, delays, refuses and drops. (The server is ours.)"""

from __future__ import annotations

import _thread
import json
import os
import re
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pandas
import polars
import pytest

from aiconn_nb import Session
from aiconn_nb.errors import (
    BatchStopped,
    JournalUnusable,
    NoLongestAnswer,
    PriceUnknown,
    ProviderFailed,
    RowsInterrupted,
)
from aiconn_nb.features.batch import gate, sending
from aiconn_nb.features.batch.engine import NOT_ASKED, OWN, SENT
from aiconn_nb.features.usage import Price
from aiconn_nb.model.secret import Secret
from aiconn_nb.ui.cli import main

from .counting import Counting, Told
from .ordeal import AT_ONCE, ordeal

ROWS = [f"row {number}" for number in range(40)]


def connect(session: Session, server: Counting, alias: str = "own") -> str:
    """Create a connection to the server and return its alias."""
    session.create(alias, "openai-compatible", settings={"endpoint": f"{server.url}/v1"})
    return alias


def mapped(session: Session, rows: Any, template: str = "How long is {text}?", **options: Any) -> Any:
    """Return the result of `map` for these rows."""
    return session.map(rows, template, profile="own", model="m-1", **options)


def answers(table: list[dict[str, Any]]) -> list[Any]:
    """Return the answers of a table of dictionaries."""
    return [row["answer"] for row in table]


def test_each_row_has_its_answer_in_its_order(session: Session) -> None:
    """It has model, connection and tokens. The price of a private server is unknown, and so it is not zero."""
    with Counting(delay=0.01) as server:
        connect(session, server)
        table = mapped(session, ROWS)
    assert answers(table) == [str(len(f"How long is {row}?")) for row in ROWS]
    assert table[3] == {
        "text": "row 3",
        "answer": "18",
        "model": "m-1",
        "connection": "own",
        "input_tokens": 5,
        "output_tokens": 1,
        "cost": None,
        "error": None,
    }
    assert set(server.asked.values()) == {1}
    assert session.last_map is not None
    assert (session.last_map.progress.answered, session.last_map.progress.input_tokens) == (40, 200)


def test_a_table_of_pandas_keeps_its_kind_and_index(session: Session) -> None:
    """This holds if a label appears twice and a value is missing: that row has an error and is not asked."""
    frame = pandas.DataFrame({"body": ["one", "two", None], "other": [1, 2, 3]}, index=["a", "a", "b"])
    with Counting() as server:
        connect(session, server)
        table = mapped(session, frame, "{body}!")
    assert list(table.index) == ["a", "a", "b"]
    assert list(table.columns[:3]) == ["body", "other", "answer"]
    assert table["answer"].tolist()[:2] == ["4", "4"]
    assert table["error"].tolist()[2] == "body is missing"
    assert str(table["output_tokens"].dtype) == "Int64"
    assert sum(server.asked.values()) == 2


@pytest.mark.parametrize("lazy", [False, True], ids=["eager", "lazy"])
def test_a_table_of_polars_keeps_its_kind(session: Session, lazy: bool) -> None:
    """A lazy table stays lazy."""
    frame: Any = polars.DataFrame({"body": ["one", "three"]})
    with Counting() as server:
        connect(session, server)
        table = mapped(session, frame.lazy() if lazy else frame, "{body}!", into="length")
    assert isinstance(table, polars.LazyFrame if lazy else polars.DataFrame)
    found = table.collect() if lazy else table
    assert found["length"].to_list() == ["4", "6"]
    assert found.schema["error"] == polars.String


def test_the_same_prompt_is_asked_once(session: Session) -> None:
    """This holds while it is being asked, and without a journal."""
    for journal in (True, False):
        with Counting(delay=0.02) as server:
            alias = connect(session, server, "own" if journal else "other")
            table = session.map(["one", "two", "one"] * 10, "{text}", profile=alias, model="m-1", journal=journal)
        assert answers(table) == ["3"] * 30
        assert server.asked == {"one": 1, "two": 1}


def test_an_error_stays_in_its_row(session: Session) -> None:
    """A request that the server does not accept is the fault of its row, and the others are answered."""
    with Counting(lambda number, prompt, body: Told(400) if "row 7?" in prompt else None) as server:
        connect(session, server)
        table = mapped(session, ROWS)
    assert [row["text"] for row in table if row["error"]] == ["row 7"]
    assert sum(answer is not None for answer in answers(table)) == 39
    assert "bad request" in table[7]["error"]
    assert session.last_map is not None
    assert not session.last_map.ok


def test_the_first_error_stops_all_where_that_is_wanted(session: Session) -> None:
    """This is the effect of ``errors="raise"``."""
    with Counting(lambda number, prompt, body: Told(400), delay=0.01) as server:
        connect(session, server)
        with pytest.raises(ProviderFailed):
            mapped(session, ROWS * 10, errors="raise", at_once=2)
    assert sum(server.asked.values()) <= 4


def test_a_refused_key_stops_all(session: Session) -> None:
    """Each of a hundred thousand rows would fail in the same way."""
    with Counting(lambda number, prompt, body: Told(401), delay=0.01) as server:
        connect(session, server)
        with pytest.raises(BatchStopped) as raised:
            mapped(session, ROWS, at_once=2)
    assert sum(server.asked.values()) <= 4
    assert isinstance(raised.value.cause, ProviderFailed)


def test_limits_and_broken_connections_cost_no_row(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request in twenty is refused with a time to wait, and one in fifty is dropped."""
    # Enough retries: after such a pause, the request of a dropped one is often just the next one in fifty.
    monkeypatch.setattr(sending, "PAUSES", (0.01,) * 9)

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        if number % 20 == 0:
            return Told(429, {"Retry-After": "0.02"})
        return Told(drops=True) if number % 50 == 1 else None

    with Counting(handle, delay=0.002) as server:
        connect(session, server)
        table = mapped(session, [f"row {number}" for number in range(400)])
    assert [row["error"] for row in table if row["error"]] == []
    assert set(server.answered.values()) == {1}


def test_more_are_in_flight_while_the_server_keeps_up(session: Session) -> None:
    """The number grows up to the given maximum, and never beyond."""
    with Counting(delay=0.05) as server:
        connect(session, server)
        mapped(session, [f"row {number}" for number in range(200)], at_once=16)
    assert server.highest == 16


def test_the_next_connection_answers_a_row(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """This happens if the first of the profile fails, and the column says which one answered."""
    monkeypatch.setattr(sending, "PAUSES", ())
    with Counting(lambda number, prompt, body: Told(503)) as broken, Counting() as server:
        connect(session, broken, "first")
        connect(session, server, "second")
        session.create_profile("both", connections=["first", "second"], model="m-1")
        table = session.map(ROWS, "{text}", profile="both")
    assert {row["connection"] for row in table} == {"second"}
    assert all(row["error"] is None for row in table)


SCHEMA = {"label": ["positive", "negative"], "score": float}


def test_fields_become_columns(session: Session) -> None:
    """The schema is sent by the provider's own mechanism."""
    said = json.dumps({"label": "positive", "score": 0.5})
    with Counting(lambda number, prompt, body: Told(text=said)) as server:
        connect(session, server)
        table = mapped(session, ["good"], schema=SCHEMA)
    assert (table[0]["label"], table[0]["score"], table[0]["error"]) == ("positive", 0.5, None)
    sent = server.bodies[0]["response_format"]["json_schema"]["schema"]
    assert sent["properties"]["label"] == {"type": "string", "enum": ["positive", "negative"]}


def test_an_answer_that_does_not_keep_the_schema_has_a_second_attempt(session: Session) -> None:
    """There is one second attempt, and the tokens of both are counted. If it fails, the row has an error."""

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        is_second = len(body["messages"]) > 1
        wanted = "bad" not in body["messages"][0]["content"]
        label = "positive" if is_second and wanted else "so-so"
        return Told(text=json.dumps({"label": label, "score": 1}))

    with Counting(handle) as server:
        connect(session, server)
        table = mapped(session, ["good", "bad"], schema=SCHEMA)
    assert [row["label"] for row in table] == ["positive", None]
    assert "label" in table[1]["error"]
    assert table[0]["output_tokens"] == 2
    assert sum(server.asked.values()) == 4


def test_a_pydantic_model_is_a_schema(session: Session) -> None:
    """The model reads the answer."""
    from pydantic import BaseModel

    class Label(BaseModel):
        label: str
        stars: int

    said = json.dumps({"label": "good", "stars": 4})
    with Counting(lambda number, prompt, body: Told(text=said)) as server:
        connect(session, server)
        table = mapped(session, ["x"], schema=Label)
    assert (table[0]["label"], table[0]["stars"]) == ("good", 4)


def test_a_server_without_schemas_is_told_in_words(session: Session) -> None:
    """The server refuses the parameter once. From then on, the prompt describes the format."""
    said = json.dumps({"label": "positive", "score": 1})
    systems: list[str] = []

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        if "response_format" in body:
            return Told(400, message="response_format is not supported")
        systems.append(body["messages"][0]["content"])
        return Told(text=said)

    with Counting(handle) as server:
        connect(session, server)
        table = mapped(session, ["a", "b"], schema=SCHEMA, at_once=1)
    assert [row["label"] for row in table] == ["positive", "positive"]
    assert sum(server.asked.values()) == 3
    assert "JSON Schema" in systems[-1]


def test_the_same_line_asks_only_what_is_not_in_the_journal(session: Session) -> None:
    """Only the user can read its file, the result names its place, and a rename of the connection changes nothing."""
    with Counting() as server:
        connect(session, server)
        mapped(session, ROWS[:10])
        session.rename("own", "ours")
        table = session.map(ROWS, "How long is {text}?", profile="ours", model="m-1")
    assert set(server.asked.values()) == {1}
    assert answers(table)[3] == "18"
    assert session.last_map is not None
    assert (session.last_map.progress.known, session.last_map.progress.answered) == (10, 30)
    (file,) = Path(os.environ["AICONN_HOME"], "maps").glob("*.sqlite")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert session.last_map.journal.endswith(file.name)
    session.forget_maps()
    assert not file.exists()


def test_other_settings_are_asked_anew(session: Session) -> None:
    """Another model, option, schema or prompt is another question."""
    with Counting() as server:
        connect(session, server)
        mapped(session, ["a"])
        mapped(session, ["a"], temperature=0.5)
        mapped(session, ["a"], system="Be short.")
        session.map(["a"], "How long is {text}?", profile="own", model="m-2")
        mapped(session, ["a"], "What is {text}?")
        mapped(session, ["a"])
    assert sum(server.asked.values()) == 5


def test_a_journal_that_cannot_be_used_is_left_as_it_is(session: Session, tmp_path: Path) -> None:
    """One is damaged, and one was written with other settings."""
    damaged, other = tmp_path / "damaged.sqlite", tmp_path / "other.sqlite"
    damaged.write_bytes(b"this is no journal of ours, and it is long enough to be looked at" * 20)
    before = damaged.read_bytes()
    with Counting() as server:
        connect(session, server)
        mapped(session, ["a"], journal=str(other))
        with pytest.raises(JournalUnusable) as raised:
            mapped(session, ["a"], journal=str(damaged))
        assert raised.value.problem == "is damaged"
        with pytest.raises(JournalUnusable) as raised:
            mapped(session, ["a"], journal=str(other), temperature=1)
        assert raised.value.problem == "was written with other settings"
    assert damaged.read_bytes() == before


def test_an_interrupt_stops_at_once_and_the_line_goes_on(session: Session) -> None:
    """The requests in flight are closed and asked again with the rest, and no other row is asked again."""

    def interrupt(progress: Any) -> None:
        if progress.answered >= 10 and not done:
            done.append(progress)
            _thread.interrupt_main()

    done: list[Any] = []
    with Counting(delay=0.05) as server:
        connect(session, server)
        with pytest.raises(KeyboardInterrupt):
            mapped(session, [f"row {number}" for number in range(300)], at_once=4, on_progress=interrupt)
        asked = sum(server.asked.values())
        assert asked < 100
        table = mapped(session, [f"row {number}" for number in range(300)])
    assert all(row["error"] is None for row in table)
    assert sum(server.asked.values()) <= 300 + 4


def test_only_rows_that_were_sent_may_have_been_charged(session: Session) -> None:
    """The error of a row in flight at an interrupt says so. A row that still waited for its turn was not asked."""

    def interrupt(progress: Any) -> None:
        if progress.answered and server.in_flight == 9:
            raise KeyboardInterrupt

    with Counting(lambda number, prompt, body: Told(hangs=True) if prompt != "row 0" else None) as server:
        connect(session, server)
        with pytest.raises(KeyboardInterrupt):
            mapped(session, ["row 0", "row 1", *ROWS[1:]], "{text}", at_once=16, on_progress=interrupt)
    assert session.last_map is not None
    errors = [(row["text"], row["error"]) for row in session.last_map.table]
    assert errors[:3] == [("row 0", None), ("row 1", SENT), ("row 1", SENT)]
    assert {text for text, error in errors if error == SENT} == {*server.asked} - {"row 0"}
    assert {text for text, error in errors if error == NOT_ASKED}.isdisjoint(server.asked)
    assert {error for _, error in errors} == {None, SENT, NOT_ASKED}


def test_a_row_behind_a_rate_limit_was_not_asked(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request that the server refused cost nothing, and the next one waits until the run is interrupted."""
    refused: list[ProviderFailed] = []
    monkeypatch.setattr(gate.Gate, "refused", lambda self, failed: (self.pause(600), refused.append(failed)))

    def interrupt(progress: Any) -> None:
        if refused:
            raise KeyboardInterrupt

    with Counting(lambda number, prompt, body: Told(429)) as server:
        connect(session, server)
        with pytest.raises(KeyboardInterrupt):
            mapped(session, ["a"], on_progress=interrupt)
    assert session.last_map is not None
    assert [row["error"] for row in session.last_map.table] == [NOT_ASKED]


_RUN = """
import sys, aiconn_nb
rows = [f"row {number}" for number in range(500)]
print("begun", flush=True)
aiconn_nb.map(rows, "How long is {text}?", profile="own", model="m-1", at_once=8)
print(aiconn_nb.last_map().progress.answered, flush=True)
"""


def test_a_killed_process_loses_no_answer(session: Session) -> None:
    """The process is killed twice with kill -9, and the same line then runs to its end. At most the requests in flight are asked
    again."""
    with Counting(delay=0.01) as server:
        connect(session, server)
        for at in (100, 250):
            process = subprocess.Popen([sys.executable, "-c", _RUN], stdout=subprocess.PIPE, text=True)
            watch = Thread(target=_kill_at, args=(process, server, at))
            watch.start()
            process.wait(60)
            watch.join()
            assert process.stdout is not None
            process.stdout.close()
            assert process.returncode == -signal.SIGKILL
        done = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout.split()[1]) <= 500 - 250 + 2 * 8
    assert len(server.asked) == 500
    assert sum(server.asked.values()) <= 500 + 2 * 8


def first_number(text: str) -> int:
    """Return the first number in a sentence."""
    (number, *_) = re.findall(r"\b\d[\d,]*\b", text)
    return int(number.replace(",", ""))


@pytest.mark.parametrize("options", [[], ["--no-journal"]], ids=["journal", "no-journal"])
def test_an_interrupted_command_says_what_is_kept(session: Session, options: list[str], isolated: Path) -> None:
    """It says how many of how many rows are kept, that the line can go on, and that there is no file yet. It says nothing more."""
    Path("rows.csv").write_text("text\n" + "".join(f"row {number}\n" for number in range(500)), encoding="utf-8")
    line = ["map", "own", "rows.csv", "How long is {text}?", "--model", "m-1", "--at-once", "4", "-o", "out.csv"]
    command = [sys.executable, "-m", "aiconn_nb", *line, *options]
    with Counting(delay=0.01) as server:
        connect(session, server)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while sum(server.answered.values()) < 50 and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    said = err.splitlines()[-2:]
    done = first_number(said[0])
    left = "The file out.csv was not written"
    assert said == str(RowsInterrupted(done=done, total=500, is_kept=not options, left=left)).splitlines()
    assert 40 <= done < 500
    assert (out, process.returncode) == ("", 130)
    assert not Path("out.csv").exists()


def test_an_interrupted_embed_says_the_same_of_its_vectors(session: Session, isolated: Path) -> None:
    """The next run asks only for the other texts."""
    Path("rows.csv").write_text("text\n" + "".join(f"row {number}\n" for number in range(3000)), encoding="utf-8")
    line = ["embed", "own", "rows.csv", "{text}!", "--model", "m-1", "-o", "v.npy"]
    with Counting(delay=0.1) as server:
        connect(session, server)
        process = subprocess.Popen(
            [sys.executable, "-m", "aiconn_nb", *line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while len(server.asked) < 500 and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        said = err.splitlines()[-2:]
        kept = first_number(said[0])
        left = "The file v.npy was not written"
        assert said == str(RowsInterrupted(done=kept, total=3000, left=left, are_vectors=True)).splitlines()
        assert (out, process.returncode, list(Path().glob("v.npy*"))) == ("", 130, [])
        assert main(line) == 0
    again = sum(count - 1 for count in server.asked.values())
    assert 0 < kept <= 3000 - again


def _kill_at(process: subprocess.Popen[str], server: Counting, answered: int) -> None:
    while sum(server.answered.values()) < answered and process.poll() is None:
        pass
    process.kill()


def test_an_ordeal_costs_no_row(session: Session, tmp_path: Path) -> None:
    """One request in twenty is refused, one in a hundred gets no answer, and two processes are killed.

    Every row is answered, nothing in the journal is asked again, and at most the requests in flight are answered twice.
    """
    found = ordeal(session, tmp_path / "j.sqlite", 2_000, delay=0.005)
    assert (found.answers, found.kills, found.asked_again) == (2_000, 2, [])
    assert found.rate_limits >= 100
    assert found.timeouts >= 20
    assert found.answered_twice <= found.kills * AT_ONCE


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each token cost a cent."""
    monkeypatch.setattr(Price, "_known", lambda self, moment: (0.01, 0.01, 0.01))


@pytest.mark.usefixtures("priced")
def test_a_budget_is_not_exceeded(session: Session) -> None:
    """The highest cost of a request is reserved. The rows after the end say why they have no answer."""
    rows = [f"row {number}" for number in range(200)]
    with Counting(delay=0.01) as server:
        connect(session, server)
        table = mapped(session, rows, budget=5.0, max_tokens=10)
    asked = [row for row in table if row["error"] is None]
    assert 0 < len(asked) < len(rows)
    assert len(asked) == sum(server.asked.values())
    assert sum(row["cost"] for row in asked) <= 5.0
    assert {row["error"] for row in table if row["error"]} == {"the budget is used up"}
    assert session.last_map is not None
    assert session.last_map.ending == "the budget is used up"


@pytest.mark.usefixtures("priced")
def test_an_answer_of_unknown_size_costs_what_was_reserved(session: Session) -> None:
    """A server that does not count tokens cannot exceed a budget either."""
    with Counting(lambda number, prompt, body: Told(usage=False)) as server:
        connect(session, server)
        mapped(session, ROWS, budget=10.0, max_tokens=10, at_once=1)
    assert sum(server.asked.values()) == 4  # each reserves about 2.3


def test_a_budget_needs_a_price_and_the_longest_answer(session: Session) -> None:
    """Nothing is sent."""
    with Counting() as server:
        connect(session, server)
        with pytest.raises(NoLongestAnswer):
            mapped(session, ROWS, budget=1)
        with pytest.raises(PriceUnknown):
            mapped(session, ROWS, budget=1, max_tokens=10)
    assert not server.asked


@pytest.mark.usefixtures("priced")
def test_a_sample_says_what_all_would_cost(session: Session) -> None:
    """It also says how long all would take."""
    with Counting() as server:
        connect(session, server)
        table = mapped(session, ROWS, limit=4)
    assert len(table) == 4
    assert session.last_map is not None
    assert session.last_map.estimate is not None
    cost, seconds = session.last_map.estimate
    assert cost == pytest.approx(0.06 * 40)
    assert seconds is not None


def test_a_key_in_a_row_is_not_sent(session: Session) -> None:
    """The key is one that this machine knows, and the row says whose it is."""
    session.set_secret("OpenAI:ApiKey", Secret("made-up-key-0123456789abcdef"))
    with Counting() as server:
        connect(session, server)
        table = mapped(session, ["fine", "my key is made-up-key-0123456789abcdef"])
    assert list(server.asked) == ["How long is fine?"]
    assert "the user secret OpenAI:ApiKey" in table[1]["error"]
    assert "made-up-key" not in table[1]["error"]


def test_a_server_that_says_when_it_has_room_again_is_believed(session: Session) -> None:
    """The server says so before it refuses anything."""
    assert gate.told_to_pause({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}) == 360
    assert gate.told_to_pause({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}) == 0.02
    assert gate.told_to_pause({"x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "6m0s"}) is None
    reset = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2020-01-01T00:00:00Z",
    }
    assert gate.told_to_pause(reset) == 0.0


def test_a_reply_of_no_use_is_paid_for(session: Session) -> None:
    """Its tokens are in its row and in the total, for both replies of the row that did not match the schema."""
    with Counting(lambda number, prompt, body: Told(text="not a number")) as server:
        connect(session, server)
        table = mapped(session, ["a"], schema={"n": int}, journal=False)
    assert session.last_map is not None
    progress = session.last_map.progress
    assert (progress.errors, progress.mismatched, progress.answered, progress.unpriced) == (1, 1, 0, 1)
    assert (table[0]["n"], table[0]["connection"], table[0]["cost"]) == (None, "own", None)
    assert table[0]["output_tokens"] == progress.output_tokens == 2
    assert table[0]["input_tokens"] == progress.input_tokens > 0
    assert sum(server.asked.values()) == 2


def test_the_types_of_a_table_do_not_depend_on_its_answers(session: Session) -> None:
    """Code for a sample works for the whole dataset, even if all rows failed or no price is known."""
    frame = pandas.DataFrame({"text": ["a", "b"]})

    def types(said: str) -> dict[str, str]:
        with Counting(lambda number, prompt, body: Told(text=said)) as server:
            connect(session, server, f"to-{len(session.connections())}")
            alias = session.connections()[-1].alias
            schema = {"label": ["good", "bad"], "n": int, "x": float, "yes": bool}
            table = session.map(frame, "{text}", profile=alias, model="m-1", schema=schema, journal=False)
        return {name: str(kind) for name, kind in table.dtypes.items()}

    text = str(frame["text"].dtype)
    assert (
        types(json.dumps({"label": "good", "n": 1, "x": 0.5, "yes": True}))
        == types("no JSON")
        == {
            "text": text,
            "label": text,
            "n": "Int64",
            "x": "float64",
            "yes": "boolean",
            "model": text,
            "connection": text,
            "input_tokens": "Int64",
            "output_tokens": "Int64",
            "cost": "float64",
            "error": text,
        }
    )


def test_a_sample_estimates_the_time_with_all_requests_in_flight(session: Session) -> None:
    """The sample's own rate would be that of the first requests, which wait for connections one by one."""
    with Counting(delay=0.05) as server:
        connect(session, server)
        mapped(session, [f"row {number}" for number in range(10_000)], limit=16, at_once=64, journal=False)
    assert session.last_map is not None
    assert session.last_map.estimate is not None
    cost, seconds = session.last_map.estimate
    assert cost is None
    assert seconds == pytest.approx(10_000 * session.last_map.seconds_per_row)
    # An answer takes no longer than the run, and of 64 requests in flight the sample has only 16.
    assert session.last_map.seconds_per_row <= max(OWN, session.last_map.progress.seconds / 64)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_not_wait_for_requests_of_its_parent(session: Session) -> None:
    """They end in the parent only."""
    begun, done = Event(), Event()

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        if prompt != "slow":
            return None
        begun.set()
        return Told(hangs=True)

    def ask(row: str) -> None:
        with suppress(ProviderFailed, BatchStopped):
            if answers(mapped(session, [row], "{text}", at_once=1)) == ["5"]:
                done.set()

    with Counting(handle) as server:
        connect(session, server)
        Thread(target=ask, args=("slow",), daemon=True).start()
        assert begun.wait(30)
        child = os.fork()
        if child == 0:
            Thread(target=ask, args=("short",), daemon=True).start()
            os._exit(0 if done.wait(30) else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_requests_in_flight_at_an_interrupt_are_counted(session: Session) -> None:
    """They were sent and may have been charged, so each is a failure in the usage and a call for a cap."""
    with Counting(delay=0.2) as server:
        connect(session, server)
        session.cap("own", calls=1_000)

        def interrupt(progress: Any) -> None:
            if progress.answered:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            mapped(session, [f"row {number}" for number in range(100)], at_once=8, on_progress=interrupt, journal=False)
        assert session._meter.save()
    total = session.usage().total
    # The last of them may not have reached the server.
    assert sum(server.asked.values()) <= total.calls + total.failures <= sum(server.asked.values()) + 8
    assert total.failures >= 1
    assert session.caps()[0].spent.calls == total.calls + total.failures


def test_a_damaged_journal_of_ours_is_replaced(session: Session, isolated: Path) -> None:
    """It must not block these settings for good. It keeps its content under another name, and a note says so."""
    with Counting() as server:
        connect(session, server)
        mapped(session, ["a"])
        (place,) = (isolated / "home" / "maps").glob("*.sqlite")
        for beside in place.parent.glob(f"{place.name}-*"):
            beside.unlink()
        place.write_bytes(b"this is no journal of ours, and it is long enough to be looked at" * 20)
        table = mapped(session, ["a"])
    assert answers(table) == ["14"]
    (aside,) = place.parent.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"this is no journal")
    assert session.last_map is not None
    assert any(aside.name in note for note in session.last_map.notes)
    assert place.read_bytes().startswith(b"SQLite format 3")
    session.forget_maps()
    assert not aside.exists()


@pytest.mark.parametrize("said", ['{"n": 1e30, "x": 1}', f'{{"n": {10**30}, "x": 1}}', f'{{"n": 1, "x": {10**400}}}'])
@pytest.mark.parametrize("library", [pandas, polars])
def test_a_number_that_no_column_holds_is_an_error_of_its_row(session: Session, library: Any, said: str) -> None:
    """The number is valid JSON and must not cost the table of all answers."""
    with Counting(lambda number, prompt, body: Told(text=said)) as server:
        connect(session, server)
        table = mapped(session, library.DataFrame({"text": ["a"]}), schema={"n": int, "x": float}, journal=False)
    assert len(table) == 1
    assert table["error"].to_list()[0]
    assert session.last_map is not None
    assert session.last_map.progress.mismatched == 1


@pytest.mark.parametrize("library", [pandas, polars])
def test_an_integer_with_a_point_is_one(session: Session, library: Any) -> None:
    """The same holds in JSON Schema."""
    with Counting(lambda number, prompt, body: Told(text='{"n": 2.0, "x": 1}')) as server:
        connect(session, server)
        table = mapped(session, library.DataFrame({"text": ["a"]}), schema={"n": int, "x": float}, journal=False)
    assert (table["n"].to_list(), table["x"].to_list()) == ([2], [1.0])
    assert isinstance(table["n"].to_list()[0], int)


@pytest.mark.parametrize(
    ("schema", "said"), [(None, "\ud800 half"), ({"answer": str}, '{"answer": "\\ud800 half"}')], ids=["text", "field"]
)
@pytest.mark.parametrize("library", [pandas, polars])
def test_half_a_character_costs_neither_table_nor_journal(
    session: Session, library: Any, schema: Any, said: str
) -> None:
    """No table and no file can store half a character."""
    with Counting(lambda number, prompt, body: Told(text=said)) as server:
        connect(session, server)
        table = mapped(session, library.DataFrame({"text": ["a"]}), schema=schema)
        assert table["answer"].to_list() == ["\ufffd half"]
        again = mapped(session, library.DataFrame({"text": ["a"]}), schema=schema)
    assert again["answer"].to_list() == ["\ufffd half"]
    assert sum(server.asked.values()) == 1


def test_a_field_that_may_be_null_has_the_type_of_its_values(session: Session) -> None:
    """It may be written as pydantic writes ``int | None``, or as a list of types."""
    kinds = {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "b": {"type": ["boolean", "null"]}}
    with Counting(lambda number, prompt, body: Told(text='{"a": null, "b": null}')) as server:
        connect(session, server)
        schema = {"type": "object", "properties": kinds}
        table = mapped(session, pandas.DataFrame({"text": ["a"]}), schema=schema, journal=False)
    assert (str(table["a"].dtype), str(table["b"].dtype)) == ("Int64", "boolean")


def test_a_second_attempt_that_fails_does_not_hide_what_the_first_cost(session: Session) -> None:
    """The first reply did not match the schema, but was paid for."""

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        return Told(text="no JSON") if len(body["messages"]) == 1 else Told(400)

    with Counting(handle) as server:
        connect(session, server)
        mapped(session, ["a"], schema={"n": int}, journal=False)
    assert session.last_map is not None
    progress = session.last_map.progress
    assert (progress.errors, progress.mismatched, progress.output_tokens) == (1, 1, 1)
