"""Files of few bytes and pixels whose decoder would be busy for hours, or fill the memory, by their headers.

No other thread runs meanwhile. No camera and no program writes such a file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

MOST_SCANS: Final = 100
"""Of a JPEG, each of which is gone through for all pixels; a progressive one has ten."""
MOST_BLOCKS: Final = 300_000
"""Of a JPEG 2000, 500 bytes each: 25 megapixels in three colours, in blocks of 32 × 32, are 100,000."""
MOST_PACKETS: Final = 50_000_000
"""Its blocks, times the layers of quality that they are sent in."""
MOST_PARTS: Final = 100_000
"""Of a JPEG 2000's stream."""
MOST_STREAMS: Final = 100
"""In a file: what one begins with is met by chance once in four gigabytes."""
MOST_VALUES: Final = 100_000
"""Of one field of a TIFF, such as where its strips are; one strip a row are 10,000."""

_SCAN: Final = b"\xff\xda"
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""What is no part of a JPEG's compressed values."""
_STREAM: Final = b"\xff\x4f\xff\x51"
"""What a JPEG 2000's stream begins with, in whatever it lies."""
_IN_HEADERS: Final = frozenset(
    bytes.fromhex("50 51 52 53 55 57 58 59 5c 5d 5e 5f 60 61 63 64 74 75 76 77 78")
)
"""Its markers; at any other, readers look for the next one each in his own way."""
_COD, _COC, _SOT, _SOD = 0x52, 0x53, 0x90, 0x93
_BYTES_OR_TEXT: Final = (1, 2, 6, 7)
"""TIFF's types of what is taken as it is."""


def is_costly(data: bytes) -> bool:
    """Whether a file would take out of all proportion to be decoded.

    Args:
        data: the whole file, of any format.
    """
    return _has_many_scans(data) or _has_many_blocks(data) or _has_many_values(data)


def _has_many_scans(data: bytes) -> bool:
    if not data.startswith(b"\xff\xd8") or data.count(_SCAN) <= MOST_SCANS:
        return False
    # There may be more behind the first picture, such as a film.
    scans, place = 0, 2
    while scans <= MOST_SCANS and (found := _MARKER.search(data, place)) and found[0] != b"\xff\xd9":
        place = found.start()
        scans += found[0] == _SCAN
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return scans > MOST_SCANS


def _has_many_blocks(data: bytes) -> bool:
    if data.count(_STREAM) > MOST_STREAMS:
        return True
    place = data.find(_STREAM)
    while place >= 0:
        try:
            if any(
                blocks > MOST_BLOCKS or blocks * layers > MOST_PACKETS
                for blocks, layers in _blocks(data, place)
            ):
                return True
        except (struct.error, ValueError, IndexError, ZeroDivisionError):  # cut off: the decoder will say so
            pass
        place = data.find(_STREAM, place + 1)
    return False


def _blocks(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """What each header of a stream asks for: blocks at most, and layers."""
    right, below, left, above, tile_width, tile_height, tile_left, tile_above, components = (
        struct.unpack_from(">8IH", data, start + 8)
    )
    width, height = max(right - left, 0), max(below - above, 0)
    tiles = _parts(right - tile_left, tile_width) * _parts(below - tile_above, tile_height)

    def count(styles: int, at: int) -> int:
        levels, block_width, block_height = data[at : at + 3]
        precincts = data[at + 5 : at + 6 + levels] if styles & 1 else b"\xff" * (levels + 1)
        blocks = 0
        for level, precinct in enumerate(precincts):
            shrunk = min(levels - level, 32)
            halved = int(level > 0)  # the bands of all but the smallest are half as wide
            across = min(block_width % 16 + 2, max((precinct & 15) - halved, 0))
            down = min(block_height % 16 + 2, max((precinct >> 4) - halved, 0))
            blocks += _parts(width, 1 << (shrunk + across)) * _parts(height, 1 << (shrunk + down))
        total: int = components * (blocks + tiles * (levels + 1))
        return total

    layers, place = 1, start + 2
    for _ in range(MOST_PARTS):
        end = 0
        while (marker := struct.unpack_from(">BB", data, place)) != (0xFF, _SOD):
            (length,) = struct.unpack_from(">H", data, place + 2)
            if marker == (0xFF, _SOT):
                (part,) = struct.unpack_from(">I", data, place + 6)
                end = place + part if part else len(data)
            elif marker[0] != 0xFF or marker[1] not in _IN_HEADERS:
                yield MOST_BLOCKS + 1, 1
            elif marker[1] == _COD:
                styles, _, layers = struct.unpack_from(">BBH", data, place + 4)
                yield count(styles, place + 9), layers
            elif marker[1] == _COC:
                at = place + (5 if components < 257 else 6)
                yield count(data[at], at + 1), layers
            place += 2 + length
        place = end
        if data[place : place + 2] != bytes((0xFF, _SOT)):
            return
    yield MOST_BLOCKS + 1, 1


def _parts(whole: int, part: int) -> int:
    return -(-max(whole, 1) // part)


def _has_many_values(data: bytes) -> bool:
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return False
    is_big = data[2:3] == b"\x2b"  # so Pillow sees it
    head, entry = ("Q", "HHQQ") if is_big else ("I", "HHII")
    try:
        (place,) = struct.unpack_from(order + head, data, 8 if is_big else 4)
        (count,) = struct.unpack_from(order + ("Q" if is_big else "H"), data, place)
        first, size = place + (8 if is_big else 2), struct.calcsize(order + entry)
        fields = (struct.unpack_from(order + entry, data, first + size * number) for number in range(count))
        return any(kind not in _BYTES_OR_TEXT and values > MOST_VALUES for _, kind, values, _ in fields)
    except (struct.error, OverflowError):  # cut off, or places beyond all files
        return False
