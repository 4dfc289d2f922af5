"""One spider for all sources: it works through the tasks of a plan."""
