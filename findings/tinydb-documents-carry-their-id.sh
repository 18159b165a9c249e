#!/usr/bin/env bash
# TinyDB: copying a document into another table overwrites what has the same number there.
#
# One would expect: what all() returns are dicts; inserting them elsewhere stores copies under new numbers, and
#   upsert(document, query) changes what the query matches.
# What happens: the results are Documents that keep the number of their table. insert() raises ValueError where that
#   number is taken. upsert() with a query does not look at the query: it merges the fields into whatever document has
#   the number, an unrelated one here, and returns its number as success. dict(document) is what behaves as expected.
# Why it matters: "move to the archive table" and "restore from a backup" mix up records without an error.
# Versions: tinydb 4.9.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "tinydb==4.9.0"

cat >"$work/probe.py" <<'PY'
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage

db = TinyDB(storage=MemoryStorage)
live, archive = db.table("live"), db.table("archive")
live.insert({"name": "new", "size": 1})
archive.insert({"name": "old", "owner": "Ada"})
document = live.get(where("name") == "new")
try:
    archive.insert(document)
except ValueError as error:
    print("insert:", error)
print("upsert where name is new:", archive.upsert(document, where("name") == "new"), archive.all())
archive.truncate()
archive.insert({"name": "old", "owner": "Ada"})
print("upsert of a dict:", archive.upsert(dict(document), where("name") == "new"), archive.all())
PY

cat >"$work/expected" <<'TEXT'
insert: Document with ID 1 already exists
upsert where name is new: [1] [{'name': 'new', 'owner': 'Ada', 'size': 1}]
upsert of a dict: [2] [{'name': 'old', 'owner': 'Ada'}, {'name': 'new', 'size': 1}]
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
