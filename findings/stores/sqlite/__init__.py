"""The embedded store: one SQLite file, for one desk. Its layout is `schema.sql`."""
