"""What is large and takes long to make, kept while there is room: what was asked for last stays longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SizedCache(Generic[T]):
    """Things by their keys, shared by threads.

    Room is counted in bytes and not in things: a dozen small networks take less than one ResNet-152.
    One thing alone may take more than there is.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._things: OrderedDict[str, tuple[int, T]] = OrderedDict()
        self._order = threading.Lock()
        self._making = threading.Lock()

    def get(self, key: str, size: int, make: Callable[[], T]) -> T:
        """The thing of that key; it is made if it is not there, once for all who ask.

        Args:
            key: its name.
            size: bytes that it takes.
            make: makes it; what it raises is raised, and nothing is kept.
        """
        found = self._found(key)
        if found is not None:
            return found
        with self._making:
            found = self._found(key)  # by another thread, while this one waited
            return self._put(key, size, make()) if found is None else found

    def keys(self) -> list[str]:
        """What is there, the one that goes first at the front."""
        with self._order:
            return list(self._things)

    def _found(self, key: str) -> T | None:
        with self._order:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][1]

    def _put(self, key: str, size: int, thing: T) -> T:
        with self._order:
            self._things[key] = (size, thing)
            while len(self._things) > 1 and sum(size for size, _ in self._things.values()) > self.room:
                self._things.popitem(last=False)
        return thing
