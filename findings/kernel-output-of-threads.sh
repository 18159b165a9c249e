#!/usr/bin/env bash
# ipykernel 7: a background job prints below its own cell or below the running one, by how it was started.
#
# One would expect: one rule; output of a job that outlives its cell lands below that cell, or below the current one.
# What happens: asyncio tasks, asyncio.to_thread() and threads started within copy_context() print below the cell that
#   started them. A plain threading.Thread and every ThreadPoolExecutor print below whichever cell is running at that
#   moment. So a function that moves from a thread to a task changes where its progress appears, and two jobs side by
#   side mix.
# Why it matters: progress of a background job overwrites the answer of another cell; wrapping the thread's target in
#   contextvars.copy_context().run keeps it with its own cell.
# Versions: ipykernel 7.4.0, jupyter_client 8.10.0, IPython 9.18.1, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipykernel==7.4.0" "jupyter_client==8.10.0" "ipython==9.18.1"

cat >"$work/probe.py" <<'PY'
import queue
import time

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")
names = {}


def run(name, code):
    """Run a cell to its end and tell what was printed meanwhile, and below which cell."""
    request = client.execute(code)
    names[request] = name
    seen, end = [], time.monotonic() + 30
    while time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        parent = message["parent_header"].get("msg_id")
        if message["msg_type"] == "stream":
            seen += [f"{line} below {names[parent]}" for line in message["content"]["text"].splitlines()]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle" and parent == request:
            return seen
    raise TimeoutError(name)


try:
    run(
        "cell 1",
        """
import asyncio, contextvars, threading
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
gates = {name: threading.Event() for name in ("thread", "thread in context", "to_thread", "executor")}
done = {name: threading.Event() for name in gates}

def job(name):
    gates[name].wait(60)
    print(name, flush=True)
    done[name].set()

threading.Thread(target=job, args=("thread",)).start()
threading.Thread(target=contextvars.copy_context().run, args=(job, "thread in context")).start()
pool.submit(job, "executor")
kept = [asyncio.ensure_future(asyncio.to_thread(job, "to_thread"))]
await asyncio.sleep(0)

async def later():
    await asyncio.wait_for(gate.wait(), 60)
    print("task", flush=True)

gate = asyncio.Event()
kept.append(asyncio.ensure_future(later()))
await asyncio.sleep(0)
""",
    )
    seen = run(
        "cell 2",
        """
for name in gates:
    gates[name].set()
    done[name].wait(60)
gate.set()
await asyncio.gather(*kept)
""",
    )
    print("\n".join(sorted(seen)))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
PY

cat >"$work/expected" <<'TEXT'
executor below cell 2
task below cell 1
thread below cell 2
thread in context below cell 1
to_thread below cell 1
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
