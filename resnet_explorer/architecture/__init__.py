"""The path of the feature map, the arithmetic of its steps, Table 1, what layers cost.

The rows of its tables, as those of notebook and command line, are made in `network/table_rows`.
"""
