#!/usr/bin/env bash
# IPython, nbclient, papermill: a cell that fails by a mistyped magic holds no error in the saved notebook.
#
# One would expect: a failed cell has an output of type "error" with the name of the exception; tools look for it.
# What happens: IPython prints a UsageError as a line on stderr and sends no "error" message, although the reply says
#   that the cell failed. nbclient does raise CellExecutionError; but with allow_errors the notebook that it leaves
#   holds a stream output only, so a check for "error" outputs finds nothing wrong. papermill raises, but its error
#   has lost the name and has no text.
# Why it matters: reports and gates that count error outputs pass a notebook whose magic was misspelt or not
#   installed.
# Versions: IPython 9.18.1, ipykernel 7.4.0, nbclient 0.11.0, papermill 2.7.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipython==9.18.1" "ipykernel==7.4.0" "nbclient==0.11.0" "papermill==2.7.0" "nbformat==5.11.1"

cat >"$work/probe.py" <<'PY'
import os

import nbclient
import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook


def notebook(source):
    kernel = {"name": "python3", "display_name": "Python", "language": "python"}
    return new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": kernel})


def outputs(book):
    return [output.output_type for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


for source in ("1 / 0", "%no_such_magic"):
    print(source)
    book = notebook(source)
    try:
        nbclient.execute(book)
    except nbclient.exceptions.CellExecutionError as error:
        print("  nbclient raises", type(error).__name__, "| ename:", repr(error.ename), "| outputs:", outputs(book))
    book = notebook(source)
    nbclient.execute(book, allow_errors=True)
    print("  with allow_errors, outputs:", outputs(book))
    path = os.path.join(os.environ["HOME"], "book.ipynb")
    nbformat.write(notebook(source), path)
    try:
        papermill.execute_notebook(path, path, progress_bar=False)
    except papermill.exceptions.PapermillExecutionError as error:
        print("  papermill:", repr(error.ename), repr(error.evalue))
PY

cat >"$work/expected" <<'TEXT'
1 / 0
  nbclient raises CellExecutionError | ename: 'ZeroDivisionError' | outputs: ['error']
  with allow_errors, outputs: ['error']
  papermill: 'ZeroDivisionError' 'division by zero'
%no_such_magic
  nbclient raises CellExecutionError | ename: 'UsageError' | outputs: ['stream']
  with allow_errors, outputs: ['stream']
  papermill: 'CellExecutionError' ''
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
