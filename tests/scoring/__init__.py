"""Rules of this part of the house."""
