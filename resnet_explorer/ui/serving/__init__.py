"""On the pages: who asks, what is theirs, and what they may do in a class."""
