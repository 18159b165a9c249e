"""What went wrong in a call: one kind of failure for each error of an SDK, a server, the network or this machine."""
