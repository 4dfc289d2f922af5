"""Which addresses a crawl may reach, and the one door through which it reaches them."""
