"""What a test waits for, where nothing tells it when."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], pause: Callable[[], object] = lambda: time.sleep(0.05)) -> None:
    """Ask again after each pause; ten minutes are time enough for a busy machine."""
    latest = time.monotonic() + 600
    while not holds():
        assert time.monotonic() < latest, "it never came"
        pause()
