"""aiconn_nb: AI-provider connections for notebooks.

A *connection* is a named account with an AI provider. ``%load_ext aiconn_nb`` gives ``%aiconn``; the same verbs in Python::

    import aiconn_nb as aiconn

    aiconn.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    aiconn.use("openai-dev")
    client = aiconn.client()

Importing this package imports nothing else: the names in ``public_names.py`` are fetched when they are first used.
"""

from __future__ import annotations

from aiconn_nb import working_folder

# Before any other import: a file of the working folder must not replace a library.
working_folder.leave_out()

import lazy_loader  # noqa: E402

from aiconn_nb.public_names import HOMES  # noqa: E402

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=HOMES)
__all__ = [name for name in __all__ if name != "map"]  # `import *` must not replace the built-in


def load_ipython_extension(shell: object) -> None:
    """``%load_ext aiconn_nb``: add the magics and their completion."""
    from aiconn_nb.ui.magics.extension import load

    load(shell)


def unload_ipython_extension(shell: object) -> None:
    """``%unload_ext aiconn_nb``: leave IPython as it was."""
    from aiconn_nb.ui.magics.extension import unload

    unload(shell)
