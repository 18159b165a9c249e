"""The capabilities: one folder each, with its rules, its verbs and their results.

Other packages use only the names in a feature's ``__init__.pyi``. Its ``verbs.py`` builds on `core`; `app` combines all verbs.
"""
