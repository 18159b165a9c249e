#!/usr/bin/env bash
# jupytext: a paired notebook loses "%%python", and a line "# %%" in the body of a magic cuts its cell in two.
#
# One would expect: a code cell comes back from the text file as it went in, above all where another program is to get
#   its body; jupytext keeps magics as comments for that, and does keep a line "# %%" in a string.
# What happens: jupytext writes "%%bash" as the language of its cell, and "%%python" as well. That is the language of
#   the notebook, too, so the magic is not put back: the body had a process of its own and now runs in the kernel. The
#   magic's options are lost with it. "%%python3" and "%%bash" come back. In py:percent, the body of a magic that
#   jupytext does not know as a language is not a comment, so a line "# %%" in it ends the cell: the magic keeps what is
#   above, and the rest becomes a cell of Python. custom_cell_magics="writefile,ask" prevents that; for "%%python" it
#   changes nothing. "jupytext --test" reports both.
# Why it matters: what a child process does to itself (chdir, a changed environment, an exit) is done to the kernel. A
#   prompt or a file that holds code in the percent format loses its end, and the end is run.
# Versions: jupytext 1.19.6, nbformat 5.11.1, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "jupytext==1.19.6" "nbformat==5.11.1"

cat >"$work/probe.py" <<'PY'
import jupytext
from nbformat import v4

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
PERCENT = {"extension": ".py", "format_name": "percent", "custom_cell_magics": "python,writefile,ask"}
for source in (
    "%%python\nimport os\nos.chdir('/')",
    "%%python -I\nimport os\nos.chdir('/')",
    "%%python3\nimport os\nos.chdir('/')",
    "%%bash\n# %%\ncd /",
    "%%writefile tool.py\n# %%\nprint('tool')",
    "%%ask a-model\n# %%\nWhat is this?",
    "text = '''\n# %%\n%ask\n'''",
):
    print(repr(source))
    for form in ("py:percent", "py:light", "md", PERCENT):
        text = jupytext.writes(v4.new_notebook(cells=[v4.new_code_cell(source)], metadata=KERNEL), form)
        cells = [cell.source for cell in jupytext.reads(text, form).cells]
        name = form if isinstance(form, str) else "with custom_cell_magics"
        print(f"  {name}:", "the same" if cells == [source] else cells)
PY

cat >"$work/expected" <<'TEXT'
"%%python\nimport os\nos.chdir('/')"
  py:percent: ["import os\nos.chdir('/')"]
  py:light: ["import os\nos.chdir('/')"]
  md: ["import os\nos.chdir('/')"]
  with custom_cell_magics: ["import os\nos.chdir('/')"]
"%%python -I\nimport os\nos.chdir('/')"
  py:percent: ["import os\nos.chdir('/')"]
  py:light: ["import os\nos.chdir('/')"]
  md: ["import os\nos.chdir('/')"]
  with custom_cell_magics: ["import os\nos.chdir('/')"]
"%%python3\nimport os\nos.chdir('/')"
  py:percent: the same
  py:light: the same
  md: the same
  with custom_cell_magics: the same
'%%bash\n# %%\ncd /'
  py:percent: the same
  py:light: the same
  md: the same
  with custom_cell_magics: the same
"%%writefile tool.py\n# %%\nprint('tool')"
  py:percent: ['%%writefile tool.py', "print('tool')"]
  py:light: the same
  md: the same
  with custom_cell_magics: the same
'%%ask a-model\n# %%\nWhat is this?'
  py:percent: ['%%ask a-model', 'What is this?']
  py:light: the same
  md: the same
  with custom_cell_magics: the same
"text = '''\n# %%\n%ask\n'''"
  py:percent: the same
  py:light: the same
  md: the same
  with custom_cell_magics: the same
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
