"""Which pixels come first: in the order of the map, by chance, and in what numbers."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.faithfulness.pixel_ranking import (
    ranked_at_random,
    ranked_by_map,
    top_k_pixels,
    upsampled,
)

sides = st.integers(1, 12)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), dtype=np.float32)


@given(sides, sides, st.integers(12, 60), st.integers(12, 60))
def test_the_map_grows_as_torch_and_so_torchcam_would_have_it(
    h: int, w: int, height: int, width: int
) -> None:
    heat = noise(h, w)
    theirs = torch.nn.functional.interpolate(
        torch.from_numpy(heat)[None, None], (height, width), mode="bilinear", align_corners=False
    )
    assert upsampled(heat, (height, width)) == pytest.approx(theirs[0, 0].numpy(), abs=1e-5)


@given(st.integers(1, 12), st.integers(2, 12), st.integers(12, 40), st.integers(12, 40))
def test_every_pixel_has_a_place_and_hotter_ones_come_before(h: int, w: int, height: int, width: int) -> None:
    heat = noise(h, w)
    rank = ranked_by_map(heat, (height, width))
    assert sorted(rank.ravel().tolist()) == list(range(height * width))
    in_order = upsampled(heat, (height, width)).ravel()[np.argsort(rank.ravel())]
    assert (np.diff(in_order) <= 0).all()


def test_where_the_map_is_level_no_corner_comes_first() -> None:
    heat = np.zeros((8, 8), dtype=np.float32)
    heat[4, 4] = 1.0
    rank = ranked_by_map(heat, (32, 32))
    level = upsampled(heat, (32, 32)) == 0
    rows = np.nonzero(level)[0][np.argsort(rank[level])]  # the rows of the level pixels in their order
    assert level.sum() == 1024 - 8 * 8  # one cell of 4 pixels reaches 2 pixels into its neighbours
    assert abs(rows[:200].mean() - 15.5) < 2  # in the order of the file these would be rows 0 to 6
    assert np.array_equal(rank, ranked_by_map(heat, (32, 32)))
    assert not np.array_equal(rank, ranked_by_map(heat, (32, 32), seed=1))


@given(st.floats(0, 1), sides, sides)
def test_a_share_is_that_many_pixels(share: float, height: int, width: int) -> None:
    rank = ranked_at_random(np.ones((1, 1), np.float32), (height, width), "pixels", np.random.default_rng(0))
    assert top_k_pixels(rank, share).sum() == round(share * height * width)


def test_a_fifth_of_32_by_32_is_205_pixels() -> None:
    assert top_k_pixels(ranked_by_map(noise(8, 8), (32, 32)), 0.2).sum() == 205


def test_shuffled_cells_leave_patches_and_shuffled_pixels_leave_dust() -> None:
    def edges(mask: np.ndarray) -> int:
        return int((mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum())

    heat, generator = noise(8, 8), np.random.default_rng(0)
    own = edges(top_k_pixels(ranked_by_map(heat, (64, 64)), 0.5))
    cells = edges(top_k_pixels(ranked_at_random(heat, (64, 64), "cells", generator), 0.5))
    pixels = edges(top_k_pixels(ranked_at_random(heat, (64, 64), "pixels", generator), 0.5))
    assert 0.6 < cells / own < 1.6
    assert pixels > 5 * cells


def test_a_level_map_is_refused() -> None:
    with pytest.raises(ValueError, match=r"same value everywhere: it puts no pixel before another\.$"):
        ranked_by_map(np.full((8, 8), 3.0, np.float32), (32, 32))
