"""The loss around trained weights (Li et al. 2018)."""
