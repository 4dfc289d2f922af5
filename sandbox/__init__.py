"""A small web of our own writing, served on loopback."""
