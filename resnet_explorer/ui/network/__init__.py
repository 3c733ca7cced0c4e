"""The controls that build a network."""
