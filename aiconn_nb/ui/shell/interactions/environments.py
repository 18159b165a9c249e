"""The environment command switches the environment only in a kernel."""

from __future__ import annotations

from aiconn_nb.errors import NoKernelForEnvironment
from aiconn_nb.features.app import Session
from aiconn_nb.session.results import Result

from ..command import Words
from ..console import Console
from ..derived import Call, interaction


@interaction("env")
def env(session: Session, words: Words, console: Console, call: Call) -> Result:
    """Switch the environment, if there is a kernel that can hold it."""
    if words.name and not console.has_kernel:
        raise NoKernelForEnvironment(environment=words.name)
    return call()  # type: ignore[no-any-return]
