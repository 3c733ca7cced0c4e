"""The Architecture page: its views, and the network to take home."""
