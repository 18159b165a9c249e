"""The IPython extension: ``%aiconn`` and ``%%aiconn``."""
