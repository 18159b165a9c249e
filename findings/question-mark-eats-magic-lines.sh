#!/usr/bin/env bash
# IPython, nbconvert: a line magic whose text ends in a question mark is replaced by help on its last word.
#
# One would expect: "%ask Why is the sky blue?" passes the text to the magic, as the same words without the question mark
#   do; and a script that nbconvert exports from the notebook does what the notebook did.
# What happens: IPython takes every line that ends in "?" as a request for help. It looks up "blue", prints that it found
#   nothing, and the cell succeeds; the magic is never called. An extension can add a transformer of its own, which comes
#   first, but only from the next cell on: the cell that loads the extension was transformed before. nbconvert knows no
#   extensions, so in its script the line is lost in any case. A cell magic and quotation marks keep the text.
# Why it matters: an exported script runs without an error and leaves out the steps whose lines end in "?".
# Versions: IPython 9.18.1, nbconvert 7.17.2, nbformat 5.11.1, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipython==9.18.1" "nbconvert==7.17.2" "nbformat==5.11.1"

cat >"$work/probe.py" <<'PY'
from IPython.core.interactiveshell import InteractiveShell
from nbconvert import PythonExporter
from nbformat.v4 import new_code_cell, new_notebook

asked = []
shell = InteractiveShell.instance()
shell.register_magic_function(lambda line, cell="": asked.append(line + cell), "line_cell", "ask")
for source in (
    "%ask Why is the sky blue",
    "%ask Why is the sky blue?",
    "answer = %ask Why is the sky blue?",
    '%ask "Why is the sky blue?"',
    "%%ask\nWhy is the sky blue?",
):
    asked.clear()
    print(repr(source))
    done = shell.run_cell(source)
    print("  IPython: success", done.success, "| the magic got", asked)
    kernel = {"name": "python3", "display_name": "Python", "language": "python"}
    book = new_notebook(
        cells=[new_code_cell(source)],
        metadata={"kernelspec": kernel, "language_info": {"name": "python", "nbconvert_exporter": "python"}},
    )
    script, _ = PythonExporter().from_notebook_node(book)
    print("  nbconvert:", script.strip().splitlines()[-1])
PY

cat >"$work/expected" <<'TEXT'
'%ask Why is the sky blue'
  IPython: success True | the magic got ['Why is the sky blue']
  nbconvert: get_ipython().run_line_magic('ask', 'Why is the sky blue')
'%ask Why is the sky blue?'
Object `blue` not found.
  IPython: success True | the magic got []
  nbconvert: get_ipython().run_line_magic('pinfo', 'blue')
'answer = %ask Why is the sky blue?'
Object `blue` not found.
  IPython: success True | the magic got []
  nbconvert: get_ipython().run_line_magic('pinfo', 'blue')
'%ask "Why is the sky blue?"'
  IPython: success True | the magic got ['"Why is the sky blue?"']
  nbconvert: get_ipython().run_line_magic('ask', '"Why is the sky blue?"')
'%%ask\nWhy is the sky blue?'
  IPython: success True | the magic got ['Why is the sky blue?\n']
  nbconvert: get_ipython().run_cell_magic('ask', '', 'Why is the sky blue?\n')
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
