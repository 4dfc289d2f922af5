"""Ads that were handed over visited again: what is asked for, and what comes of it."""
