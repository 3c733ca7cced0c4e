"""Large blocks of memory go back to the system when they are let go, so that a server does not grow all day.

Photos, activations and pictures come and go beside small things that stay. glibc takes blocks of up to 32 MiB
from its heap once one of that size was let go, and then the heap has holes that nobody else can have.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

LARGE: Final = 256 * 2**10
"""Bytes from which a block is the system's: a pass of ResNet-18 takes as long as without."""
_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD, <malloc.h>


def give_back_large_blocks() -> None:
    """Do so from now on in this process, where the C library can."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another library than glibc
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)
