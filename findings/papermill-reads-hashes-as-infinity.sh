#!/usr/bin/env bash
# papermill: "-p run 7e12345", a commit's hash, sets run to infinity, and 2026_11_30 becomes 20261130.
#
# One would expect: a parameter of the command line is a text unless it looks like a number as people write one; where
#   the notebook declares the parameter as a str, it stays a text.
# What happens: papermill tries Python's int() and float() on each value. These take underscores, leading zeros and
#   exponents: a short hash of digits and one "e" becomes float('inf') or 1.2e+46, a date or a name with underscores
#   and a padded id become integers, 1.10 becomes 1.1, and "nan" is a float. The notebook's annotation "run: str", which
#   --help-notebook shows, changes nothing. Only -r and --parameters_raw keep a text.
# Why it matters: one short hash in twenty is a number to Python, so a job that names its output after the commit works
#   for weeks and then writes to run-inf. No error, no warning.
# Versions: papermill 2.7.0, nbformat 5.10.4, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "papermill==2.7.0" "nbformat==5.10.4"

cat >"$work/make.py" <<'PY'
import nbformat

cell = nbformat.v4.new_code_cell('run: str = "none"', metadata={"tags": ["parameters"]})
kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), "in.ipynb")
PY
cat >"$work/show.py" <<'PY'
import sys

import nbformat

found = [cell.source for cell in nbformat.read("out.ipynb", 4).cells if "injected-parameters" in cell.metadata.tags]
print(sys.argv[1], "->", found[0].splitlines()[-1])
PY

run() {
  env -i PATH="$PATH" HOME="$work" timeout 120 "$work/venv/bin/python" "$@"
}

cd "$work"
run make.py
run -m papermill in.ipynb --help-notebook 2>errors | grep -o "run: str" >seen
for given in 7e12345 12e45 2026_11_30 007 1.10 nan 0x1f 7f12345; do
  run -m papermill in.ipynb out.ipynb --prepare-only -p run "$given" >log 2>&1 || { cat log >&2; exit 1; }
  run show.py "$given"
done >>seen
run -m papermill in.ipynb out.ipynb --prepare-only -r run 7e12345 >log 2>&1
run show.py "with -r: 7e12345" >>seen

cat >expected <<'TEXT'
run: str
7e12345 -> run = float('inf')
12e45 -> run = 1.2e+46
2026_11_30 -> run = 20261130
007 -> run = 7
1.10 -> run = 1.1
nan -> run = float('nan')
0x1f -> run = "0x1f"
7f12345 -> run = "7f12345"
with -r: 7e12345 -> run = "7e12345"
TEXT
diff expected seen
echo "as described"
