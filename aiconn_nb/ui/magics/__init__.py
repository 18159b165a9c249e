"""IPython's face: ``%aiconn`` and ``%%aiconn``."""
