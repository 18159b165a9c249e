"""Who can build a client? Provider plug-ins, and the calls that are made through them."""
