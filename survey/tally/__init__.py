"""Opening and counting."""
