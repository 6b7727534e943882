"""What the customer writes: pure functions over text, standard library only."""
