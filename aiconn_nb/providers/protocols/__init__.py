"""What goes over the wire: the requests and answers of each protocol, and the base classes of the providers that use it."""
