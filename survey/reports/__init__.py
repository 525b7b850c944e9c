"""What leaves the desk on paper or as a file: the monthly note, tables, slips for researchers, changes."""
