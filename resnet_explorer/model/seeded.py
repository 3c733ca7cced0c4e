"""Random numbers by a seed, from torch's own generator: all threads of a server share it, and take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_drawing = threading.RLock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """As long as the block lasts, torch's generator draws by the seed; then it is as it was.

    Another thread that wants the same waits: else each would draw by the other's seed.
    """
    with _drawing, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
