"""Keys that found their way into notebooks, and how they are taken out."""
