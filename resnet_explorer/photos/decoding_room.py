"""Room for the pixels of photos that are decoded side by side: a few large ones would fill the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class DecodingRoom:
    """So many pixels at once; one photo of more has it alone."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def taking(self, pixels: int) -> Iterator[None]:
        """Wait until there is room, and have it as long as the block lasts."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._taken + pixels <= self.most)
            self._taken += pixels
        try:
            yield
        finally:
            with self._changed:
                self._taken -= pixels
                self._changed.notify_all()
