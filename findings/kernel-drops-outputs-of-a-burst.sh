#!/usr/bin/env bash
# ipykernel 7: a cell that sends outputs faster than its client reads loses most of them, and still ends with "ok".
#
# One would expect: outputs are late if the client is slow, as over a pipe, or the kernel waits; at worst, an error.
# What happens: outputs leave through a ZeroMQ XPUB socket whose queue has the default limit of 1,000 messages. When it
#   is full, the socket drops each further message without an error, a log or a gap in any number. `display()` returns,
#   the reply says "ok", and the client gets the outputs that fitted in the buffers. Widgets are worse off: one lost
#   comm_open of a button, style or layout, and the front end waits for the whole box for ever. A box of 200 rows of
#   core widgets is 5,800 messages, so it appears or not by the load of the machine.
# Why it matters: a kernel must send much in few messages: one widget with a table in it, and not a widget per cell.
#   `get_ipython().kernel.iopub_thread.socket.set_hwm(0)` takes the limit away, also of a client that is connected.
# Versions: ipykernel 7.4.0, jupyter_client 8.10.0, IPython 9.18.1, pyzmq 27.1.0, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipykernel==7.4.0" "jupyter_client==8.10.0" "ipython==9.18.1" "pyzmq==27.1.0"

cat >"$work/probe.py" <<'PY'
import queue

from jupyter_client.manager import start_new_kernel

SENT = 40_000
UNLIMITED = "get_ipython().kernel.iopub_thread.socket.set_hwm(0)"


def received(before):
    """Send outputs while the client does not read; tell how the cell ended, and count what arrives afterwards."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        burst = f"for n in range({SENT}): display(n, metadata={{'pad': 'x' * 800}})"
        client.execute(f"{before}\n{burst}\nprint('end', flush=True)")  # flush waits until all have left the kernel
        status = client.get_shell_msg(timeout=120)["content"]["status"]
        got = 0
        while True:
            try:
                got += client.get_iopub_msg(timeout=5)["msg_type"] == "display_data"
            except queue.Empty:
                return status, got
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


status, got = received("")
print(f"by default: {status}, {'most are lost' if got < SENT / 2 else got}")
status, got = received(UNLIMITED)
print(f"without the limit: {status}, {'all arrive' if got == SENT else got}")
PY

cat >"$work/expected" <<'TEXT'
by default: ok, most are lost
without the limit: ok, all arrive
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen" 2>"$work/log" || cat "$work/log"
diff "$work/expected" "$work/seen"
echo "as described"
