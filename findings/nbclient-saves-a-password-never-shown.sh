#!/usr/bin/env bash
# nbclient and ipywidgets: an executed notebook holds the value of a Password widget that was never displayed.
#
# One would expect: a notebook file holds what its cells show; the value of a Password, which the page masks, is not
#   in it.
# What happens: nbclient's store_widget_state is on (JupyterLab's "Save Widget State Automatically" is off). It stores
#   the state of every widget that the kernel made, displayed or not, with its value in plain text, in the metadata of
#   the notebook, not in an output: clearing all outputs leaves it there. An emptied field leaves nothing, and
#   store_widget_state=False neither.
# Why it matters: nbconvert --execute, papermill and CI jobs produce files that are shared.
# Versions: nbclient 0.11.0, ipywidgets 8.1.9, ipykernel 7.4.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "nbclient==0.11.0" "ipywidgets==8.1.9" "ipykernel==7.4.0" "nbformat==5.11.1"

cat >"$work/probe.py" <<'PY'
import json

import nbclient
from nbformat.v4 import new_code_cell, new_notebook


def run(source, **options):
    book = new_notebook(cells=[new_code_cell(source)])
    nbclient.execute(book, kernel_name="python3", **options)
    for cell in book.cells:
        cell.outputs = []  # as "Clear All Outputs" does
    return "made-up-value" in json.dumps(book)


MADE = "import ipywidgets\nfield = ipywidgets.Password(value='made' + '-up-value')"
print("kept in the file:", run(MADE))
print("emptied before the end:", run(MADE + "\nfield.value = ''"))
print("store_widget_state=False:", run(MADE, store_widget_state=False))
PY

cat >"$work/expected" <<'TEXT'
kept in the file: True
emptied before the end: False
store_widget_state=False: False
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
