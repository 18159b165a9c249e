"""The guides run from top to bottom as they are shipped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

GUIDES = Path(__file__).parent.parent / "notebooks" / "guide"


@pytest.mark.parametrize("path", sorted(GUIDES.glob("*.md")), ids=lambda path: path.name)
def test_a_guide_runs(path: Path, isolated: Path) -> None:
    """Offline; its blocks of Python follow one another, and what they assert holds."""
    import aiconn_nb

    aiconn_nb.kernel_session.cache_clear()  # type: ignore[attr-defined]
    blocks = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {"__name__": "guide"}
    assert blocks
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"{path.name}, block {number}", "exec"), names)
    aiconn_nb.kernel_session.cache_clear()  # type: ignore[attr-defined]
