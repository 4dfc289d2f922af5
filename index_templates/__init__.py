"""Data only: Elasticsearch component and index templates."""
