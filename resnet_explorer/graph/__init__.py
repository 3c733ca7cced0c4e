"""The network as a graph of solid and dashed shortcuts: what is drawn, where it stands, how it looks."""
