#!/usr/bin/env bash
# TinyDB: search() and get() disagree after another process has written, and a changed result is found again.
#
# One would expect: every query reads the file, or none does; a document that search() returned is the caller's copy.
# What happens: search() keeps its results per query. When another process (another TinyDB object on the same file)
#   updates the document, search() goes on returning the old one while get(), count() and all() with the same query
#   see the new one. And the cached documents are those that were handed out: changing a result without saving it
#   changes what the next search() finds, although the file holds the old value. After any write through the same
#   table, search() is right again.
# Why it matters: a view that is filled by search() and a check that uses get() contradict each other, and a page that
#   edits a result for display only shows data that was never stored.
# Versions: tinydb 4.9.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "tinydb==4.9.0"

cat >"$work/probe.py" <<'PY'
import os
import tempfile

from tinydb import TinyDB, where

path = os.path.join(tempfile.mkdtemp(dir=os.environ["HOME"]), "db.json")
mine = TinyDB(path)
mine.insert({"name": "a", "color": "red"})
named = where("name") == "a"
print("before:", mine.search(named)[0]["color"])
TinyDB(path).update({"color": "blue"}, named)  # as another process would
print("after another writer: search", mine.search(named)[0]["color"], "| get", mine.get(named)["color"])

mine.search(named)[0]["color"] = "shown only"
print("after a change of a result: search", mine.search(named)[0]["color"], "| get", mine.get(named)["color"])
mine.insert({"name": "b"})
print("after a write: search", mine.search(named)[0]["color"])
PY

cat >"$work/expected" <<'TEXT'
before: red
after another writer: search red | get blue
after a change of a result: search shown only | get blue
after a write: search blue
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
