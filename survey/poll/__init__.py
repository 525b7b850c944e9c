"""One quarter's poll, from draft to closing."""
