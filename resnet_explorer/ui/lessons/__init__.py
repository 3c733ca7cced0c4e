"""Lessons on the pages: the bar over them, questions, what is hidden, and lessons of one's own."""
