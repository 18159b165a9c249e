"""What is done with connections: saved, explained, tested, brought back, given a new key."""
