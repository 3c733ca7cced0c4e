"""What a server lets go of is the system's again, whatever small things lie between."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from tests.places import ROOT

HOLES = """
import ctypes, sys
import psutil
from resnet_explorer.serving.large_blocks import give_back_large_blocks

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "given back":
    give_back_large_blocks()
libc.free(libc.malloc(30 * 2**20))  # from now on, glibc keeps blocks of that size
blocks = []
for _ in range(200):
    blocks.append(libc.malloc(2**20))
    ctypes.memset(blocks[-1], 1, 2**20)
    libc.malloc(50_000)  # stays
held = psutil.Process().memory_info().rss
for block in blocks:
    libc.free(block)
print(held - psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps them")
@pytest.mark.parametrize(("which", "is_given_back"), [("kept", False), ("given back", True)])
def test_holes_between_what_stays_are_the_systems(which: str, is_given_back: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", HOLES, which], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (int(ran.stdout) > 150 * 2**20) is is_given_back
