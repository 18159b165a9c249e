"""Testing a connection: which rung of a ladder holds, and what a refusal says of the key."""
