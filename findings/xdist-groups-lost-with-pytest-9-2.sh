#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: --dist loadgroup ignores every xdist_group mark, without a warning.
#
# One would expect: tests with the same xdist_group mark run in one worker. A suite relies on it where tests share
#   something that exists once: a browser, a server on a fixed port, a database.
# What happens: xdist appends "@group" to the item's private `_nodeid`. pytest 9.2 keeps the id in another attribute, so
#   the scheduler never sees the group and hands out each test by itself. Both packages install together without a
#   complaint, and the run still says "scheduling tests via LoadGroupScheduling". With pytest 9.0.2 the same command keeps
#   the group together.
# Why it matters: session fixtures are set up once for each worker instead of once, and tests that must not overlap do.
# What to do: the hook `pytest_xdist_make_scheduler` with a LoadScopeScheduling whose `_split_scope` reads the id.
# Versions: pytest 9.2.0 and 9.0.2, pytest-xdist 3.8.0, CPython 3.11. Measured 2026-11-29.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tests"
cat >"$work/tests/test_groups.py" <<'PY'
import os

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_member(number, request):
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.nodeid.partition('@')[2] or 'no group'}\n")
PY

for version in 9.0.2 9.2.0; do
  python3 -m venv --without-pip "$work/$version"
  python3 -m pip --python "$work/$version/bin/python" install -q --no-compile "pytest==$version" "pytest-xdist==3.8.0"
  export SEEN="$work/seen-$version"
  (cd "$work/tests" && "$work/$version/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup >/dev/null)
  workers=$(cut -d' ' -f1 "$SEEN" | sort -u | wc -l)
  group=$(cut -d' ' -f2- "$SEEN" | sort -u)
  echo "pytest $version: the group of 8 tests ran in $workers worker(s); its ids name: $group"
done >"$work/out"

cat >"$work/expected" <<'TEXT'
pytest 9.0.2: the group of 8 tests ran in 1 worker(s); its ids name: one
pytest 9.2.0: the group of 8 tests ran in 2 worker(s); its ids name: no group
TEXT
diff "$work/expected" "$work/out"
echo "as described"
