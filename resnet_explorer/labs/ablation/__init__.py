"""A trained network with shortcuts cut and blocks left out, and what it still knows."""
