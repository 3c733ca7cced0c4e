"""Who computes now: one at a time, a single pass before a piece of long work, and each person in turn.

A pass of torch uses all cores; passes side by side would starve the server, which then answers nobody for
seconds. Long work comes in pieces (`common.progress`). Between two of them goes whoever waits for a single
pass, such as a prediction. Long work itself is done by turns: whoever had one goes to the end of the queue,
however much of it one person has begun.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

TURN: Final = 10.0
"""Seconds of long work that one person gets while others wait."""
GONE: Final = 3.0
"""Seconds without a word after which somebody's place is given up: the page was closed, or left."""


class Gate:
    """It is held for a single pass by `with gate:`, for a piece of long work by `with gate.piece(who, …)`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free = threading.Condition()
        self._is_held = False
        self._passes = 0
        self._queue: dict[Hashable, float] = {}
        """Who has long work to do, and when they were last heard of; the first has the turn."""
        self._turn: tuple[Hashable, float] | None = None
        """Whose turn it is, and since when."""

    def __enter__(self) -> None:
        with self._free:
            self._passes += 1
            try:
                self._free.wait_for(lambda: not self._is_held)
            finally:
                self._passes -= 1
            self._is_held = True

    def __exit__(self, *_: object) -> None:
        self._let_go()

    @contextmanager
    def piece(self, who: Hashable, patience: float) -> Iterator[bool]:
        """Hold it for a piece of long work, once it is their turn and nobody waits for a single pass.

        Args:
            who: has the work; all that one person has shares their turns.
            patience: seconds to wait at most.

        Returns:
            Whether it is held; else the caller asks again, and the place in the queue is kept.
        """
        is_held = self._begin(who, patience)
        try:
            yield is_held
        finally:
            if is_held:
                self._let_go(who)

    def before(self, who: Hashable) -> int:
        """How many others have their turn before them."""
        with self._free:
            self._first()
            return list(self._queue).index(who) if who in self._queue else len(self._queue)

    def leave(self, who: Hashable) -> None:
        """Their work is done or was stopped: the next may have the turn at once."""
        with self._free:
            self._queue.pop(who, None)
            self._free.notify_all()

    def _begin(self, who: Hashable, patience: float) -> bool:
        until = self._clock() + patience
        with self._free:
            self._first()  # who comes back begins another turn
            while True:
                self._queue[who] = now = self._clock()
                if not (self._is_held or self._passes) and self._first() == who:
                    self._is_held = True
                    return True
                if now >= until:
                    return False
                self._free.wait(min(until - now, GONE / 2))

    def _let_go(self, who: Hashable = None) -> None:
        with self._free:
            self._is_held = False
            if who in self._queue:
                self._queue[who] = self._clock()
            self._free.notify_all()

    def _first(self) -> Hashable:
        """Whose turn it is now."""
        now = self._clock()
        if not self._is_held:  # else the one who holds it is at work, and says nothing
            self._queue = {who: heard for who, heard in self._queue.items() if now - heard <= GONE}
        first = next(iter(self._queue), None)
        if self._turn and first == self._turn[0] and now - self._turn[1] >= TURN and len(self._queue) > 1:
            self._queue[first] = self._queue.pop(first)
            first = next(iter(self._queue))
        if self._turn is None or first != self._turn[0]:
            self._turn = (first, now)
        return first
