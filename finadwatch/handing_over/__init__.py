"""Batches worked on a store: drafted, looked at, approved, sealed, sent, made void; each step is in the trail."""
