"""Many photos: where they come from, what a network says of them, and what is kept of it."""
