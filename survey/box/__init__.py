"""The anonymous side: sealed envelopes, their pigeonholes, opening and public notices."""
