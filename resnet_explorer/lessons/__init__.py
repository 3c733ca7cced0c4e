"""A path through the pages: steps that are links, with a few words and, where wanted, a question."""
