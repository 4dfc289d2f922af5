"""Readers of pages, one module a kind of source, and what they share. All pure."""
