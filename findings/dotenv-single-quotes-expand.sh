#!/usr/bin/env bash
# python-dotenv: single quotes do not protect ${...}, and neither does a backslash.
#
# One would expect: a value in single quotes is literal, as in the shell whose syntax the file borrows and whose
#   backslash escapes the package itself treats differently in single and double quotes.
# What happens: ${NAME} is replaced in single quotes, too, by "" when there is no such variable. A generated password
#   that holds "${" loses a part without an error or a warning, whatever the quotes. A backslash before it stays in
#   the value and does not help; only interpolate=False for the whole file does.
# Why it matters: the same .env file gives other values to the shell (set -a; . ./.env) than to Python, and a key in
#   it is refused by the provider as wrong.
# Versions: python-dotenv 1.2.4, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "python-dotenv==1.2.4"

cat >"$work/probe.py" <<'PY'
import io

from dotenv import dotenv_values

FILE = r"""
HOST=example.test
BRACES='${HOST}'
PASSWORD='pa${ss}word'
ESCAPED='pa\${ss}word'
"""
for interpolate in (True, False):
    print("interpolate", interpolate)
    for name, value in dotenv_values(stream=io.StringIO(FILE), interpolate=interpolate).items():
        print(" ", name, value)
PY

cat >"$work/expected" <<'TEXT'
interpolate True
  HOST example.test
  BRACES example.test
  PASSWORD paword
  ESCAPED pa\word
interpolate False
  HOST example.test
  BRACES ${HOST}
  PASSWORD pa${ss}word
  ESCAPED pa\${ss}word
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
