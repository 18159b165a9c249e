#!/usr/bin/env bash
# pandas: read_json makes numbers of quoted ids; two ids become one, a hash becomes infinity, and another engine does not.
#
# One would expect: JSON has types, so "00124" in quotes stays a text, as in polars, pyarrow, duckdb and Python's json.
# What happens: read_json(lines=True) turns a column of texts into numbers where all of them look like numbers: zeros in
#   front are lost, ids of twenty digits become floats in which neighbours are equal, a hash such as "7e12345" becomes
#   infinity, and version 1.10 is 1.1. One row with another text, and the whole column is text again. With
#   engine="pyarrow" the same file keeps its texts. dtype=False keeps them, too.
# Why it matters: the JSON lines of a batch of requests or of an export have ids in quotes. A merge by such a column
#   joins rows that do not belong together, and whether it does depends on the other rows of the file.
# Versions: pandas 3.1.1, polars 2.1.0, pyarrow 26.0.1, duckdb 2.0.1, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "pandas==3.1.1" "polars==2.1.0" "pyarrow==26.0.1" "duckdb==2.0.1"

cat >"$work/probe.py" <<'PY'
import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow.json

ROWS = [
    {"item": "00123", "request": "12345678901234567890", "commit": "7e12345", "version": "1.10"},
    {"item": "00124", "request": "12345678901234567891", "commit": "7e12346", "version": "1.20"},
]


def written(rows):
    with open("rows.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


written(ROWS)
table = pd.read_json("rows.jsonl", lines=True)
print("pandas  ", list(table.to_dict("records")[1].values()))
print("  two requests are", table["request"].nunique())
print("  engine=pyarrow is right:", pd.read_json("rows.jsonl", lines=True, engine="pyarrow").to_dict("records") == ROWS)
print("  dtype=False is right:", pd.read_json("rows.jsonl", lines=True, dtype=False).to_dict("records") == ROWS)
print("polars is right: ", pl.read_ndjson("rows.jsonl").to_dicts() == ROWS)
print("pyarrow is right:", pyarrow.json.read_json("rows.jsonl").to_pylist() == ROWS)
print("duckdb is right: ", duckdb.sql("select * from 'rows.jsonl'").fetchall() == [tuple(row.values()) for row in ROWS])
written([*ROWS, dict.fromkeys(ROWS[0], "none")])
print("pandas, one row more:", list(pd.read_json("rows.jsonl", lines=True).to_dict("records")[1].values()))
PY

cat >"$work/expected" <<'TEXT'
pandas   [124, 1.2345678901234567e+19, inf, 1.2]
  two requests are 1
  engine=pyarrow is right: True
  dtype=False is right: True
polars is right:  True
pyarrow is right: True
duckdb is right:  True
pandas, one row more: ['00124', '12345678901234567891', '7e12346', '1.20']
TEXT

cd "$work"
env -i PATH="$PATH" HOME="$work" timeout 120 "$work/venv/bin/python" probe.py >seen
diff expected seen
echo "as described"
