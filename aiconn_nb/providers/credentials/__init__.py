"""Credentials that no setting holds, and what keeps every credential out of answers and logs."""
