"""What a session keeps: its network, its results, its jobs."""
