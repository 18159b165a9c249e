"""What is kept secret for me? The master key, sealed values, and the user's own secrets files."""
