#!/usr/bin/env bash
# ipykernel 7: a widget's callback in a subshell runs beside the running cell, and no interrupt stops it.
#
# One would expect: a comm message (a click on a widget) waits until the running cell is done and then runs in the
#   main thread; "interrupt kernel" stops whatever runs.
# What happens: a front end may open a subshell and send comm messages there, as JupyterLab 4.6 does by default where
#   the kernel offers it. The callback then starts at once, while the cell is still busy, in a thread that is not the
#   main one. An interrupt reaches the main thread alone: the callback runs to its end. Without a subshell it is as
#   one would expect.
# Why it matters: handlers that share state with cells (an sqlite3 connection, a list that a cell iterates, signal
#   handlers, an event loop) were safe with ipykernel 6 and are not any more; a "Stop" has to be the handler's own.
# Versions: ipykernel 7.4.0, jupyter_client 8.10.0, comm 0.2.3, CPython 3.11, Linux. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipykernel==7.4.0" "jupyter_client==8.10.0" "comm==0.2.3"

cat >"$work/probe.py" <<'PY'
import queue
import time

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")


def wait(*requests, text=None):
    """Everything printed until all requests are idle, or until a text appears."""
    seen, missing, end = "", set(requests), time.monotonic() + 30
    while missing and time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["msg_type"] == "stream":
            seen += message["content"]["text"]
        if text and text in seen:
            return seen
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            missing.discard(message["parent_header"].get("msg_id"))
    return seen


def send(kind, content, subshell=None):
    message = client.session.msg(kind, content)
    if subshell:
        message["header"]["subshell_id"] = subshell
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


CODE = """
import threading, time
from comm import get_comm_manager

cell_done = threading.Event()

def target(comm, message):
    @comm.on_msg
    def clicked(message):
        where = "the main" if threading.current_thread() is threading.main_thread() else "another"
        print("callback in", where, "thread, cell done:", cell_done.is_set(), flush=True)
        try:
            for _ in range(30):
                time.sleep(0.1)
            print("callback ran to its end", flush=True)
        except KeyboardInterrupt:
            print("callback interrupted", flush=True)

get_comm_manager().register_target("t", target)
"""
try:
    wait(client.execute(CODE))
    wait(send("comm_open", {"comm_id": "c", "target_name": "t", "data": {}}))
    client.control_channel.send(client.session.msg("create_subshell_request"))
    subshell = client.get_control_msg(timeout=30)["content"]["subshell_id"]
    for title, shell in (("without a subshell", None), ("in a subshell", subshell)):
        print(title)
        cell = client.execute("cell_done.clear(); print('cell runs', flush=True); time.sleep(2); cell_done.set()")
        wait(cell, text="cell runs")
        click = send("comm_msg", {"comm_id": "c", "data": {}}, shell)
        wait_for = wait(cell, click, text="callback in")
        print(" ", wait_for.strip())
        if shell:
            wait(cell)
        manager.interrupt_kernel()
        print(" ", wait(click).strip())
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
PY

cat >"$work/expected" <<'TEXT'
without a subshell
  callback in the main thread, cell done: True
  callback interrupted
in a subshell
  callback in another thread, cell done: False
  callback ran to its end
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
