"""The photo of the session, and the square of it that is seen."""
