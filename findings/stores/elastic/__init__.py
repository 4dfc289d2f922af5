"""The store of a shared installation: Elasticsearch 9, core features only (design §7)."""
