"""The parts of the page that looks inside a block."""
