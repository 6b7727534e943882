"""The business in plain Python: standard library only, clock and ids are arguments."""
