"""On the page: one photo through several networks: answers, maps, and where they disagree."""
