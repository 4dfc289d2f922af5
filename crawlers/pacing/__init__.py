"""How fast a crawl may ask one host, and how it slows down where it is not welcome."""
