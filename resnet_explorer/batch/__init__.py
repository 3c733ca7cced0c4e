"""Many photos through one network: predictions in batches, counted, sorted and written down."""
