"""The README says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from aiconn_nb.config import ConfigSource
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.testing import ProviderContract
from aiconn_nb.testing import SourceContract

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_ci_runs_the_readmes_test_command() -> None:
    """To the letter."""
    command = re.search(r"\*\*Test it:\*\*\n\n```sh\n(.+)\n```", README)
    assert command is not None
    assert command[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_promise_names_its_tests() -> None:
    """And they are there, with tests in them."""
    section = README[README.index("## Security") : README.index("**Not promised.**")]
    promises = [line for line in section.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(promises) > 10
    for line in promises:
        named = re.findall(r"`(tests/[^`]+)`", line)
        assert named, line
        for name in named:
            files = [ROOT / name] if name.endswith(".py") else list((ROOT / name).glob("test_*.py"))
            assert files, name
            assert all("\ndef test_" in file.read_text() for file in files), name


def _example(title: str) -> dict[str, object]:
    source = README[README.index(f"## {title}") :]
    code = source[source.index("```python\n") + len("```python\n") : source.index("\n```\n", source.index("```python"))]
    namespace: dict[str, object] = {}
    exec(code, namespace)
    return namespace


class TestTheProviderOfTheReadme(ProviderContract):
    """The example in the README keeps the contract."""

    provider = _example("Writing a provider")["Echo"]()  # type: ignore[operator]
    settings = {"api_key": Secret("made-up-key")}  # noqa: RUF012


class TestTheSourceOfTheReadme(SourceContract):
    """So does the configuration source."""

    secret = "made-up"

    def source(self) -> ConfigSource:
        return _example("Writing a configuration source")["TeamVault"]("Development")  # type: ignore[operator,no-any-return]


def test_the_python_of_the_readme_runs() -> None:
    """As it stands there."""
    code = README[README.index("```python\nimport aiconn_nb") :]
    exec(code[len("```python\n") : code.index("\n```")], {})
