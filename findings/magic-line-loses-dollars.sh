#!/usr/bin/env bash
# IPython: a dollar on the line of a magic changes with what earlier cells defined, and "$5" always becomes "5".
#
# One would expect: a magic gets the text as typed; an unknown $NAME is an error or stays, and "$5" is no name at all.
# What happens: $WORD is replaced by the value of any Python expression of that form. "$5" is an expression: the
#   dollar goes. A name that some earlier cell imported becomes its repr, so "$OpenAI:ApiKey" arrives as "<class
#   ...>:ApiKey" after "from openai import OpenAI" and unchanged before. Single quotes protect it, and so does an
#   apostrophe later in the line ("$limit, and don't ask"), but not one before it. The first line of a %%cell magic is
#   rewritten, too, its body is not. {...} is evaluated as well, and "{{" becomes "{".
# Why it matters: a magic that takes references, prompts, prices or JSON works in a fresh kernel and breaks in a used
#   one. The decorator no_var_expand switches this off.
# Versions: IPython 9.18.1, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "ipython==9.18.1"

cat >"$work/probe.py" <<'PY'
import fractions

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
seen = []


def note(line, cell=None):
    seen.append((line, cell))


shell.register_magic_function(note, "line_cell", "note")
for title, names in (("fresh", {}), ("after an import", {"Fraction": fractions.Fraction, "limit": 3})):
    shell.push(names)
    print(title)
    for source in (
        "%note under $5 please",
        "%note $Fraction:ApiKey",
        "%note $limit, and don't ask",
        "%note don't ask, $limit",
        "%note {limit} of them",
        '%note {{"a": 1}}',
        "%%note $limit\n$limit",
    ):
        shell.run_cell(source)
        print(" ", source.replace("\n", " / "), "->", " / ".join(part.strip() for part in seen[-1] if part))
PY

cat >"$work/expected" <<'TEXT'
fresh
  %note under $5 please -> under 5 please
  %note $Fraction:ApiKey -> $Fraction:ApiKey
  %note $limit, and don't ask -> $limit, and don't ask
  %note don't ask, $limit -> don't ask, $limit
  %note {limit} of them -> {limit} of them
  %note {{"a": 1}} -> {"a": 1}
  %%note $limit / $limit -> $limit / $limit
after an import
  %note under $5 please -> under 5 please
  %note $Fraction:ApiKey -> <class 'fractions.Fraction'>:ApiKey
  %note $limit, and don't ask -> $limit, and don't ask
  %note don't ask, $limit -> don't ask, 3
  %note {limit} of them -> 3 of them
  %note {{"a": 1}} -> {"a": 1}
  %%note $limit / $limit -> 3 / $limit
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
