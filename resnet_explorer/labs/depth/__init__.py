"""A gradient and a signal, measured through the depth of plain and residual networks."""
