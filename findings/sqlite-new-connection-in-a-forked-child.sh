#!/usr/bin/env bash
# SQLite: a forked child that opens a connection of its own still has the locks of a thread of its parent.
#
# One would expect: SQLite forbids using a connection across a fork, so the child opens a new one, and is then like any
#   other process: when the transaction of its parent ends, it can write.
# What happens: the library keeps notes, per file and process, of the locks that its connections hold. The child has a
#   copy of them. If a thread of the parent wrote at the moment of the fork, the note of its lock stays in the child,
#   and the child's own new connection answers "database is locked" for as long as it lives. Another process writes.
# What helps: close the connections before the fork (os.register_at_fork) and open new ones afterwards. The notes
#   go with the last connection to the file.
# Why it matters: multiprocessing forked by default on Linux up to Python 3.13, and caches, counters and logs in SQLite
#   are written by background threads. It fails once in many runs.
# Versions: apsw 3.53.0.0 (SQLite 3.53.0), CPython 3.11 on Linux; the same with the standard library's 3.40.1.
#   Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "apsw==3.53.0.0"

cat >"$work/probe.py" <<'PY'
import os
import subprocess
import sys
import threading

import apsw

PATIENCE = 2_000  # milliseconds

WRITE = """
import sys, apsw
file = apsw.Connection(sys.argv[1])
file.set_busy_timeout(2000)
file.execute("insert into notes values ('other')")
print("another process:", "written")
"""


def opened(place):
    file = apsw.Connection(place)
    file.set_busy_timeout(PATIENCE)
    return file


def child_writes(place, after):
    """In a forked child: wait for the end of the parent's transaction, open a new connection, write."""
    os.read(after, 1)
    try:
        opened(place).execute("insert into notes values ('child')")
    except apsw.BusyError as error:
        print("child:", str(error).removeprefix("BusyError: "), flush=True)
    else:
        print("child: written", flush=True)
    os._exit(0)


def forked(place, *, during_a_transaction):
    begun, may_end = threading.Event(), threading.Event()

    def write():
        file = opened(place)
        file.execute("begin immediate; insert into notes values ('thread')")
        begun.set()
        if during_a_transaction:
            may_end.wait()
        file.execute("commit")
        file.close()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    if not during_a_transaction:
        thread.join()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        child_writes(place, reading)
    may_end.set()
    thread.join()
    os.write(writing, b"x")
    os.waitpid(pid, 0)


place = sys.argv[1]
first = opened(place)
first.execute("pragma journal_mode=wal; create table notes (who text)").fetchall()
first.close()

print("SQLite", apsw.sqlite_lib_version())
print("fork while a thread writes", flush=True)
forked(place, during_a_transaction=True)
subprocess.run([sys.executable, "-c", WRITE, place], check=True)
print("fork after the thread has closed its connection", flush=True)
forked(place, during_a_transaction=False)
PY

cat >"$work/expected" <<'TEXT'
SQLite 3.53.0
fork while a thread writes
child: database is locked
another process: written
fork after the thread has closed its connection
child: written
TEXT

env -i PATH="$PATH" HOME="$work" timeout 120 \
  "$work/venv/bin/python" "$work/probe.py" "$work/notes.sqlite" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
