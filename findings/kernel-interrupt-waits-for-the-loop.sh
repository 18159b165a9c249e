#!/usr/bin/env bash
# ipykernel 7: interrupting a cell that awaits does nothing until something else wakes the event loop.
#
# One would expect: "interrupt kernel" ends "await event.wait()" as it ends time.sleep(), at once.
# What happens: the cell goes on waiting, for as long as nothing else happens on the kernel's loop. The interrupt is
#   not lost: the next timer, completed read or message of the front end delivers it, and the cell ends with
#   CancelledError rather than KeyboardInterrupt. With a timer that ticks beside it, the same cell ends within a
#   second.
# Why it matters: cells that wait for a click, a queue or a slow server look unstoppable. A task that sleeps in a loop
#   next to the awaited call makes them stoppable; "except KeyboardInterrupt" in the cell does not see the interrupt.
# Versions: ipykernel 7.4.0, jupyter_client 8.10.0, IPython 9.18.1, CPython 3.11, Linux. Measured 2026-11-28.
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


def idle(request, seconds, text=None):
    """Whether the request ends (or a text appears) within so many seconds, and the error it ends with."""
    error, end = None, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=0.2)
        except queue.Empty:
            continue
        if message["msg_type"] == "error":
            error = message["content"]["ename"]
        if text and message["msg_type"] == "stream" and text in message["content"]["text"]:
            return True, error
        if (
            message["msg_type"] == "status"
            and message["content"]["execution_state"] == "idle"
            and message["parent_header"].get("msg_id") == request
        ):
            return True, error
    return False, error


WAIT = """
import asyncio
print("waiting", flush=True)
try:
    {beside}
    await asyncio.Event().wait()
except KeyboardInterrupt:
    print("KeyboardInterrupt")
"""
TICK = (
    "tick = asyncio.ensure_future(asyncio.wait_for(asyncio.gather(*(asyncio.sleep(n / 4) for n in range(200))), 60))"
)
try:
    request = client.execute("1 + 1")
    idle(request, 30)
    for title, beside in (("alone", "pass"), ("with a timer beside it", TICK)):
        request = client.execute(WAIT.format(beside=beside))
        idle(request, 30, text="waiting")
        time.sleep(1)
        manager.interrupt_kernel()
        ended, error = idle(request, 6)
        print(title, "-> ended within 6 s:", ended, "error:", error)
        if not ended:
            print("  after a request for kernel_info:", client.kernel_info() and idle(request, 10))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
PY

cat >"$work/expected" <<'TEXT'
alone -> ended within 6 s: False error: None
  after a request for kernel_info: (True, 'CancelledError')
with a timer beside it -> ended within 6 s: True error: CancelledError
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
