"""Basic blocks and bottlenecks: what they cost, and a tensor on its way through one."""
