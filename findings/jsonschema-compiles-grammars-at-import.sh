#!/usr/bin/env bash
# jsonschema beside JupyterLab: the import compiles 39 grammars for formats that nothing checks, and takes many times as long.
#
# One would expect: importing a validator is cheap, the more so as formats are checked only for those who ask for it with
#   a format_checker; a package that is merely installed costs nothing.
# What happens: JupyterLab's server needs jsonschema[format-nongpl] (by way of jupyter-events), and so installs
#   rfc3987-syntax. "import jsonschema" imports it if it is there, and on its import it builds a Lark parser, and one more for each
#   of 38 rules of RFC 3987. Nothing uses them: validate() checks no formats by default.
# Why it matters: the same two lines start ten times as fast in an environment without JupyterLab as in a kernel beside
#   it. Whatever imports jsonschema for one small schema waits for more than a second on a common machine, and so does
#   each of a server's or a pool's new processes. A test of the speed in a bare environment does not see it.
# Versions: jsonschema 4.26.0, jupyter-events 0.12.0, rfc3987-syntax 1.1.0, lark 1.3.1, CPython 3.11. Measured
#   2026-11-30; the times are CPU seconds of one run, compared with each other.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in alone beside; do
  python3 -m venv --without-pip "$work/$name"
done
python3 -m pip --python "$work/alone/bin/python" install -q "jsonschema==4.26.0"
python3 -m pip --python "$work/beside/bin/python" install -q \
  "jsonschema==4.26.0" "jupyter-events==0.12.0" "rfc3987-syntax==1.1.0" "lark==1.3.1"

cat >"$work/probe.py" <<'PY'
import importlib.util
import sys
import time

built = 0
if importlib.util.find_spec("lark") is not None:
    import lark

    build = lark.Lark.__init__

    def counted(self, *args, **options):
        global built
        built += 1
        build(self, *args, **options)

    lark.Lark.__init__ = counted

started = time.process_time()
import jsonschema

seconds = time.process_time() - started
try:
    jsonschema.validate("no e-mail address", {"type": "string", "format": "email"})
    said = "is not checked"
except jsonschema.ValidationError:
    said = "is checked"
print(f"{seconds:.6f}", f"built {built} parsers; the format {said}")
PY

for name in alone beside; do
  env -i PATH="$PATH" HOME="$work" timeout 240 "$work/$name/bin/python" "$work/probe.py" >/dev/null # compiles the bytecode
  env -i PATH="$PATH" HOME="$work" timeout 240 "$work/$name/bin/python" "$work/probe.py" >"$work/$name.txt"
done
read -r fast said_alone <"$work/alone.txt"
read -r slow said_beside <"$work/beside.txt"
echo "alone: $said_alone, $fast s; beside: $said_beside, $slow s"
test "$said_alone" = "built 0 parsers; the format is not checked"
test "$said_beside" = "built 39 parsers; the format is not checked"
python3 -c "assert $slow > 5 * $fast, 'the import is cheap now'"
echo "as described"
