"""The attack on ourselves: a rehearsal poll, then everything an intruder can read afterwards."""
