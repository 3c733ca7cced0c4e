"""On the page: runs that are kept: queue, status, worker processes, results to take away."""
