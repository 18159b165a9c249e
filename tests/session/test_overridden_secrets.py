"""A user secret that another value overrides says so: a student's own key has no effect where the hub sets the class's."""

from __future__ import annotations

import pytest

from aiconn_nb import Session
from aiconn_nb.ui.widgets.form_checks import keep_secret


def test_a_secret_below_a_variable_warns(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is used instead of a secret that is saved or restored, for one environment or for all. A form says so, too."""
    monkeypatch.setenv("Course__ApiKey", "made-up-of-the-class")
    warning = "in Development, environment variable Course__ApiKey is used instead"
    saved = session.set_secret("Course:ApiKey", "made-up-of-ada"), session.set_secret("Course:ApiKey", "own", all=True)
    session.remove_secret("Course:ApiKey")
    assert [each.warnings for each in (*saved, session.restore_secret("Course:ApiKey"))] == [(warning,)] * 3
    kept = keep_secret(session, {"reference": "$Course:Other", "value": "made-up-of-ben"})
    assert kept.done == "$Course:Other is saved in the user secrets for Development."
    monkeypatch.setenv("Course__Other", "made-up-of-the-class")
    again = {"reference": "$Course:Other", "value": "made-up-of-cleo", "replaces": "Development"}
    assert keep_secret(session, again).done.endswith(f"But {warning.replace('ApiKey', 'Other')}.")


def test_a_secret_for_all_environments_below_one_of_the_current_warns(session: Session) -> None:
    """The secret of an environment is used there instead of one for all environments; the other way round, nothing is said."""
    assert session.set_secret("Course:ApiKey", "made-up-for-all", all=True).warnings == ()
    assert session.set_secret("Course:ApiKey", "made-up-for-one").warnings == ()
    assert session.set_secret("Course:ApiKey", "made-up-again", environment="Production").warnings == ()
    assert session.set_secret("Course:ApiKey", "made-up-new", all=True).warnings == (
        "in Development, the user secret of Development is used instead",
    )
