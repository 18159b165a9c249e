"""A comparison of two environments says where references resolve and whether to the same value, but never to which one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiconn_nb import ConfigurationFileError, EnvironmentNotFound, Session
from aiconn_nb.features.environments import Comparison
from aiconn_nb.model.secret import Secret
from aiconn_nb.ui.render import text_of

CANARY = "canary-of-both-0123456789"


@pytest.fixture
def two(session: Session, work: Path) -> Session:
    """Return a session with references that are equal, different, missing in one environment and missing in both."""
    base = {"OpenAI": {"ApiKey": CANARY}, "Team": {"Endpoint": "http://127.0.0.1:9/v1"}}
    (work / "appsettings.json").write_text(json.dumps(base))
    (work / "appsettings.Production.json").write_text(json.dumps({"Team": {"Endpoint": "http://127.0.0.1:9/prod"}}))
    session.create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("b", "openai", settings={"api_key": "$openai:apikey", "organization": "$Org:Id"})
    session.create("c", "openai-compatible", settings={"endpoint": "$Team:Endpoint", "api_key": "$Team:ApiKey"})
    session.set_secret("Team:ApiKey", Secret(CANARY), environment="Production")
    return session


def test_each_reference_is_compared_once(two: Session) -> None:
    """Case is ignored. Each row has the connections with the reference and its place in each environment."""
    rows = [(row.reference, row.connections, row.state, row.left, row.right) for row in
            two.diff_environments("Development", "Production")]  # fmt: skip
    assert rows == [
        ("$OpenAI:ApiKey", ("a", "b"), Comparison.SAME, "appsettings.json:1", "appsettings.json:1"),
        ("$Org:Id", ("b",), Comparison.MISSING, "", ""),
        ("$Team:ApiKey", ("c",), Comparison.MISSING, "", "../keys/secrets.Production.json"),
        ("$Team:Endpoint", ("c",), Comparison.DIFFERS, "appsettings.json:1", "appsettings.Production.json:1"),
    ]


def test_no_value_is_in_any_of_its_texts(two: Session) -> None:
    """Neither the table nor JSON contains a value."""
    diff = two.diff_environments("Production")
    shown = text_of(diff) + json.dumps(diff.data()) + repr(diff)
    assert (diff.left, diff.right, diff.ok) == ("Production", "Development", False)
    assert CANARY not in shown
    assert "127.0.0.1" not in shown


def test_an_unknown_environment_is_an_error(two: Session) -> None:
    """Either of the two names may be unknown."""
    with pytest.raises(EnvironmentNotFound):
        two.diff_environments("Development", "Prodction")
    with pytest.raises(EnvironmentNotFound):
        two.diff_environments("Devlopment", "Production")


def test_a_broken_file_is_an_error_and_no_difference(two: Session, work: Path) -> None:
    """The error names the place."""
    (work / "appsettings.Production.json").write_text("{,}")
    with pytest.raises(ConfigurationFileError):
        two.diff_environments("Development", "Production")
