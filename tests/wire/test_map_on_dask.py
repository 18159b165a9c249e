"""A prompt over a dataset runs on a Dask cluster of two worker processes on the loopback interface, some of which are killed."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import cloudpickle
import dask.dataframe
import pandas
import polars
import pytest
from distributed import Client, LocalCluster

from aiconn_nb import Session
from aiconn_nb.errors import (
    BatchStopped,
    BudgetNeedsEngine,
    ColumnNotFound,
    ColumnTaken,
    NoCluster,
    NoRows,
    WorkerFailed,
    WorkerWithoutPackage,
)
from aiconn_nb.features.batch.results import Progress
from aiconn_nb.features.usage import Price

from .counting import Counting, Told

ANY_PORT = "127.0.0.1:0"
KEY = "canary-key-4f1d-77aa-0c2b-9e13"
_number = count()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the store that the notebook and all workers share, as on a shared file system."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(place: Path) -> Iterator[LocalCluster]:
    """Yield a cluster of two workers, each a process with one thread. A killed worker is restarted."""
    homes = {"AICONN_HOME": str(place / "home"), "AICONN_CONFIG_HOME": str(place / "keys")}
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=ANY_PORT, env=homes
    ) as made:
        yield made


@pytest.fixture
def client(cluster: LocalCluster) -> Iterator[Client]:
    """Yield a client while both workers are there."""
    with Client(cluster) as made:
        made.wait_for_workers(2, timeout=60)
        yield made


@pytest.fixture
def session(place: Path) -> Iterator[Session]:
    """Yield the session of the notebook."""
    made = Session(home=place / "home", config_home=place / "keys")
    yield made
    made.close()


def connect(session: Session, server: Counting, **settings: Any) -> str:
    """Create a new connection to the server and return its alias."""
    alias = f"own-{next(_number)}"
    session.create(alias, "openai-compatible", settings={"endpoint": f"{server.url}/v1", **settings})
    return alias


def rows(size: int) -> pandas.DataFrame:
    """Return a table with a special index."""
    return pandas.DataFrame({"body": [f"row {number}" for number in range(size)]}, index=range(7, 7 + size))


def test_a_table_of_dask_is_asked_when_it_is_computed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """This works without a cluster as well, and the types are known in advance."""
    table = dask.dataframe.from_pandas(rows(60), npartitions=3)
    with Counting(lambda number, prompt, body: Told(text='{"n": 3}')) as server:
        alias = connect(session, server)
        _share(session, monkeypatch)
        lazy = session.map(table, "{body}!", profile=alias, model="m-1", schema={"n": int})
        assert not server.asked
        assert session.last_map is not None
        assert session.last_map.progress == Progress()
        found = lazy.compute(scheduler="threads")
    assert dict(found.dtypes) == dict(lazy.dtypes)
    assert str(found["n"].dtype) == "Int64"
    assert list(found.index) == list(range(7, 67))
    assert found["n"].tolist() == [3] * 60
    assert sum(server.asked.values()) == 60


def test_empty_partitions_are_answered(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have the columns and types of the others."""
    table = dask.dataframe.from_pandas(rows(20), npartitions=4)
    with Counting() as server:
        alias = connect(session, server)
        _share(session, monkeypatch)
        lazy = session.map(table[table.body == "row 3"], "{body}!", profile=alias, model="m-1")
        found = lazy.compute(scheduler="threads")
    assert found["answer"].tolist() == ["6"]
    assert dict(server.asked) == {"row 3!": 1}
    assert dict(found.dtypes) == dict(lazy.dtypes)


def test_the_workers_of_a_client_ask_now(session: Session, client: Client) -> None:
    """The table with the answers stays on the cluster, and `last_map` has the sum of the partitions."""
    table = dask.dataframe.from_pandas(rows(80), npartitions=4)
    with Counting(delay=0.01) as server:
        alias = connect(session, server)
        answered = session.map(table, "{body}?", profile=alias, model="m-1", engine=client)
        assert sum(server.asked.values()) == 80
        found = answered.compute()
        assert sum(server.asked.values()) == 80
    assert list(found.index) == list(range(7, 87))
    assert found["answer"].tolist() == [str(len(body) + 1) for body in found["body"]]
    assert found["error"].isna().all()
    assert session.last_map is not None
    progress = session.last_map.progress
    assert (progress.done, progress.answered, progress.known, progress.errors) == (80, 80, 0, 0)
    assert (progress.input_tokens, progress.output_tokens) == (160, 80)
    assert session.last_map.journal.endswith(".sqlite")


@pytest.mark.parametrize("kind", ["pandas", "polars", "rows"])
def test_other_data_keeps_its_kind_and_order(session: Session, client: Client, kind: str) -> None:
    """A pandas table also keeps its index, and rows may have different fields."""
    frame = rows(50)
    data: Any = {
        "pandas": frame,
        "polars": polars.DataFrame({"body": frame["body"].tolist()}),
        "rows": ({"body": body, **({"more": 1} if body == "row 9" else {})} for body in frame["body"]),
    }[kind]
    seen: list[Progress] = []
    with Counting(delay=0.005) as server:
        alias = connect(session, server)
        found = session.map(data, "{body}", profile=alias, model="m-1", engine=client, on_progress=seen.append)
    wanted = [str(len(body)) for body in frame["body"]]
    if kind == "pandas":
        assert list(found.index) == list(frame.index)
        assert found["answer"].tolist() == wanted
    elif kind == "polars":
        assert found["answer"].to_list() == wanted
    else:
        assert [row["answer"] for row in found] == wanted
        assert found[9]["more"] == 1
    assert seen[-1].done == 50


def test_a_killed_worker_costs_no_row_and_no_answer(session: Session, client: Client) -> None:
    """Its partition is asked elsewhere: at most the requests in flight are asked again, and nothing in the journal."""
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.done >= 60 and not killed:
            killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    table = dask.dataframe.from_pandas(rows(400), npartitions=4)
    with Counting(delay=0.05) as server:
        alias = connect(session, server)
        answered = session.map(
            table, "{body}", profile=alias, model="m-1", engine=client, at_once=4, on_progress=kill
        ).compute()
    assert killed
    assert answered["error"].isna().all()
    assert answered["answer"].tolist() == [str(len(body)) for body in answered["body"]]
    assert len(server.asked) == 400
    assert 400 <= sum(server.asked.values()) <= 404
    assert session.last_map is not None
    assert session.last_map.progress.done == 400


def test_the_cluster_keeps_no_part_of_the_answers(session: Session, client: Client) -> None:
    """The table has them. The workers' memory is free at once, and the end of the cluster loses nothing."""
    with Counting() as server:
        alias = connect(session, server)
        table = session.map(rows(40), "{body}", profile=alias, model="m-1", engine=client)
    assert len(table) == 40
    _until_idle(client)  # until the client's loop has released the last part
    assert [key for key in client.futures if str(key).startswith("aiconn-")] == []


def test_an_interrupt_stops_the_workers(session: Session, client: Client) -> None:
    """No request is sent afterwards, and the same line goes on with the journal."""

    def interrupt(progress: Progress) -> None:
        if progress.done >= 20:
            raise KeyboardInterrupt

    with Counting(delay=0.05) as server:
        alias = connect(session, server)
        ask = {"template": "{body}", "profile": alias, "model": "m-1", "engine": client, "at_once": 2}
        with pytest.raises(KeyboardInterrupt):
            session.map(rows(2_000), **ask, on_progress=interrupt)
        _until_idle(client)
        asked = sum(server.asked.values())
        assert asked < 400
        assert session.last_map is not None
        assert session.last_map.progress.done >= 20
        again = session.map(rows(300), **ask)
        assert again["error"].isna().all()
        assert sum(server.asked.values()) - len(server.asked) <= 4


def test_no_key_is_in_the_task_graph(session: Session, client: Client, cluster: LocalCluster) -> None:
    """Neither the graph of a lazy table nor the scheduler's data of a run contains one."""
    sent: list[bytes] = []

    def look(progress: Progress) -> None:
        sent.extend(pickle.dumps(task.run_spec) for task in list(cluster.scheduler.tasks.values()))

    table = dask.dataframe.from_pandas(rows(40), npartitions=2)
    with Counting(delay=0.02) as server:
        alias = connect(session, server, api_key=KEY)
        lazy = session.map(table, "{body}", profile=alias, model="m-1")
        graph = cloudpickle.dumps(dict(lazy.__dask_graph__()))
        found = session.map(rows(40), "{body}", profile=alias, model="m-1", engine=client, on_progress=look)
    assert found["error"].isna().all()
    assert b"{body}" in graph
    assert b"{body}" in b"".join(sent)
    assert KEY.encode() not in graph + b"".join(sent)


def test_a_worker_says_which_reference_it_does_not_have(
    session: Session, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error also names the host and survives pickling. The notebook itself has the value."""
    monkeypatch.setenv("OnlyHere__Key", KEY)
    with Counting() as server:
        alias = connect(session, server, api_key="$OnlyHere:Key")
        with pytest.raises(BatchStopped) as raised:
            session.map(rows(4), "{body}", profile=alias, model="m-1", engine=client)
    error = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(error.cause, WorkerFailed)
    assert error.cause.host == os.uname().nodename
    assert "$OnlyHere:Key" in str(error)
    assert len(str(error).splitlines()) <= 2
    assert not server.asked


def test_requests_are_limited_for_each_worker_and_for_all(session: Session, client: Client) -> None:
    """The limit ``at_once`` is for each worker, and ``total_at_once`` for all."""
    for total, most in ((None, 12), (5, 5)):
        with Counting(delay=0.1) as server:
            alias = connect(session, server)
            found = session.map(
                rows(100), "{body}", profile=alias, model="m-1", engine=client, at_once=6, total_at_once=total
            )
        assert found["error"].isna().all()
        assert 4 <= server.highest <= most


def test_the_first_error_stops_all_workers(session: Session, client: Client) -> None:
    """This is the effect of ``errors="raise"``, and the error names the host."""
    with Counting(lambda number, prompt, body: Told(400), delay=0.01) as server:
        alias = connect(session, server)
        with pytest.raises(WorkerFailed):
            session.map(rows(400), "{body}", profile=alias, model="m-1", engine=client, at_once=2, errors="raise")
        _until_idle(client)
    assert sum(server.asked.values()) < 100


def test_the_budget_holds_for_all_workers(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take it from the scheduler coin by coin. (These two workers are threads, because the test sets the price.)"""
    monkeypatch.setattr(Price, "is_known", True)
    monkeypatch.setattr(Price, "of", lambda self, got, came, *more: None if got is None or came is None else 0.06)
    monkeypatch.setattr(Price, "at_most", lambda self, prompt, most: 0.1)
    _share(session, monkeypatch)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            protocol="tcp://",
            host="127.0.0.1",
            dashboard_address=ANY_PORT,
        ) as cluster,
        Client(cluster) as client,
        Counting(delay=0.01) as server,
    ):
        alias = connect(session, server)
        found = session.map(
            rows(200), "{body}", profile=alias, model="m-1", engine=client, at_once=4, budget=5.0, max_tokens=10
        )
    answered = found[found["error"].isna()]
    assert 60 <= len(answered) <= 83
    assert answered["cost"].sum() <= 5.0
    assert set(found["error"].dropna()) == {"the budget is used up"}
    assert sum(server.asked.values()) == len(answered)
    assert session.last_map is not None
    assert session.last_map.ending == "the budget is used up"


def test_a_worker_without_the_package_is_named(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has two lines and comes before anything is sent."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        "class WithoutIt(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'aiconn_nb' else PathFinder.find_spec(name, path, target)\n"
        "sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutIt\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=ANY_PORT,
        ) as cluster,
        Client(cluster) as client,
        Counting() as server,
    ):
        alias = connect(session, server)
        with pytest.raises(WorkerWithoutPackage) as raised:
            session.map(rows(4), "{body}", profile=alias, model="m-1", engine=client)
    assert raised.value.place.startswith("tcp://127.0.0.1:")
    assert len(str(raised.value).splitlines()) == 2


def test_what_is_no_client_is_an_error_of_ours(session: Session) -> None:
    """A limit for all workers also needs a client."""
    with Counting() as server:
        alias = connect(session, server)
        with pytest.raises(NoCluster):
            session.map(rows(4), "{body}", profile=alias, model="m-1", engine="tcp://127.0.0.1:8786")
        table = dask.dataframe.from_pandas(rows(4), npartitions=1)
        with pytest.raises(BudgetNeedsEngine):
            session.map(table, "{body}", profile=alias, model="m-1", total_at_once=3)
        with pytest.raises(ColumnNotFound) as raised:
            session.map(table, "{bodi}", profile=alias, model="m-1")
    assert raised.value.column == "bodi"


def test_the_workers_of_a_client_embed(session: Session, client: Client, tmp_path: Path) -> None:
    """One connection embeds all parts into one file, and the same call goes on with the workers' journal."""
    table = rows(3_000)
    table.loc[2_000, "body"] = None
    ask: dict[str, Any] = {"model": "e-1", "engine": client, "at_once": 4}
    with Counting(delay=0.01) as server:
        alias = connect(session, server)
        found = session.embed(table, "{body}", profile=alias, output=tmp_path / "v.npy", **ask)
        assert len(server.asked) == 2_999
        again = session.embed(dask.dataframe.from_pandas(table, npartitions=2), "{body}", profile=alias, **ask)
        assert sum(server.asked.values()) == 2_999
    wanted = [None if row == 2_000 - 7 else len(f"row {row}") for row in range(3_000)]
    assert [None if each != each else int(each) for each in found.vectors[:, 0]] == wanted
    assert list(found.errors) == [1_993]
    assert (found.connection, found.input_tokens, found.known) == (alias, 2_999, 0)
    assert again.known == 2_999
    assert [path.name for path in tmp_path.iterdir()] == ["v.npy"]


def test_a_dask_table_is_embedded_where_it_is(
    session: Session, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No partition comes to the notebook, and this includes empty ones and a column of texts."""
    table = dask.dataframe.from_pandas(rows(3_000).assign(number=range(3_000)), npartitions=3)
    some = table[table.number >= 1_193]
    monkeypatch.setattr(type(table), "compute", None)
    seen: list[tuple[int, int]] = []
    with Counting(delay=0.01) as server:
        session.create_profile(
            "all", connections=[connect(session, server, api_key=KEY)], model="e-1", capability="embedding"
        )
        session.cap("all", calls=1_000)
        ask: dict[str, Any] = {"profile": "all", "engine": client}
        found = session.embed(
            some, "{body}", output=tmp_path / "v.npy", on_batch=lambda *each: seen.append(each), **ask
        )
        column = session.embed(some["body"], **ask)
        with pytest.raises(NoRows):
            session.embed(table[table.body == "none"], "{body}", **ask)
        assert len(server.asked) == sum(server.asked.values()) == 1_807
    wanted = [len(f"row {row}") for row in range(1_193, 3_000)]
    assert found.vectors[:, 0].tolist() == column.vectors[:, 0].tolist() == wanted
    assert (found.known, column.known, found.profile, found.errors) == (0, 1_807, "all", {})
    assert seen[-1] == (1_807, 1_807)
    (cap,) = session.caps()
    assert cap.spent.calls >= 4


def test_a_lazy_table_of_dask_is_embedded_when_it_is_computed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first connection is used, because vectors of two models are not comparable. The types are known in advance."""
    table = rows(60)
    table.loc[10, "body"] = None
    with Counting() as server, Counting() as spare:
        aliases = [connect(session, server, api_key=KEY), connect(session, spare)]
        session.create_profile("two", connections=aliases, model="e-1", capability="embedding")
        _share(session, monkeypatch)
        lazy = session.embed(dask.dataframe.from_pandas(table, npartitions=3), "{body}!", profile="two")
        assert session.last_map is None
        assert session.last_embedding is not None
        assert session.last_embedding.progress.done == 0
        graph = cloudpickle.dumps(dict(lazy.__dask_graph__()))
        assert not server.asked
        found = lazy.compute(scheduler="threads")
        assert sum(server.asked.values()) == 59
        again = lazy.compute(scheduler="threads")
        assert sum(server.asked.values()) == 59
        assert not spare.asked
    assert dict(found.dtypes) == dict(lazy.dtypes)
    assert list(found.index) == list(range(7, 67))
    assert found.index[found["vector"].isna()].tolist() == [10]
    assert [each[0] for each in found["vector"].dropna()] == [len(f"row {row}!") for row in range(60) if row != 3]
    assert again["vector"].equals(found["vector"])
    assert set(found["connection"].dropna()) == {aliases[0]}
    assert found["error"].dropna().to_dict() == {10: "body is missing"}
    assert b"{body}!" in graph
    assert KEY.encode() not in graph
    for whole in ({"output": "v.npy"}, {"budget": 1}, {"total_at_once": 2}):
        with pytest.raises(BudgetNeedsEngine):
            session.embed(dask.dataframe.from_pandas(table, npartitions=3), "{body}!", profile="two", **whole)
    with pytest.raises(ColumnTaken):
        session.embed(lazy, "{body}!", profile="two")


@pytest.mark.parametrize("is_there", [False, True], ids=["from-the-notebook", "on-the-cluster"])
def test_an_embedding_goes_on_without_a_killed_worker(session: Session, client: Client, is_there: bool) -> None:
    """No text is lost, and at most the requests in flight are sent again. The cluster computes lost partitions again."""
    texts: Any = rows(8_000)["body"]
    texts = dask.dataframe.from_pandas(texts, npartitions=3) if is_there else texts
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done >= 1_000 and not killed:
            killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    with Counting(delay=0.2) as server:
        alias = connect(session, server)
        found = session.embed(texts, profile=alias, model="e-1", engine=client, at_once=2, on_batch=kill)
    assert killed
    assert found.vectors[:, 0].tolist() == [len(f"row {number}") for number in range(8_000)]
    assert len(server.asked) == 8_000
    assert sum(server.asked.values()) <= 8_000 + 2 * 256


def _homes(session: Session) -> tuple[Path, Path]:
    home = session._context.home
    return home, home.parent / "keys"


def _share(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make workers that are threads of this process find the same store."""
    from aiconn_nb.features.batch import worker

    home, keys = _homes(session)
    monkeypatch.setenv("AICONN_HOME", str(home))
    monkeypatch.setenv("AICONN_CONFIG_HOME", str(keys))
    monkeypatch.setattr(worker, "_SESSIONS", {})


def _until_idle(client: Client) -> None:
    """Wait until no worker executes anything."""

    def is_idle(dask_worker: Any) -> bool:
        return not dask_worker.state.executing and not dask_worker.state.long_running

    while not all(client.run(is_idle).values()):
        pass
