"""Meetings and channels whose points become items of the one ledger."""
