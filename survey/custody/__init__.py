"""Keeping a box: the rehearsal before a poll, the destruction by two bodies when its time is over."""
