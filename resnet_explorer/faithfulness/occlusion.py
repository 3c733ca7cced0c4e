"""Superpixels occluded one by one: what the network itself needs, with no gradient.

Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, ECCV 2014 ("Occlusion Sensitivity"):
a grey square is moved. Superpixels follow the edges of the photo instead: SLIC, Achanta et al., TPAMI 2012.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.map_similarity import rank_correlation
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.faithfulness.pixel_ranking import Map, upsampled

Segments = NDArray[np.int64]
"""(H, W): the number of each pixel's segment, from 0."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """The probability without each segment, and the map's mean in it.

    Attributes:
        segments: the photo's.
        whole: the probability with nothing occluded.
        without: the probability without each segment; all of them only at the end.
        heat: the map's mean in each segment.
    """

    segments: Segments
    whole: float
    without: NDArray[np.float64]
    heat: NDArray[np.float64]

    @property
    def drops(self) -> NDArray[np.float64]:
        """By how much the probability falls without each segment; below 0 where it rises."""
        return self.whole - self.without

    @cached_property
    def correlation(self) -> float | None:
        """Spearman's, of the map's means and the drops; None where one of them is level."""
        return rank_correlation(self.heat[: len(self.drops)], self.drops)

    @property
    def picture(self) -> NDArray[np.float64]:
        """(H, W): the drop at each pixel's segment; 0 where it is not known yet."""
        drops = np.zeros(len(self.heat))
        drops[: len(self.drops)] = self.drops
        return np.asarray(drops[self.segments])


def superpixels(photo: Image.Image, count: int) -> Segments:
    """SLIC's segments of a photo, of about that count, numbered from 0 without a gap."""
    from skimage.segmentation import slic  # here, for it takes a while to load

    labels = slic(np.asarray(photo.convert("RGB")), n_segments=count, compactness=10, start_label=0)
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int64)


def segment_means(values: NDArray[np.float32], segments: Segments) -> NDArray[np.float64]:
    """The mean of the values (H, W) in each segment."""
    flat = segments.ravel()
    return np.asarray(np.bincount(flat, weights=values.ravel()) / np.bincount(flat))


def occlusion(forward: MaskedForward, heat: Map, segments: Segments) -> Iterator[Step[Occlusion]]:
    """The probability without each segment.

    Args:
        forward: the network and the photo.
        heat: the map that is held against it.
        segments: as `superpixels` gives them, (H, W) of the input.

    Yields:
        Photos done; the answer so far.
    """
    whole, count = forward.probability(), int(segments.max()) + 1
    warmth = segment_means(upsampled(heat, forward.size), segments)
    for step in forward.probabilities_without((segments == number for number in range(count)), count):
        if step.answer is not None:
            yield Step(step.done, count, Occlusion(segments, whole, step.answer, warmth))
