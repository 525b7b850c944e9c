"""Between the count and any consequence."""
