#!/usr/bin/env bash
# distributed: after its import, a pickled exception holds the context that "from None" was meant to leave behind.
#
# One would expect: pickling an exception keeps its class and its arguments, as Python documents, and importing a
#   cluster's client does not change what pickle writes for classes that have nothing to do with it.
# What happens: the import installs tblib's pickling for every exception class that exists at that moment. From then
#   on, pickle writes the traceback, the cause, the notes and the context too, although it is suppressed. json's error
#   has the whole text that it could not read. A class that is defined after the import pickles as ever.
# Why it matters: "raise Refused(...) from None" in the handler of a parser's error no longer drops the text. What
#   that text holds (an answer, a settings file, a key) travels with the exception to a worker, a cache or a log.
#   Raise after the except block instead, so that there is no context.
# Versions: distributed 2026.8.0, tblib 3.2.2, CPython 3.11. Measured 2026-11-29.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "distributed==2026.8.0" "dask==2026.8.0" "tblib==3.2.2"

cat >"$work/probe.py" <<'PY'
import json
import pickle

TEXT = '{"diary": "a private line", '


class Refused(Exception):
    pass


def raised(kind, *, after):
    try:
        problem = ""
        try:
            json.loads(TEXT)
        except ValueError:
            problem = "not JSON"
            if not after:
                raise kind(problem) from None
        raise kind(problem)
    except kind as error:
        return error


def tell(when, error):
    data = pickle.dumps(error)
    context = pickle.loads(data).__context__
    print(f"{when}: private line {'inside' if b'private' in data else 'absent'}, context {type(context).__name__}")


tell("before the import", raised(Refused, after=False))

import distributed  # noqa: E402, F401


class Younger(Exception):
    pass


tell("after the import", raised(Refused, after=False))
tell("after the import, raised behind the except block", raised(Refused, after=True))
tell("after the import, a younger class", raised(Younger, after=False))
PY

cat >"$work/expected" <<'TEXT'
before the import: private line absent, context NoneType
after the import: private line inside, context JSONDecodeError
after the import, raised behind the except block: private line absent, context NoneType
after the import, a younger class: private line absent, context NoneType
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
