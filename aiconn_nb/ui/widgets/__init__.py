"""The graphical interface in the notebook: list, form, and both as the manager. Importing this package imports none of them."""
