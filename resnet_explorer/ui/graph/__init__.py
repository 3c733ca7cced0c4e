"""The Shortcuts page: its graph and controls, and the record of what was clicked."""
