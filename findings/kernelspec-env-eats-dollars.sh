#!/usr/bin/env bash
# jupyter_client: the "env" of a kernelspec is a template; a value with "$$" or "$NAME" reaches the kernel changed.
#
# One would expect: values in kernel.json's "env" are set as written; at most ${NAME} is replaced, as the
#   documentation shows.
# What happens: $NAME without braces is replaced as well, "$$" becomes "$", and this is one pass over the environment
#   of the server: entries do not see each other, and what comes out is not expanded again. Unknown names and "$5"
#   stay as they are, so a value works on one machine and is changed on the next, where the name happens to exist.
# Why it matters: keys and passwords put into a kernelspec for one kernel arrive wrong, without a warning. Write "$$"
#   for "$".
# Versions: jupyter_client 8.10.0, ipykernel 7.4.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "jupyter_client==8.10.0" "ipykernel==7.4.0"

cat >"$work/probe.py" <<'PY'
import json
import os
import pathlib
import sys

ENV = {
    "BRACES": "${TEAM}",
    "BARE": "pa$TEAM",
    "DOUBLE": "pa$$word",
    "UNKNOWN": "pa$unset_name ${unset_name}",
    "NUMBER": "$5",
    "OTHER": "${BRACES}",
}
folder = pathlib.Path(os.environ["HOME"], "kernels", "dollar")
folder.mkdir(parents=True)
argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
(folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "d", "language": "python", "env": ENV}))
os.environ["JUPYTER_PATH"] = os.environ["HOME"]

from jupyter_client.manager import start_new_kernel  # noqa: E402

manager, client = start_new_kernel(kernel_name="dollar")
printed = []
try:
    client.execute_interactive(
        f"import os\nfor name in {list(ENV)}: print(os.environ[name])",
        timeout=30,
        output_hook=lambda message: printed.append(message["content"].get("text", "")),
    )
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
for (name, value), line in zip(ENV.items(), "".join(printed).splitlines(), strict=True):
    print(name, value, "->", line)
PY

cat >"$work/expected" <<'TEXT'
BRACES ${TEAM} -> blue
BARE pa$TEAM -> pablue
DOUBLE pa$$word -> pa$word
UNKNOWN pa$unset_name ${unset_name} -> pa$unset_name ${unset_name}
NUMBER $5 -> $5
OTHER ${BRACES} -> ${BRACES}
TEXT

env -i PATH="$PATH" HOME="$work" TEAM=blue timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
