"""Work on many things side by side, its results in the order of the things."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

from resnet_explorer.common.i18n import with_language_of_now

S = TypeVar("S")
T = TypeVar("T")

THREADS: Final = max(1, min(4, os.cpu_count() or 1))
"""Side by side; a thread that decodes may hold a photo of `MAX_PIXELS` for a moment."""
AHEAD: Final = 64


def in_order(work: Callable[[S], T], things: Iterable[S], ahead: int = AHEAD) -> Generator[T, None, None]:
    """What the work makes of each thing, done on threads, in the order of the things.

    Args:
        work: makes one of them.
        things: taken as they are needed, no more than `ahead` of who takes the results.
        ahead: how many results may wait, done or to be done.

    Raises:
        Exception: what the work raises, when its turn comes.
    """
    waiting: deque[Future[T]] = deque()
    source = iter(things)
    pool = ThreadPoolExecutor(THREADS)
    work = with_language_of_now(work)
    try:
        while True:
            waiting.extend(pool.submit(work, thing) for thing in islice(source, ahead - len(waiting)))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:  # also when nobody asks for the rest
        pool.shutdown(wait=False, cancel_futures=True)
