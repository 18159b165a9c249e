"""What the base class speaks of: what a provider declares, and what goes in and out of its calls."""
