"""Counting beyond one county: many polls' ballots counted by one kernel, counts rolled up to the nation."""
