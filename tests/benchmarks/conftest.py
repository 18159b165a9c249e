"""What is measured costs what it costs a user."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_public_authorities() -> None:
    """Instead of that of all tests: a client reads the certificate authorities, most of what it costs."""
