"""The rule book: what Qiping promises, as sentences that run."""
