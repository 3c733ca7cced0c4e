"""On the page: what every channel of every block makes of a photo."""
