"""On the page: batch normalization by hand, step by step."""
