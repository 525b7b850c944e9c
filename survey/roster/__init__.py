"""Who is rated and who rates."""
