"""What ``%load_ext`` adds to a shell, and ``%unload_ext`` removes."""

from __future__ import annotations

from typing import Any

from aiconn_nb.model.hint import Face, begin, end

from .magics import AiconnMagics
from .questions import Question


def load(shell: Any) -> None:
    """Add ``%aiconn``, ``%%aiconn`` and their completion."""
    from .completer import aiconn_matcher

    begin(Face.NOTEBOOK)
    shell.register_magics(AiconnMagics)
    transformers = shell.input_transformer_manager.token_transformers
    if Question not in transformers:
        transformers.append(Question)
    completer = getattr(shell, "Completer", None)
    if completer is not None and aiconn_matcher not in completer.custom_matchers:
        completer.custom_matchers.append(aiconn_matcher)


def unload(shell: Any) -> None:
    """Remove what `load` added."""
    from .completer import aiconn_matcher

    end(Face.NOTEBOOK)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("aiconn", None)
    transformers = shell.input_transformer_manager.token_transformers
    if Question in transformers:
        transformers.remove(Question)
    shell.magics_manager.registry.pop(AiconnMagics.__name__, None)
    completer = getattr(shell, "Completer", None)
    if completer is not None and aiconn_matcher in completer.custom_matchers:
        completer.custom_matchers.remove(aiconn_matcher)
