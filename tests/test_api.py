"""The module-level functions are the verbs of the kernel's own session under short names."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import TypeGuard

import pytest

import aiconn_nb
from aiconn_nb import ConnectionNotFound, Session
from aiconn_nb.verbs import published


@pytest.fixture(autouse=True)
def of_this_test(isolated: Path) -> Iterator[None]:
    """Give the test its own kernel session, which the next test does not get."""
    aiconn_nb.kernel_session.cache_clear()
    yield
    aiconn_nb.kernel_session.cache_clear()


@pytest.mark.parametrize("name", sorted(published()))
def test_a_function_takes_what_the_session_takes(name: str) -> None:
    """The arguments have the same order and defaults, except those that only widgets and commands pass, and the function has a
    docstring."""
    function = getattr(aiconn_nb, name)
    ours = inspect.signature(function).parameters
    theirs = inspect.signature(getattr(Session, name)).parameters
    assert [*ours] == [key for key in theirs if key != "self" and key not in published()[name].inner]
    assert {key: each.default for key, each in ours.items()} == {key: theirs[key].default for key in ours}
    assert function.__doc__


@pytest.mark.parametrize("name", sorted(published()))
def test_help_says_what_a_function_takes_and_raises_and_shows_an_example(name: str) -> None:
    """``help(aiconn_nb.ask)`` says everything that a user needs, and documents exactly the arguments that the function takes."""
    function = getattr(aiconn_nb, name)
    parts = re.split(r"^(Args|Returns|Raises|Example):+\n", inspect.getdoc(function) or "", flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert re.match(r"[A-Z][^\n]*[.;]", parts[0])
    assert re.findall(r"^    (\w+): ", said.get("Args", ""), re.MULTILINE) == [*inspect.signature(function).parameters]
    assert said["Raises"].strip()
    assert not [each for each in published()[name].inner if f"``{each}``" in str(function.__doc__)]
    example = textwrap.dedent(said["Example"])
    called = {node.attr for node in ast.walk(ast.parse(example)) if is_ours(node)}
    assert name in called
    assert called <= {*aiconn_nb.__all__, "map"}  # `import *` leaves the name to Python
    errors = set(re.findall(r"^    ([A-Z]\w+): ", said.get("Raises", ""), re.MULTILINE))
    assert errors <= set(aiconn_nb.__all__)


OF_OTHERS = frozenset(
    # These need a provider's server, a framework or an event loop.
    {
        "aask",
        "acompare",
        "aembed",
        "amap",
        "astream",
        "async_client",
        "client",
        "models",
        "rotate",
        "test",
        "to",
        "usage",
    }
)


@pytest.mark.parametrize("name", sorted({*published()} - OF_OTHERS))
def test_the_example_of_a_function_works(
    name: str, session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader pastes it, with the names that it uses defined."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up-of-the-environment")
    for file in ("appsettings.json", "appsettings.Production.json"):
        (work / file).write_text('{"OpenAI": {"ApiKey": "sk-made-up-0123456789abcdef"}}')
    (work / "lesson.ipynb").write_text('{"cells": [], "nbformat": 4}')
    (work / "train.py").touch()
    session.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    for alias in ("demo", "gateway", "openai-old", *([] if name == "duplicate" else ["openai-spare"])):
        session.create(alias, "demo")
    session.export("demo", to="aiconn.json")
    session.export("demo", to="bundle.json")
    for alias, capability in (("writer", "chat"), ("critic", "chat"), ("vectors", "embedding")):
        model = {"chat": "demo-chat", "embedding": "demo-embedding"}[capability]
        session.create_profile(alias, connections=["demo"], model=model, capability=capability, default=True)
    session.edit("openai-dev", name="Edited")
    session.edit_profile("writer", options={"temperature": 0.2})
    session.ask("Hello", profile="writer")
    session.compare("Hello", "writer")
    session.cap("openai-dev", per="day", tokens=1)
    if name.startswith("undelete"):
        session.delete_profile("writer")
        session.delete("openai-dev")
    if name == "create_profile":
        session.delete_profile("writer")
    if name == "import_bundle":
        (work / "bundle.json").rename(work / "course.json")
    parts = re.split(r"^Example:+\n", inspect.getdoc(getattr(aiconn_nb, name)) or "", flags=re.MULTILINE)
    exec(
        textwrap.dedent(parts[1]), {"aiconn_nb": aiconn_nb, "subprocess": subprocess, "reviews": [{"review": "Good."}]}
    )


@pytest.mark.parametrize(
    "name",
    [
        *("ConnectionForm", "ConnectionList", "ConnectionManager", "ProfileForm", "ProfileList", "manager", "panel"),
        *("Session", "kernel_session"),
    ],
)
def test_help_says_what_a_widget_or_a_session_takes_and_its_example_works(
    name: str, session: Session, work: Path
) -> None:
    """As for the functions."""
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat")
    taken = getattr(aiconn_nb, name)
    parts = re.split(r"^(Args|Raises|Example):+\n", inspect.getdoc(taken) or "", flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert re.findall(r"^    (\w+): ", said.get("Args", ""), re.MULTILINE) == [*inspect.signature(taken).parameters]
    exec(textwrap.dedent(said["Example"]), {"aiconn_nb": aiconn_nb})


def is_ours(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Return whether this is a name of the package, such as ``aiconn_nb.ask``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "aiconn_nb"


def test_what_is_derived_from_the_verbs_is_what_was_committed() -> None:
    """This covers the stubs that a type checker reads and the tables in the documents."""
    script = Path(__file__).parent.parent / ".ci" / "generate.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_framework_sees_that_a_function_is_awaited() -> None:
    """A framework asks the function itself, and would otherwise not await the result of `aask`."""
    assert inspect.iscoroutinefunction(aiconn_nb.aask)


@pytest.mark.parametrize("name", ["stream", "compare", "map", "embed"])
def test_the_asynchronous_form_of_a_verb_takes_and_documents_its_arguments(name: str) -> None:
    """It passes them on, so its own signature would not name them."""
    form = getattr(aiconn_nb, f"a{name}")
    taken = inspect.signature(getattr(aiconn_nb.Session, f"a{name}")).parameters
    assert taken == inspect.signature(getattr(aiconn_nb.Session, name)).parameters
    assert all(f"    {each}: " in str(inspect.getdoc(form)) for each in taken if each != "self")
    assert inspect.iscoroutinefunction(form)
    assert not inspect.iscoroutinefunction(getattr(aiconn_nb, name))


def test_threads_that_come_first_at_the_same_time_share_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one thread counts or uses is available to the other."""
    from aiconn_nb.features import app as module

    both, got = Barrier(2), []

    def made_at_the_same_time() -> object:
        both.wait(10)
        return object()

    monkeypatch.setattr(module, "Session", made_at_the_same_time)
    threads = [Thread(target=lambda: got.append(module.kernel_session())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(got) == 2
    assert got[0] is got[1]


def test_a_former_name_warns_and_answers(session: Session) -> None:
    """``profile_history`` was named the other way round from ``rollback_profile``."""
    aiconn_nb.create("demo-dev", "demo")
    aiconn_nb.create_profile("tutor", connections="demo-dev", model="demo-chat")
    with pytest.warns(DeprecationWarning, match="history_profile"):
        rows = aiconn_nb.profile_history("tutor")
    assert [row.version for row in rows] == [1]


def test_what_was_deleted_is_brought_back_where_it_was_deleted(session: Session) -> None:
    """The error about the deletion says how."""
    aiconn_nb.create("demo-dev", "demo", name="Before")
    aiconn_nb.edit("demo-dev", name="After")
    aiconn_nb.rollback("demo-dev", 1)
    assert [row.version for row in aiconn_nb.history("demo-dev")] == [3, 2, 1]
    aiconn_nb.delete("demo-dev")
    with pytest.raises(ConnectionNotFound) as raised:
        aiconn_nb.get("demo-dev")
    assert "%aiconn undelete demo-dev" in raised.value.hint
    assert aiconn_nb.undelete("demo-dev").connection.name == "Before"
    assert aiconn_nb.kernel_session().aliases() == ["demo-dev"]
