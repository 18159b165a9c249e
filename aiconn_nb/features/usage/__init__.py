"""What was asked, and what it cost."""
