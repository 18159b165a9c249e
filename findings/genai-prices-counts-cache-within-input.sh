#!/usr/bin/env bash
# genai-prices and anthropic: the numbers of an Anthropic answer, passed on by their names, give a price that is far
# too low.
#
# One would expect: Usage(input_tokens=..., cache_read_tokens=...) takes what the provider reports under these names.
# What happens: genai-prices counts cached tokens within input_tokens, as OpenAI and Google report them. Anthropic
#   reports input_tokens without them. Passed on as they are, the cached tokens are taken off the full price a second
#   time: one sixth of the right price below, without an error. Only where more was cached than not does a ValueError
#   tell. The package's own extract_usage() adds them up.
# Why it matters: prompt caching is used for long prompts, so the mistake grows with the bill, and every total looks
#   plausible.
# Versions: genai-prices 0.2.3, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "genai-prices==0.2.3"

cat >"$work/probe.py" <<'PY'
from genai_prices import Usage, calc_price, extract_usage

MODEL = "claude-sonnet-4-5"
reported = {  # as the Messages API reports a prompt of 1,900 tokens of which 900 came from the cache
    "input_tokens": 1000,
    "cache_read_input_tokens": 900,
    "cache_creation_input_tokens": 0,
    "output_tokens": 0,
}


def price(usage):
    return calc_price(usage, MODEL, provider_id="anthropic").total_price


print("by name:", price(Usage(input_tokens=1000, cache_read_tokens=900)))
print("extracted:", price(extract_usage({"model": MODEL, "usage": reported}, provider_id="anthropic").usage))
try:
    price(Usage(input_tokens=800, cache_read_tokens=900))
except ValueError:
    print("more cached than not: ValueError")
PY

cat >"$work/expected" <<'TEXT'
by name: 0.00057
extracted: 0.00327
more cached than not: ValueError
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
