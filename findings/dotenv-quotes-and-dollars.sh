#!/usr/bin/env bash
# python-dotenv: single quotes do not protect ${...}, and $NAME without braces is never replaced.
#
# One would expect: a .env file follows the shell it looks like: '...' is literal, so that a secret in single quotes
#   arrives as written, and $NAME and ${NAME} mean the same.
# What happens: ${NAME} is replaced in single quotes, double quotes and without quotes, by "" when there is no such
#   variable; $NAME, $$ and $(...) are left alone everywhere. So a generated password that holds "${" loses a part
#   without an error, whatever the quotes; there is no escape, only interpolate=False for the whole file. A file that
#   sets URL=http://$HOST/v1 passes the dollar on to the server.
# Why it matters: the same .env file gives other values to the shell (set -a; . ./.env) than to Python.
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
PLAIN=http://$HOST/v1
DOUBLE="$HOST ${HOST}"
PASSWORD='pa${ss}word'
ESCAPED='pa\${ss}word'
DOLLARS="$$5"
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
  PLAIN http://$HOST/v1
  DOUBLE $HOST example.test
  PASSWORD paword
  ESCAPED pa\word
  DOLLARS $$5
interpolate False
  HOST example.test
  BRACES ${HOST}
  PLAIN http://$HOST/v1
  DOUBLE $HOST ${HOST}
  PASSWORD pa${ss}word
  ESCAPED pa\${ss}word
  DOLLARS $$5
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
