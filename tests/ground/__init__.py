"""Rules of the ground: settings, time, commands."""
