"""What commands do besides calling their verb: the questions before it, and the output while it runs.

One file per feature, with the feature's name. `aiconn_nb.ui.shell.derived` imports it when a command of the feature is first used.
"""
