"""What a network is, before it is built: its spec, its plan, its name in a link. Never torch."""
