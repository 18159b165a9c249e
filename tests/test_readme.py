"""The README says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from aiconn_nb.commands.table import COMMANDS
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.testing import ProviderContract

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_ci_runs_the_readmes_test_command() -> None:
    """To the letter."""
    command = re.search(r"\*\*Test it:\*\*\n\n```sh\n(.+)\n```", README)
    assert command is not None
    assert command[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_command_table_names_every_command() -> None:
    """In the order of the table, or not: but all of them."""
    table = README[README.index("## Commands") : README.index("The same verbs in Python")]
    assert [name for name in COMMANDS if not re.search(rf"`{name}[ `]", table)] == []


def _example() -> dict[str, object]:
    source = README[README.index("## Writing a provider") :]
    code = source[source.index("```python\n") + len("```python\n") : source.index("\n```\n", source.index("```python"))]
    namespace: dict[str, object] = {}
    exec(code, namespace)
    return namespace


class TestTheProviderOfTheReadme(ProviderContract):
    """The example in the README keeps the contract."""

    provider = _example()["Echo"]()  # type: ignore[operator]
    settings = {"api_key": Secret("made-up-key")}  # noqa: RUF012


def test_the_python_of_the_readme_runs() -> None:
    """As it stands there."""
    code = README[README.index("```python\nimport aiconn_nb") :]
    exec(code[len("```python\n") : code.index("\n```")], {})
