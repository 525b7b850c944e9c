"""Pure functions of ballots and rules: tallies, rates, fairness gates, proposals; standard library only."""
