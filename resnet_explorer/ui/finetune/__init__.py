"""Your photos, training on them, and how far the result can be trusted."""
