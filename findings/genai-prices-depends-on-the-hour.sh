#!/usr/bin/env bash
# genai-prices: the price of the same tokens depends on the hour, and by default on the hour of the calculation.
#
# One would expect: tokens times price; calling calc_price() again tomorrow for the same answer gives the same amount.
# What happens: some models have a time of day with a discount, and calc_price() without genai_request_timestamp takes
#   the present moment. deepseek-chat costs 0.27 at noon UTC and half of it at 20:00. Prices that changed in the past
#   are looked up by the same argument, so old requests are priced at today's rates without it: o3 differs by a factor
#   of five.
# Why it matters: totals that are computed from stored token counts do not add up to what was shown when they were
#   made, and a test with a literal price fails in the evening. Store the time of each request and pass it.
# Versions: genai-prices 0.2.3, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "genai-prices==0.2.3"

cat >"$work/probe.py" <<'PY'
from datetime import UTC, datetime

from genai_prices import Usage, calc_price

MILLION = Usage(input_tokens=1_000_000)


def price(model, provider, **options):
    return calc_price(MILLION, model, provider_id=provider, **options).total_price


for hour in (12, 20):
    when = datetime(2026, 11, 2, hour, tzinfo=UTC)
    print(
        "deepseek-chat at", when.strftime("%H:%M"), price("deepseek-chat", "deepseek", genai_request_timestamp=when)
    )
now = datetime.now(UTC)
around = {price("deepseek-chat", "deepseek", genai_request_timestamp=t) for t in (now, datetime.now(UTC))}
print("without a time it is that of now:", price("deepseek-chat", "deepseek") in around)
then = datetime(2025, 5, 1, tzinfo=UTC)
print(
    "o3 in May 2025:", price("o3", "openai", genai_request_timestamp=then), "| without a time:", price("o3", "openai")
)
PY

cat >"$work/expected" <<'TEXT'
deepseek-chat at 12:00 0.27
deepseek-chat at 20:00 0.135
without a time it is that of now: True
o3 in May 2025: 10.0 | without a time: 2.0
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
