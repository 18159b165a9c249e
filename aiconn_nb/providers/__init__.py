"""Providers: plug-ins that build an SDK's client, and the calls that are made through them."""
