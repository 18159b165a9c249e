#!/usr/bin/env bash
# filelock: the empty file that FileLock leaves behind blocks SoftFileLock for ever.
#
# One would expect: a released lock blocks no other, and both kinds of lock of one package can follow each other on
#   one path, for example when a program falls back to the soft lock on a network share.
# What happens: on Linux FileLock keeps its empty file after release (removing it would race). SoftFileLock means
#   "locked" by the existence of the file, so it times out on a lock that nothing holds. It does take over a file that
#   names a dead process, but an empty one names none. The other way round works: SoftFileLock removes its file.
# Why it matters: a deployment that switches kinds, or a fallback after an earlier run, times out until a person
#   deletes the file.
# Versions: filelock 4.3.1, CPython 3.11, Linux. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "filelock==4.3.1"

cat >"$work/probe.py" <<'PY'
import os

from filelock import FileLock, SoftFileLock, Timeout

path = os.path.join(os.environ["HOME"], "shared.lock")


def take(kind):
    try:
        with kind(path, timeout=1):
            pass
    except Timeout:
        return "timed out"
    return "taken and released, file left: " + str(os.path.exists(path))


print("soft:", take(SoftFileLock))
print("hard:", take(FileLock))
print("soft after hard:", take(SoftFileLock), "| size of the file:", os.path.getsize(path))
print("hard again:", take(FileLock))
with open(path, "w") as file:
    file.write("4194305\n" + os.uname().nodename + "\n")  # a number that no process has
print("soft after a dead soft holder:", take(SoftFileLock))
PY

cat >"$work/expected" <<'TEXT'
soft: taken and released, file left: False
hard: taken and released, file left: True
soft after hard: timed out | size of the file: 0
hard again: taken and released, file left: True
soft after a dead soft holder: taken and released, file left: False
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
