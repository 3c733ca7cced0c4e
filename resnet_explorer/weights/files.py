"""The header of a safetensors file, read without torch: names, shapes and metadata."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_HEADER: Final = 100_000_000
"""Bytes; the format's own limit (github.com/huggingface/safetensors, README)."""


@dataclass(frozen=True)
class Header:
    """What stands before the numbers: the shape of each tensor, and text by name."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def read_header(path: Path) -> Header:
    """The header of a safetensors file: eight bytes of its length, little-endian, then JSON.

    Raises:
        ValueError: if it is no safetensors file.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        content = file.read(length) if 0 < length <= MAX_HEADER else b""
    try:
        tensors = json.loads(content)
        metadata = tensors.pop("__metadata__", {})
        return Header({name: tuple(tensor["shape"]) for name, tensor in tensors.items()}, metadata)
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError(f"{path.name} is no safetensors file.") from None
