"""The augmentation of tiles: JPEG is JPEG, and what tells where a tile is from is set at random."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Generator, Tensor

from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.photos.tile import DETAIL_SIGMA, SIDE, as_seen, blurred, enlarged
from resnet_explorer.training.tile_augment import TileAugmentation, jpeg


@pytest.fixture(scope="module")
def tiles() -> Tensor:
    """The sample photos as tiles of whole levels: (N, 3, 64, 64), from 0 to 1."""
    small = [open_sample(each.name).image.resize((SIDE, SIDE), Image.Resampling.BICUBIC) for each in SAMPLES]
    return torch.from_numpy(np.stack([np.array(each) for each in small])).permute(0, 3, 1, 2) / 255


def pillows_jpeg(tiles: Tensor, quality: int) -> Tensor:
    kept = []
    for tile in tiles.mul(255).round().byte().permute(0, 2, 3, 1).numpy():
        file = io.BytesIO()
        Image.fromarray(tile).save(file, "JPEG", quality=quality, subsampling=0)
        kept.append(np.array(Image.open(file)))
    return torch.from_numpy(np.stack(kept)).permute(0, 3, 1, 2) / 255


def seeded(seed: int = 0) -> Generator:
    return torch.Generator().manual_seed(seed)


def levels(difference: Tensor) -> float:
    """The mean of the absolute differences, in levels of 256."""
    return float(difference.abs().mean() * 255)


class TestJpeg:
    @pytest.mark.parametrize("quality", [25, 50, 75, 90, 95])
    def test_loses_what_pillows_loses(self, tiles: Tensor, quality: int) -> None:
        ours = jpeg(tiles, torch.full((len(tiles),), float(quality)))
        theirs = pillows_jpeg(tiles, quality)
        # Measured: 0.7 to 1.6 levels. A file holds whole levels, and luma less 128; ours is neither.
        assert levels(ours - theirs) < 2
        assert levels(ours - tiles) == pytest.approx(levels(theirs - tiles), rel=0.05)

    def test_loses_the_less_the_better_it_is(self, tiles: Tensor) -> None:
        lost = [
            levels(jpeg(tiles, torch.full((len(tiles),), quality)) - tiles)
            for quality in (10.0, 25.0, 50.0, 75.0, 95.0, 100.0)
        ]
        assert lost == sorted(lost, reverse=True)
        assert lost[-1] < 0.5

    def test_each_picture_has_its_own_quality(self, tiles: Tensor) -> None:
        qualities = torch.tensor([20.0, 60.0, 95.0])
        together = jpeg(tiles[:1].repeat(3, 1, 1, 1), qualities)
        for index in range(3):
            alone = jpeg(tiles[:1], qualities[index : index + 1])[0]
            assert torch.allclose(together[index], alone, atol=1e-5)

    @pytest.mark.parametrize(("top", "left"), [(0, 5), (3, 0), (7, 7)])
    def test_an_offset_shifts_the_grid_of_blocks(self, tiles: Tensor, top: int, left: int) -> None:
        quality = torch.full((len(tiles),), 30.0)
        rows, columns = slice(8 - top, 56 - top), slice(8 - left, 56 - left)
        inner = tiles[:, :, rows, columns]  # whole blocks of the shifted grid
        shifted = jpeg(tiles, quality, (top, left))[:, :, rows, columns]
        assert torch.allclose(shifted, jpeg(inner, quality), atol=1e-4)
        assert levels(shifted - jpeg(tiles, quality)[:, :, rows, columns]) > 2

    @settings(max_examples=30)
    @given(st.integers(1, 3), st.integers(1, 9), st.floats(1, 100), st.integers(0, 7), st.integers(0, 7))
    def test_of_plain_grey_is_grey(
        self, count: int, blocks: int, quality: float, top: int, left: int
    ) -> None:
        grey = torch.full((count, 3, 8 * blocks, 8 * blocks), 0.5)
        after = jpeg(grey, torch.full((count,), quality), (top, left))
        assert after.shape == grey.shape
        assert torch.allclose(after, after[:1, :1, :1, :1].expand_as(after), atol=1e-4)


class TestAugmentation:
    @settings(max_examples=20)
    @given(st.integers(1, 4), st.sampled_from([8, 24, 64]), st.integers(4, 70), st.integers(0, 9))
    def test_gives_the_size_and_stays_within_range(self, count: int, side: int, size: int, seed: int) -> None:
        images = torch.rand(count, 3, side, side, generator=seeded(seed))
        changed = TileAugmentation()(images, size, seeded(seed))
        assert changed.shape == (count, 3, size, size)
        assert changed.min() >= 0 and changed.max() <= 1

    def test_comes_from_its_generator_alone(self, tiles: Tensor) -> None:
        augment = TileAugmentation()
        before = tiles.clone()
        first = augment(tiles, 64, seeded(3))
        torch.rand(5)
        assert torch.equal(first, augment(tiles, 64, seeded(3)))
        assert not torch.equal(first, augment(tiles, 64, seeded(4)))
        assert torch.equal(tiles, before), "the photos themselves stay"

    def test_scaled_to_nothing_it_moves_and_lights_nothing(self, tiles: Tensor) -> None:
        calm = TileAugmentation(jpeg=0, colour_sigma=(1.1, 1.1), sharpness=(0.27, 0.27)).scaled(0)
        assert (calm.area, calm.aspect, calm.light) == (1, 0, 0)
        tiles = tiles[:1].repeat(12, 1, 1, 1)
        changed, seen = calm(tiles, SIDE, seeded()), as_seen(tiles)
        as_is = [torch.allclose(a, b, atol=1e-4) for a, b in zip(changed, seen, strict=True)]
        mirrored = [torch.allclose(a, b.flip(2), atol=1e-4) for a, b in zip(changed, seen, strict=True)]
        assert all(a or b for a, b in zip(as_is, mirrored, strict=True))
        assert any(as_is) and any(mirrored)

    def test_scaling_leaves_softness_and_jpeg(self) -> None:
        whole, half = TileAugmentation(), TileAugmentation().scaled(0.5)
        assert (half.colour_sigma, half.quality, half.jpeg, half.sharpness) == (
            (whole.colour_sigma, whole.quality, whole.jpeg, whole.sharpness)
        )
        assert half.area == pytest.approx((1 + whole.area) / 2)
        assert (half.aspect, half.light) == pytest.approx((whole.aspect / 2, whole.light / 2))

    @pytest.mark.slow
    def test_as_many_pass_through_jpeg_as_told(self, tiles: Tensor) -> None:
        def changed(part: float) -> float:
            same = TileAugmentation(colour_sigma=(1e-3, 1e-3), jpeg=part, quality=(30, 30))
            pictures = tiles[:1].repeat(400, 1, 1, 1)
            after = same._through_jpeg(pictures, seeded(1))
            return float((after != pictures).any(1).any(1).any(1).float().mean())

        assert changed(0) == 0
        assert changed(1) == 1
        assert changed(0.85) == pytest.approx(0.85, abs=0.05)

    def test_the_sharpness_is_drawn_from_its_range(self, tiles: Tensor) -> None:
        augment = TileAugmentation(jpeg=0, light=0, sharpness=(0.1, 0.5)).scaled(0)
        many = tiles[:1].repeat(64, 1, 1, 1)
        after = augment(many, SIDE, seeded(5))
        detail = after - blurred(after, torch.full((64,), DETAIL_SIGMA))
        drawn = detail.flatten(1).std(1) / many.flatten(1).std(1)
        assert drawn.max() > 2.5 * drawn.min()

    @pytest.mark.parametrize("size", [64, 128])
    def test_in_use_nothing_is_random(self, tiles: Tensor, size: int) -> None:
        assert torch.equal(TileAugmentation().in_use(tiles, size), enlarged(as_seen(tiles), size))

    def test_crops_keep_at_least_the_part_that_is_told(self) -> None:
        # A ramp from left to right and one from top to bottom say which part of a tile a crop shows.
        ramp = (torch.arange(SIDE) + 0.5) / SIDE
        tile = torch.stack(
            [ramp.expand(SIDE, SIDE), ramp[:, None].expand(SIDE, SIDE), torch.zeros(SIDE, SIDE)]
        )
        crops = TileAugmentation(area=0.3)._crop(tile.repeat(200, 1, 1, 1), SIDE, seeded(2))
        width = (crops[:, 0, 0, -1] - crops[:, 0, 0, 0]).abs() * SIDE / (SIDE - 1)
        height = (crops[:, 1, -1, 0] - crops[:, 1, 0, 0]).abs() * SIDE / (SIDE - 1)
        assert (width * height).min() > 0.28
        assert (width * height).max() > 0.95
        assert (torch.log(width / height).abs() < 0.3).all()
        mirrored = (crops[:, 0, 0, -1] < crops[:, 0, 0, 0]).float().mean()
        assert mirrored.item() == pytest.approx(0.5, abs=0.15)
