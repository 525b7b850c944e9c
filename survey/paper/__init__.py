"""Paper ballots: printed, marked with a pen, scanned, decided where the reader may not, sealed."""
