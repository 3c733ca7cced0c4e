"""What every channel of every block makes of a photo."""
