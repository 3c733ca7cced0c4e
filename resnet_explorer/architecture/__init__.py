"""The path of the feature map, the arithmetic of its steps, Table 1, what layers cost."""
