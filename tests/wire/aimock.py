"""``@copilotkit/aimock``, a server that speaks the providers' protocols, as a process that the tests start."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

FIXTURES = Path(__file__).with_name("aimock.json")
GOOD_KEY = "sk-aimock-good-key-0123456789"
"""The key that an aimock with keys accepts."""
WRONG_KEY = "sk-aimock-wrong-key-9876543210"

_PATIENCE = 600
"""The tenths of a second that a start may take: the first one on a machine downloads the package."""
_direct = build_opener(ProxyHandler({}))


class Aimock:
    """One running server. It accepts only the API keys in ``keys``, or every key if there are none."""

    def __init__(self, *keys: str, fixtures: Path = FIXTURES) -> None:
        self.keys = keys
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        environ = {name: value for name, value in os.environ.items() if name != "AIMOCK_API_KEYS"}
        if keys:
            environ["AIMOCK_API_KEYS"] = ",".join(keys)
        npx = shutil.which("npx")
        assert npx, "there is no npx"
        # In a separate session: npx starts node as a child, and only the whole process group ends both.
        self._process = subprocess.Popen(
            [npx, "-y", "-p", "@copilotkit/aimock", "llmock", "-p", str(self.port), "-f", str(fixtures)],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def journal(self, path: str = "") -> list[dict[str, Any]]:
        """Return the requests since `forget`, oldest first: ``method``, ``path``, ``headers``, ``body``, ``response``.

        Only requests whose path contains ``path`` are included. The journal has model calls, but no model lists.
        """
        entries: list[dict[str, Any]] = self._ask("GET", "/__aimock/journal")
        return [entry for entry in entries if path in entry["path"]]

    def forget(self) -> None:
        """Empty the journal and end every fault."""
        self._ask("POST", "/__aimock/reset/journal")
        self._ask("DELETE", "/__aimock/chaos")

    def fault(self, **rates: float) -> None:
        """Fail from now on: ``drop``, ``malformed``, ``disconnect``, ``rate_limit`` (probabilities), ``latency_ms``."""
        names = {
            "drop": "dropRate",
            "malformed": "malformedRate",
            "disconnect": "disconnectRate",
            "rate_limit": "rateLimitRate",
            "latency_ms": "latencyMs",
        }
        self._ask("POST", "/__aimock/chaos", {names[name]: rate for name, rate in rates.items()})

    def stop(self) -> None:
        """End the process and its children, politely first."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self._signal(signal.SIGKILL)  # npx may be gone before node is
        self._process.wait(timeout=5)
        self._output.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _wait(self) -> None:
        for _ in range(_PATIENCE):
            if self._process.poll() is not None:
                raise RuntimeError(f"aimock ended before it was ready:\n{self._said()}")
            with contextlib.suppress(OSError):
                self._ask("GET", "/__aimock/journal")
                return
            time.sleep(0.1)
        raise RuntimeError(f"aimock was not ready in {_PATIENCE / 10:.0f} s:\n{self._said()}")

    def _said(self) -> str:
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.keys:
            headers["Authorization"] = f"Bearer {self.keys[0]}"
        data = None if body is None else json.dumps(body).encode()
        with _direct.open(Request(self.url + path, data, headers, method=method), timeout=5) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
