"""What is done with profiles: saved, examined, found as the target of a question."""
