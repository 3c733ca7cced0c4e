"""Batch normalization by hand, step by step."""
