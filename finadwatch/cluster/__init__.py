"""Many machines: crawl tasks over a broker, one queue a source. Celery loads only where it is used."""
