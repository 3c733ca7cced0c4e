"""The order in which pixels are removed: by a map, or at random."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.common.i18n import t

Map = NDArray[np.float32]
"""(h, w): cells of a stage."""

Ranks = NDArray[np.int64]
"""(H, W): 0 at the pixel that comes first, H · W − 1 at the last."""

Shuffle = Literal["cells", "pixels"]
"""What is shuffled: the cells of the map, which leaves patches as large as its own, or single pixels."""


def upsampled(heat: Map, size: tuple[int, int]) -> NDArray[np.float32]:
    """The map at the size of the input, (H, W), bilinearly, as it is shown over the photo."""
    height, width = size
    picture = Image.fromarray(np.ascontiguousarray(heat, dtype=np.float32))
    return np.array(picture.resize((width, height), Image.Resampling.BILINEAR))


def ranked_by_map(heat: Map, size: tuple[int, int], seed: int = 0) -> Ranks:
    """The pixels in the order of the map, the hottest first; where it is level, in random order.

    Args:
        heat: the map.
        size: height and width of the input.
        seed: of the order among equals, so that a corner does not come first for being a corner.

    Raises:
        ValueError: for a map that is level everywhere, which puts no pixel first.
    """
    if float(heat.min()) == float(heat.max()):
        raise ValueError(t("The map has the same value everywhere: it puts no pixel before another."))
    return _ranked(upsampled(heat, size), np.random.default_rng(seed))


def ranked_at_random(heat: Map, size: tuple[int, int], shuffle: Shuffle, rng: np.random.Generator) -> Ranks:
    """The pixels in a random order: of the map with its cells shuffled, or of single pixels."""
    if shuffle == "pixels":
        return rng.permutation(size[0] * size[1]).reshape(size)
    shuffled = rng.permutation(heat.ravel()).reshape(heat.shape)
    return _ranked(upsampled(shuffled, size), rng)


def top_k_pixels(ranks: Ranks, share: float) -> NDArray[np.bool_]:
    """The mask (H, W) of the first pixels; their number, k, is that share of all, rounded."""
    return np.asarray(ranks < round(share * ranks.size))


def _ranked(values: NDArray[np.float32], rng: np.random.Generator) -> Ranks:
    order = np.lexsort((rng.random(values.size), -values.ravel()))
    ranks = np.empty(values.size, dtype=np.int64)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)
