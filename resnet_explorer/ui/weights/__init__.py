"""Which trained values the network of the session has: chosen, fetched, read from a file."""
