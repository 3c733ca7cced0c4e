"""On the page: does a heatmap mean something? Four tests of it, each with a number for an answer."""
