"""监测简报 and 专报: what was seen, how much of it was looked at, what was handed over and what came of it."""
