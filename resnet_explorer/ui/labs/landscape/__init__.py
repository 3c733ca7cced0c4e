"""On the page: the loss around trained weights (Li et al. 2018)."""
