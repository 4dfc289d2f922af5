"""Officers' work on cases, pure: states, readings, deadlines, the queue's order, exclusions, the trail's chain."""
