"""Which pixels a map puts first, and which chance would."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Map = NDArray[np.float32]
"""(h, w): cells of a stage."""

Rank = NDArray[np.int64]
"""(H, W): 0 at the pixel that comes first, H · W − 1 at the last."""

Chance = Literal["cells", "pixels"]
CHANCES: Final[tuple[Chance, ...]] = get_args(Chance)
"""What is shuffled: the cells of the map, which leaves patches as large as its own, or single pixels."""


def upsampled(heat: Map, size: tuple[int, int]) -> NDArray[np.float32]:
    """The map at the size of the input, (H, W), bilinearly, as it is shown over the photo."""
    height, width = size
    picture = Image.fromarray(np.ascontiguousarray(heat, dtype=np.float32))
    return np.array(picture.resize((width, height), Image.Resampling.BILINEAR))


def hottest_first(heat: Map, size: tuple[int, int], seed: int = 0) -> Rank:
    """The pixels in the order of the map; where it is level, in random order.

    Args:
        heat: the map.
        size: height and width of the input.
        seed: of the order among equals, so that a corner does not come first for being a corner.

    Raises:
        ValueError: for a map that is level everywhere, which puts no pixel first.
    """
    if float(heat.min()) == float(heat.max()):
        raise ValueError("The map has the same value everywhere: it puts no pixel before another.")
    return _ranked(upsampled(heat, size), np.random.default_rng(seed))


def by_chance(heat: Map, size: tuple[int, int], chance: Chance, generator: np.random.Generator) -> Rank:
    """The pixels in a random order: of the map with its cells shuffled, or of single pixels."""
    if chance == "pixels":
        return generator.permutation(size[0] * size[1]).reshape(size)
    shuffled = generator.permutation(heat.ravel()).reshape(heat.shape)
    return _ranked(upsampled(shuffled, size), generator)


def first(rank: Rank, share: float) -> NDArray[np.bool_]:
    """The mask (H, W) of that share of the pixels, the first ones; the count is rounded."""
    return np.asarray(rank < round(share * rank.size))


def _ranked(values: NDArray[np.float32], generator: np.random.Generator) -> Rank:
    order = np.lexsort((generator.random(values.size), -values.ravel()))
    rank = np.empty(values.size, dtype=np.int64)
    rank[order] = np.arange(values.size)
    return rank.reshape(values.shape)
