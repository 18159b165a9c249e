"""``python -m aiconn_nb``: the terminal's ``aiconn``, if the environment's scripts are not on the path."""

import sys

from aiconn_nb.ui.start import main

if __name__ == "__main__":
    sys.exit(main())
