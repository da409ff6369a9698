"""Devices on lines of their own: what is at the bench's end of each line; no I/O, no world."""
