"""Experiments on the page: a question and a guess, then the answer."""
