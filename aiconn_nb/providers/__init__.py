"""Providers: plug-ins that build an SDK's client, and the calls that are made through them.

From the bottom up, each of these imports only those before it:

1. ``values/``: what a provider declares, and what goes in and out of its calls
2. ``base.py``: the base class of providers
3. ``failures/``: which kind of failure an error is
4. ``credentials/``: keys that no setting holds, and what keeps any key out of answers and logs
5. ``clients/``: an SDK's client from its connection alone
6. ``calls/``: streams, retries, deadlines, threads
7. ``protocols/``: requests and answers on the wire, and the base classes of the providers that use them
8. ``plug_ins/``: which providers there are
9. ``openai.py`` and the other modules with one provider or one family
10. ``account.py``: a provider with settings, ready to be called; then ``exports.py``, ``probing.py`` and ``testing.py``
"""
