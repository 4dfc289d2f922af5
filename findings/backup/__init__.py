"""Backups of a store and of its evidence files: what one says of itself, and what is refused."""
