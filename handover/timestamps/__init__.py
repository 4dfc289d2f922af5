"""Time stamps (RFC 3161) over what was captured: lists of hashes, tokens of several authorities, their check."""
