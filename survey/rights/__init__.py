"""What the people concerned may do: check the own line, see the own results, speak up, take the own data."""
