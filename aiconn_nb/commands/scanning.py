"""The command that finds keys in notebooks: scan."""

from __future__ import annotations

from aiconn_nb.display import Answer
from aiconn_nb.session.session import Session

from .command import Arg, Command, Words
from .console import Console


def _scan(session: Session, words: Words, console: Console) -> Answer:
    return session.scan(*words.notebook, fix=words.fix)


COMMANDS = (
    Command(
        "scan",
        "find keys in notebooks: cells, outputs, metadata, widget state; status 1 where there are some",
        _scan,
        (
            Arg("notebook", "the notebooks' files", "", {"nargs": "+"}),
            Arg(
                "--fix", "take them out of outputs and widget state, leaving a backup", options={"action": "store_true"}
            ),
        ),
        ("scan lesson.ipynb", "scan lesson.ipynb --fix"),
    ),
)
