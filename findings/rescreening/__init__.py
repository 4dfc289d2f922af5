"""Judging an archive again after rules, lists or models changed: what counts as changed, slices, progress. Pure."""
