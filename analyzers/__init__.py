"""Text to judgement. Pure: no network, no store, no clock."""
