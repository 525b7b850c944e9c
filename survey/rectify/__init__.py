"""The ledger from notice to reply."""
