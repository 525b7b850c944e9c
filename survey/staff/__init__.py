"""People at the desk: accounts, roles, signing in."""
