"""What a search word means, the same on every store: `terms` reads a query, `fold` says which
spellings are one, `highlight` finds the words in an ad, `cursor` marks a place between pages."""
