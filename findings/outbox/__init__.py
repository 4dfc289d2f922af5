"""The outbox: what a crawl brought waits on this machine until the store has it."""
