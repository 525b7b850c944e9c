"""The remote channel at the desk: leaders switch it on, inspectors print letters and open the voting."""
