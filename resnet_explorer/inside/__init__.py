"""One photo in one network: what goes into each block, what the block adds to it, and the answer's parts."""
