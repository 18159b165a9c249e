"""Asking works in a kernel, as front ends see it by its messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiconn_nb.errors import Interrupted, RowsInterrupted
from tests.magics.kernel import Kernel, shown

SETUP = (
    "%load_ext aiconn_nb\nimport aiconn_nb as aiconn\n"
    "_ = aiconn.create('slow', 'demo', settings={'latency': 5.0})\n"
    "_ = aiconn.create('steady', 'demo', settings={'latency': 0.3})\n"
    "_ = aiconn.create('d', 'demo', settings={'latency': 0.02})\n"
)
ASK = "%aiconn ask d --model demo-chat hello"
KEPT = RowsInterrupted(done=0, total=9)
NOT_KEPT = RowsInterrupted(done=0, total=3, is_kept=False, left="The name kept was not bound")
BEFORE = Interrupted(had_begun=False)
CUT = Interrupted(function="last_reply")
TELLING = """
from types import SimpleNamespace
from time import sleep
from aiconn_nb.providers import demo
def tell(text): print(text, flush=True)
demo.time = SimpleNamespace(sleep=lambda seconds: (tell('asking'), sleep(seconds)))
"""
"""Code that makes the demo say when it waits. An interrupt before the call would not interrupt the call."""
END = "only the alias in your notebook changes."


@pytest.fixture
def kernel(work: Path) -> Iterator[Kernel]:
    """Yield a separate kernel with three demo connections."""
    kernel = Kernel(work)
    kernel.run(SETUP)
    yield kernel
    kernel.stop()


@pytest.mark.parametrize(
    "source",
    [
        "await aiconn.aask('hello', profile='slow', model='demo-chat')",
        "await __import__('asyncio').gather(*(aiconn.aask('hello', profile='slow', model='demo-chat') for _ in range(9)))",
    ],
)
def test_an_interrupt_ends_what_is_awaited(kernel: Kernel, source: str) -> None:
    """The kernel cancels the task but wakes no loop that only waits. The whole answer would take more than three minutes."""
    messages = kernel.run(f"print('asking', flush=True)\n{source}", interrupt="asking")
    (error,) = [each["content"]["ename"] for each in messages if each["msg_type"] == "error"]
    assert error in ("CancelledError", "KeyboardInterrupt")


@pytest.mark.parametrize(
    ("source", "begun", "said"),
    [
        ("aiconn.ask('hi', profile='slow', model='demo-chat')", "asking", BEFORE),
        ("aiconn.stream('hi', profile='slow', model='demo-chat')", "asking", BEFORE),
        ("aiconn.test('slow', model='demo-chat')", "asking", BEFORE),
        ("aiconn.ask('hi', profile='steady', model='demo-chat', on_text=tell)", "This", CUT),
        ("for text in aiconn.stream('hi', profile='steady', model='demo-chat'): tell(text)", "This", Interrupted()),
        ("await aiconn.aask('hi', profile='steady', model='demo-chat', on_text=tell)", "This", CUT),
        (
            "async for text in await aiconn.astream('hi', profile='steady', model='demo-chat'): tell(text)",
            "This",
            Interrupted(),
        ),
    ],
    ids=["ask", "stream", "test", "ask begun", "stream begun", "aask begun", "astream begun"],
)
def test_an_interrupted_function_is_two_lines(kernel: Kernel, source: str, begun: str, said: Interrupted) -> None:
    """The function behaves like its command: it shows no frames of this package and of an SDK, of which a traceback has dozens. The
    hint names what is kept."""
    kernel.run(TELLING)
    messages = kernel.run(source, interrupt=begun)
    (error,) = [each["content"] for each in messages if each["msg_type"] == "error"]
    assert error["ename"] in ("KeyboardInterrupt", "CancelledError")
    assert error["traceback"] == [f"\x1b[31m{error['ename']}\x1b[39m: {said.what}", *filter(None, [said.hint])]


@pytest.mark.parametrize(
    ("source", "name", "said", "stays"),
    [
        (
            "aiconn.map([f'{i % 3}{i // 3}' for i in range(9)], '{text}', profile='slow', model='demo-chat')",
            "KeyboardInterrupt",
            [f"\x1b[31mKeyboardInterrupt\x1b[39m: {KEPT.what}", KEPT.hint],
            "0 of 9 rows",
        ),
        (
            "rows = list('abc')\n%aiconn map slow rows {text} --model demo-chat --no-journal -o kept",
            "Interrupted",
            NOT_KEPT._render_traceback_(),
            "0 of 3 rows",
        ),
    ],
    ids=["function", "magic"],
)
def test_an_interrupted_dataset_says_how_far_it_came(
    kernel: Kernel, source: str, name: str, said: list[str], stays: str
) -> None:
    """Two lines replace the traceback. The cell fails, so that no later one runs, and its progress display stays."""
    messages = kernel.run(source, interrupt=stays, cellId="c1")
    (error,) = [each["content"] for each in messages if each["msg_type"] == "error"]
    assert (error["ename"], error["traceback"]) == (name, said)
    assert shown(messages, "update_display_data")[-1] == stays


def test_where_updates_arrive_an_answer_streams(kernel: Kernel) -> None:
    """A notebook's page names the cell. There the answer is one output, which is updated."""
    messages = kernel.run(ASK, cellId="c1", allow_stdin=True)
    assert len(shown(messages)) == 1
    assert len(shown(messages, "update_display_data")) > 2
    assert END in shown(messages, "update_display_data")[-1]


@pytest.mark.parametrize("front_end", [{}, {"allow_stdin": True}], ids=["nbclient", "console"])
@pytest.mark.parametrize("command", [ASK, "%aiconn compare d --model demo-chat -- hello"])
def test_where_they_may_not_the_whole_answer_is_shown_once(
    kernel: Kernel, front_end: dict[str, bool], command: str
) -> None:
    """A console prints what is shown first and ignores updates."""
    messages = kernel.run(command, **front_end)
    (whole,) = shown(messages, "update_display_data")
    assert END in whole


@pytest.mark.parametrize(
    "source",
    [
        f"import ipywidgets\nwith ipywidgets.Output():\n    {ASK}",
        f"%config AiconnMagics.live = False\n{ASK}",
        f"import os\nos.environ['AICONN_LIVE'] = 'off'\n{ASK}",
        f"{ASK} --no-live",
        f"from IPython.utils.capture import capture_output\nwith capture_output() as kept:\n    {ASK}\nkept.show()",
    ],
    ids=["output widget", "config", "variable", "option", "captured"],
)
def test_an_output_that_is_not_updated(kernel: Kernel, source: str) -> None:
    """This holds in a page as well: an Output widget keeps what is shown first, and a setting or an option turns updates off
    anywhere."""
    messages = kernel.run(source, cellId="c1", allow_stdin=True)
    (whole,) = [each for each in shown(messages, "update_display_data") if "Output(" not in each]
    assert END in whole


def test_a_setting_makes_it_stream(kernel: Kernel) -> None:
    """The setting is for a front end that updates its outputs but does not name the cell."""
    messages = kernel.run(f"%config AiconnMagics.live = True\n{ASK}")
    assert len(shown(messages, "update_display_data")) > 2


def test_in_a_callback_nobody_is_asked(kernel: Kernel) -> None:
    """Whether a front end can answer questions holds for its cell and not for a button that is pressed later."""
    kernel.run(
        "import ipywidgets\nfrom aiconn_nb.ui.magics.notebook_console import NotebookConsole\nsaid = []\n"
        "button = ipywidgets.Button()\nbutton.on_click(lambda _: said.append(NotebookConsole(get_ipython()).can_ask))",
        allow_stdin=True,
    )
    told = kernel.run("print(button.comm.comm_id, NotebookConsole(get_ipython()).can_ask)", allow_stdin=True)
    number, can_ask = told[2]["content"]["text"].split()
    assert can_ask == "True"
    content = {"comm_id": number, "data": {"method": "custom", "content": {"event": "click"}}}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", content))
    assert "[False]" in "".join(each["content"].get("text", "") for each in kernel.run("print(said)"))
