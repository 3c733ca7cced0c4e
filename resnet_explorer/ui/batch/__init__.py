"""On the page: many photos through one network: results, and a figure for each."""
