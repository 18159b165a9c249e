#!/usr/bin/env bash
# litellm: "import litellm" asks a server for a price list, three times with pauses where it cannot be reached.
#
# One would expect: importing a library does no network traffic; a table of prices that is part of the package is
#   used, and an update is fetched when asked for.
# What happens: the import resolves and calls a foreign host before it returns. Where that fails (a closed network, a
#   train) it tries three times and sleeps in between, so that the import takes several seconds longer, and then uses
#   the table that it ships. LITELLM_LOCAL_MODEL_COST_MAP=True, set before the import, makes it use that table at
#   once.
# Why it matters: start-up time, test runs without a network, and policies that forbid unrequested traffic. Setting
#   the variable from Python works only ahead of the first import, which may be another library's.
# Versions: litellm 1.110.2, CPython 3.11. Measured 2026-11-28; names are not resolved below, so nothing leaves the
#   machine.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "litellm==1.110.2"

cat >"$work/probe.py" <<'PY'
import subprocess
import sys

PROGRAM = """
import socket, time

asked, slept = [], []

def resolve(host, *args, **options):
    asked.append(host)
    raise socket.gaierror("not resolved here")

socket.getaddrinfo = resolve
time.sleep = slept.append
import litellm
print("hosts asked:", len(set(asked)), "times:", len(asked), end=" ")
print("| pauses:", len(slept), "| more than a second:", sum(slept) > 1)
print("  prices known:", len(litellm.model_cost) > 100)
"""
for title, variables in (("as it comes", {}), ("with the variable", {"LITELLM_LOCAL_MODEL_COST_MAP": "True"})):
    print(title)
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, check=True
    )
    print(" ", result.stdout, end="")
PY

cat >"$work/expected" <<'TEXT'
as it comes
  hosts asked: 1 times: 3 | pauses: 2 | more than a second: True
  prices known: True
with the variable
  hosts asked: 0 times: 0 | pauses: 0 | more than a second: False
  prices known: True
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
