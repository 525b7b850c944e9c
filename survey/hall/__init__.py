"""All that an entrepreneur reaches; it knows the box and the board alone."""
