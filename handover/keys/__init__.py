"""The keys that sign packages and batches: ours and their history, other offices' that are trusted here."""
