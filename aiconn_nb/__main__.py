"""``python -m aiconn_nb``: the terminal's ``aiconn``, where the scripts of an environment are not on the path."""

import sys

from aiconn_nb.ui.start import main

if __name__ == "__main__":
    sys.exit(main())
