"""What ``%load_ext`` adds to a shell, and ``%unload_ext`` removes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from IPython.core.getipython import get_ipython

from aiconn_nb.model.hint import Interface, begin, end

from .magics import AiconnMagics
from .questions import Question

if TYPE_CHECKING:
    from aiconn_nb.features.requirements import Requirements


_REQUIREMENTS: Final = ("aiconn_nb.features.requirements.results", "Requirements")


def _show_needs(found: Requirements) -> None:
    """Show the needs of a notebook: as a widget with remedies if a page can show it and something is missing, else as a table."""
    from IPython.display import display

    from aiconn_nb.ui.progress import updates_arrive
    from aiconn_nb.ui.render import bundle_of

    from .notebook_console import NotebookConsole

    shell = get_ipython()
    if found.ok or not updates_arrive(shell, surely=False) or not NotebookConsole(shell).can_ask:
        display(bundle_of(found), raw=True)  # type: ignore[no-untyped-call]
        return
    from aiconn_nb.ui.widgets.needs import Needs

    Needs(found)._ipython_display_()


def load(shell: Any) -> None:
    """Add ``%aiconn``, ``%%aiconn`` and their completion."""
    from . import completer

    begin(Interface.NOTEBOOK)
    shell.register_magics(AiconnMagics)
    transformers = shell.input_transformer_manager.token_transformers
    if Question not in transformers:
        transformers.append(Question)
    shell.display_formatter.ipython_display_formatter.for_type_by_name(*_REQUIREMENTS, _show_needs)
    if getattr(shell, "Completer", None) is not None:
        completer.add(shell)


def unload(shell: Any) -> None:
    """Remove what `load` added."""
    from . import completer

    end(Interface.NOTEBOOK)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("aiconn", None)
    transformers = shell.input_transformer_manager.token_transformers
    if Question in transformers:
        transformers.remove(Question)
    formatter = shell.display_formatter.ipython_display_formatter
    formatter.deferred_printers.pop(_REQUIREMENTS, None)
    formatter.type_printers = {kind: show for kind, show in formatter.type_printers.items() if show is not _show_needs}
    shell.magics_manager.registry.pop(AiconnMagics.__name__, None)
    if getattr(shell, "Completer", None) is not None:
        completer.remove(shell)
