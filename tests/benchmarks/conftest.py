"""The benchmarks measure what a user pays, with the certificate authorities included."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_public_authorities() -> None:
    """Replace the fixture of all tests: a client reads the certificate authorities, and this is most of its cost."""
