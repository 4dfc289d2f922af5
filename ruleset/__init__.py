"""Data only: rules, lexicons, law, routing, samples."""
