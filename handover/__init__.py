"""What leaves the house: evidence packages, takedown batches, their verification."""
