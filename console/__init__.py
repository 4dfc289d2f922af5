"""The web desk for officers."""
