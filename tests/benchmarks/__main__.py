"""Prints the table: `python -m tests.benchmarks [PART] …`, all parts unless told.

Every row is a ratio taken in one run, side by side. No test asserts any of it.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys

import torch

from tests.benchmarks.timing import HEADER

PARTS = (
    "plans",
    "reruns",
    "predictions",
    "browser",
    "graph",
    "features",
    "inside",
    "many",
    "training",
    "first_point",
    "gradients",
    "ablation",
    "landscape",
    "labs",
    "classroom",
)


def main(parts: list[str]) -> int:
    unknown = set(parts) - set(PARTS)
    if unknown:
        print(f"{', '.join(sorted(unknown))}: unknown; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, {platform.machine()}, torch {torch.__version__}, eager float32\n")
    print(HEADER)
    for part in parts or PARTS:
        for row in importlib.import_module(f"tests.benchmarks.{part}").rows():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
