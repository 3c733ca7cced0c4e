"""One photo through several networks: answers, maps, and where they disagree."""
