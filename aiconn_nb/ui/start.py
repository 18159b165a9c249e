"""The entry point of the terminal's ``aiconn``. Its version needs none of the modules that the commands need."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line of this process and return its exit status."""
    if sys.argv[1:2] == ["--version"]:
        from aiconn_nb.model.version import VERSION

        print(f"aiconn {VERSION}")
        return 0
    # Imported modules stay; scanning them for garbage repeatedly takes a tenth of a short command.
    gc.disable()
    from aiconn_nb.ui import cli

    gc.freeze()
    gc.enable()
    return cli.main()
