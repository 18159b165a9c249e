"""What a call is made of: streams and their events, retries, deadlines, threads and event loops."""
