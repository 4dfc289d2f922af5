"""One module a command; each offers `command`. Heavy rooms are imported inside the functions."""
