"""Mechanisms that pages share, apart from what they are used for."""
