"""The header of a safetensors file, read without torch: names, shapes and metadata. And JSON with care."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.regular_file import open_regular

_SHORT: Final = reprlib.Repr()
_SHORT.maxlevel = 2
MAX_HEADER: Final = 32 * 2**20
"""Bytes: room for the names of 100,000 classes. What is made of JSON takes twenty times as many."""


@dataclass(frozen=True)
class Header:
    """What stands before the numbers: the shape of each tensor, and text by name."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def read_header(path: Path) -> Header:
    """The header of a safetensors file: eight bytes of its length, little-endian, then JSON.

    Raises:
        ValueError: if it cannot be read, or is no safetensors file.
    """
    with open_regular(path, path.name) as (file, size):
        length = int.from_bytes(file.read(8), "little")
        content = file.read(length) if 0 < length <= min(size, MAX_HEADER) else b""
    try:
        tensors = parse_json(content)
        metadata = tensors.pop("__metadata__", {})
        return Header({name: tuple(tensor["shape"]) for name, tensor in tensors.items()}, metadata)
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError(t("{name} is no safetensors file.").format(name=path.name)) from None


def parse_json(text: bytes | str) -> Any:
    """The value of a JSON text from a file of unknown origin.

    Raises:
        ValueError: if it is none, or is nested deeper than a reader can follow.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(t("the JSON is nested too deeply")) from None


def printable(value: object) -> str:
    """What people are to read, from a file of unknown origin: one line of at most 200 characters.

    Of what holds others only the beginning is made into text: the whole may be endless.
    """
    holds_others = isinstance(value, Mapping | Sequence | Set) and not isinstance(value, str | bytes)
    text = _SHORT.repr(value) if holds_others else value
    return "".join(char for char in str(text)[:200] if char.isprintable())
