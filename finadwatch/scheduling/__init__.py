"""Plans that run by themselves: at the times of their schedules, each once, one run of a plan at a time."""
