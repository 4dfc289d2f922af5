"""Command line, configuration and wiring: the only place that knows every room."""
