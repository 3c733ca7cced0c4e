"""Runs that are kept: queue, status, worker processes, results to take away."""
