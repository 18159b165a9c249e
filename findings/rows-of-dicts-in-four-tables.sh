#!/usr/bin/env bash
# pandas, pyarrow, datasets, polars: the same rows give four tables; late fields vanish, and a cost of 0.75 becomes 0.
#
# One would expect: a table from a list of dicts has a column for every key, and a value that does not fit the type of
#   its column raises; polars says so of its default strict=True.
# What happens: pandas takes the keys of all rows. pyarrow and datasets take those of the first row, so a field that
#   only later rows have is dropped. polars looks at the first 100 rows: a field that comes later is dropped as well,
#   and a float that comes later in a column of integers loses its fraction; in a column of booleans, 2 becomes False.
#   No error, no warning. A text among integers does raise, and so do the same values given as a column. With one row
#   fewer in front, or with infer_schema_length=None, the table of polars is right.
# Why it matters: rows made from the answers of models or from their usage have optional fields, and costs that are
#   mostly 0. A pipeline that was tested with 100 rows loses data with 101.
# Versions: pandas 3.1.1, pyarrow 26.0.1, datasets 5.2.0, polars 2.1.0, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "pandas==3.1.1" "pyarrow==26.0.1" "datasets==5.2.0" "polars==2.1.0"

cat >"$work/probe.py" <<'PY'
import pandas as pd
import polars as pl
import pyarrow as pa
from datasets import Dataset

plain = {"id": 1, "cost": 0}
late = {"id": 2, "cost": 0.75, "refusal": "made-up reason"}

for count in (99, 100):
    rows = [plain] * count + [late]
    print(count, "plain rows and a late one")
    print("  pandas  ", pd.DataFrame(rows).iloc[-1].to_dict())
    print("  polars  ", pl.DataFrame(rows).row(-1, named=True))
print("  polars with infer_schema_length=None", pl.DataFrame(rows, infer_schema_length=None).row(-1, named=True))

short = [plain, late]
print("two rows")
print("  pandas  ", pd.DataFrame(short).iloc[-1].to_dict())
print("  polars  ", pl.DataFrame(short).row(-1, named=True))
print("  pyarrow ", pa.Table.from_pylist(short).to_pylist()[-1])
print("  datasets", Dataset.from_list(short)[-1])

print("polars, an odd value after 100 others, as rows and as a column")
for usual, odd in ((0, 0.75), (False, 2), (0, "free")):
    for data in ([{"v": usual}] * 100 + [{"v": odd}], {"v": [usual] * 100 + [odd]}):
        try:
            seen = repr(pl.DataFrame(data)["v"][-1])
        except Exception as error:
            seen = type(error).__name__
        print(f"  {type(data).__name__}: {odd!r} after {usual!r} ->", seen)
PY

cat >"$work/expected" <<'TEXT'
99 plain rows and a late one
  pandas   {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
  polars   {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
100 plain rows and a late one
  pandas   {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
  polars   {'id': 2, 'cost': 0}
  polars with infer_schema_length=None {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
two rows
  pandas   {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
  polars   {'id': 2, 'cost': 0.75, 'refusal': 'made-up reason'}
  pyarrow  {'id': 2, 'cost': 0.75}
  datasets {'id': 2, 'cost': 0.75}
polars, an odd value after 100 others, as rows and as a column
  list: 0.75 after 0 -> 0
  dict: 0.75 after 0 -> TypeError
  list: 2 after False -> False
  dict: 2 after False -> TypeError
  list: 'free' after 0 -> ComputeError
  dict: 'free' after 0 -> TypeError
TEXT

env -i PATH="$PATH" HOME="$work" HF_HUB_OFFLINE=1 timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
