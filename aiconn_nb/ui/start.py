"""Where the terminal's ``aiconn`` begins: its version needs nothing that the commands need."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line of this process; answers its status."""
    if sys.argv[1:2] == ["--version"]:
        from aiconn_nb.model.version import VERSION

        print(f"aiconn {VERSION}")
        return 0
    # What is imported stays; to look through it for garbage again and again takes a tenth of a short command.
    gc.disable()
    from aiconn_nb.ui import cli

    gc.freeze()
    gc.enable()
    return cli.main()
