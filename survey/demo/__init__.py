"""The sample county and its three quarters, run through the real doors."""
