"""One window over one map, a convolution small enough to check by hand, receptive fields."""
