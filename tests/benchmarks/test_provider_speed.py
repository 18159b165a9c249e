"""These benchmarks compare the list of providers and the picker with all presets and with the first release's eight providers."""

from __future__ import annotations

import statistics
import subprocess
import sys

import pytest

pytestmark = pytest.mark.benchmark

RUNS = 9
_LISTED = """
import sys, time
import IPython, ipykernel, ipywidgets
started = time.process_time()
from aiconn_nb.providers.plug_ins import built_in
built_in.BUILT_IN = dict(list(built_in.BUILT_IN.items())[:{most}])
{what}
print(time.process_time() - started)
assert not {{"openai", "anthropic", "boto3", "google.genai", "httpx", "httpx2"}} & set(sys.modules)
"""
LIST = "from aiconn_nb import Session; print(Session().providers())"
PICKER = "from aiconn_nb import ConnectionForm; len(ConnectionForm().view['kinds'])"


def seconds(what: str, most: int) -> float:
    """Return the seconds of processor time in a process that has imported IPython, with this many of the first providers."""
    code = _LISTED.format(what=what, most=most)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("what", [LIST, PICKER], ids=["list", "picker"])
def test_all_providers_cost_a_fifth_more_than_eight_at_most(what: str) -> None:
    """No SDK is imported, and each SDK is looked for once."""
    pairs = [(seconds(what, 8), seconds(what, 1000)) for _ in range(RUNS)]
    eight, all_of_them = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(f"\neight {eight * 1e3:6.1f} ms   all {all_of_them * 1e3:6.1f} ms   {all_of_them / eight:.2f}")
    assert all_of_them / eight <= 1.2
