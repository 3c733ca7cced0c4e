"""A tile: colours softened, detail set, and the square of a photo made into one."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage
from torch import Tensor
from torchvision.transforms.v2.functional import gaussian_blur

from resnet_explorer.photos.crop import View, crop_box, crop_photo
from resnet_explorer.photos.decode import Photo
from resnet_explorer.photos.preprocessing import Preprocessing, read_preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.photos.tile import (
    COLOUR_SIGMA,
    DETAIL_SIGMA,
    RGB_TO_YCC,
    SHARPNESS,
    SIDE,
    YCC_TO_RGB,
    as_seen,
    blurred,
    enlarged,
    mixed,
    seen_small,
    soft_colours,
    with_sharpness,
)

TILE = Preprocessing(224, 224, (0.48, 0.45, 0.4), (0.25, 0.25, 0.25), tile=SIDE)
WRITTEN = {"resize": 224, "crop": 224, "mean": [0.5] * 3, "std": [0.2] * 3}
LUMA = torch.tensor([0.299, 0.587, 0.114])


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def same(count: int, value: float) -> Tensor:
    return torch.full((count,), value)


class TestBlur:
    @pytest.mark.parametrize("sigma", [0.8, 1.0, 1.1, 1.4, 2.5])
    def test_is_scipys_and_torchvisions_gaussian_away_from_the_edge(self, sigma: float) -> None:
        images = noise(2, 3, 40, 40)
        ours = blurred(images, same(2, sigma))[:, :, 11:-11, 11:-11]
        theirs = ndimage.gaussian_filter(images.numpy(), sigma, axes=(2, 3), truncate=4)
        assert np.allclose(ours, theirs[:, :, 11:-11, 11:-11], atol=5e-4)
        torchvisions = gaussian_blur(images, [21, 21], [sigma, sigma])[:, :, 11:-11, 11:-11]
        assert torch.allclose(ours, torchvisions, atol=5e-4)

    @settings(max_examples=50)
    @given(st.integers(1, 40), st.integers(1, 4), st.floats(0.3, 30), st.floats(0, 1))
    def test_one_colour_stays_to_the_very_edge(
        self, side: int, channels: int, sigma: float, value: float
    ) -> None:
        flat = torch.full((2, channels, side, side), value)
        after = blurred(flat, torch.tensor([sigma, 2 * sigma]))
        assert after.shape == flat.shape
        assert torch.allclose(after, flat, atol=1e-5)

    def test_each_picture_has_its_own_deviation(self) -> None:
        images = noise(1, 3, 24, 24).repeat(3, 1, 1, 1)
        together = blurred(images, torch.tensor([0.5, 1.5, 4.0]))
        for index, sigma in enumerate((0.5, 1.5, 4.0)):
            alone = blurred(images[:1], torch.tensor([sigma]))[0]
            assert torch.allclose(together[index], alone, atol=1e-6)
        fineness = together.std((1, 2, 3))
        assert fineness[0] > 2 * fineness[1] > 4 * fineness[2]

    def test_of_a_dot_is_the_bell_itself(self) -> None:
        dot = torch.zeros(1, 1, 41, 41)
        dot[0, 0, 20, 20] = 1
        bell = blurred(dot, torch.tensor([2.0]))[0, 0]
        assert bell.sum().item() == pytest.approx(1, abs=1e-4)
        assert (bell[20, 22] / bell[20, 20]).item() == pytest.approx(np.exp(-0.5), rel=1e-4)
        assert torch.equal(bell, bell.T)
        assert bell[20, 29:].count_nonzero() == 0, "beyond four deviations nothing is left"


class TestColours:
    def test_the_matrices_are_pillows(self) -> None:
        pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        theirs = np.array(Image.fromarray(pixels).convert("YCbCr"), dtype=np.float32)
        images = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
        ours = mixed(images, RGB_TO_YCC)[0].permute(1, 2, 0) + torch.tensor([0, 128, 128])
        assert (ours - torch.from_numpy(theirs)).abs().max() < 1.01, "Pillow rounds to whole levels"
        assert (ours - torch.from_numpy(theirs)).abs().mean() <= 0.5
        assert torch.allclose(mixed(mixed(images, RGB_TO_YCC), YCC_TO_RGB), images, atol=1e-3)

    @settings(max_examples=50)
    @given(st.integers(1, 4), st.integers(1, 40), st.floats(0.3, 20))
    def test_softening_them_leaves_the_luma(self, count: int, side: int, sigma: float) -> None:
        images = noise(count, 3, side, side)
        soft = soft_colours(images, same(count, sigma))
        assert soft.shape == images.shape
        luma = torch.einsum("c,nchw->nhw", LUMA, images)
        assert torch.allclose(torch.einsum("c,nchw->nhw", LUMA, soft), luma, atol=2e-5)

    def test_softening_blurs_the_two_differences(self) -> None:
        images = noise(2, 3, 32, 32)
        after = mixed(soft_colours(images, same(2, 1.3)), RGB_TO_YCC)[:, 1:]
        assert torch.allclose(after, blurred(mixed(images, RGB_TO_YCC)[:, 1:], same(2, 1.3)), atol=1e-5)

    def test_a_grey_picture_stays(self) -> None:
        grey = noise(2, 1, 20, 20).expand(2, 3, 20, 20)
        assert torch.allclose(soft_colours(grey, same(2, 3.0)), grey, atol=1e-5)


class TestSharpness:
    @settings(max_examples=50)
    @given(st.integers(1, 4), st.integers(4, 40), st.floats(0.01, 2))
    def test_the_detail_is_the_part_that_was_asked_for(self, count: int, side: int, sharpness: float) -> None:
        images = noise(count, 3, side, side)
        after = with_sharpness(images, same(count, sharpness))
        coarse = blurred(images, same(count, DETAIL_SIGMA))
        assert after.shape == images.shape
        for picture, detail in zip(images, after - coarse, strict=True):
            ratio = detail.std(correction=0) / picture.std(correction=0)
            assert ratio.item() == pytest.approx(sharpness, rel=1e-3)

    def test_a_picture_with_that_sharpness_stays(self) -> None:
        images = noise(3, 3, 24, 24)
        detail = images - blurred(images, same(3, DETAIL_SIGMA))
        now = torch.stack([part.std() / whole.std() for part, whole in zip(detail, images, strict=True)])
        assert torch.allclose(with_sharpness(images, now), images, atol=1e-5)

    @pytest.mark.parametrize("colour", [(0.0, 0.0, 0.0), (0.3, 0.3, 0.3), (0.8, 0.35, 0.1), (1.0, 0.0, 1.0)])
    def test_a_picture_of_one_colour_stays(self, colour: tuple[float, float, float]) -> None:
        flat = torch.tensor(colour).view(1, 3, 1, 1).expand(2, 3, 16, 16)
        assert torch.allclose(with_sharpness(flat, torch.tensor([0.1, 0.5])), flat, atol=1e-3)


class TestInUse:
    def test_is_soft_colours_then_sharpness_by_fixed_amounts(self) -> None:
        images = noise(2, 3, SIDE, SIDE)
        soft = soft_colours(images, same(2, COLOUR_SIGMA))
        expected = with_sharpness(soft, same(2, SHARPNESS)).clamp(0, 1)
        assert torch.equal(as_seen(images), expected)

    @settings(max_examples=40)
    @given(st.integers(1, 3), st.integers(8, 40), st.integers(8, 70))
    def test_stays_within_range_and_gets_the_size(self, count: int, side: int, size: int) -> None:
        seen = enlarged(as_seen(noise(count, 3, side, side).round()), size)
        assert seen.shape == (count, 3, size, size)
        assert seen.min() >= 0 and seen.max() <= 1

    @pytest.mark.parametrize("size", [32, 128, 224])
    def test_a_small_photo_is_enlarged_to_the_input(self, size: int) -> None:
        small = open_sample("cat").image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        seen = seen_small(small, size)
        assert (seen.size, seen.mode) == ((size, size), "RGB")
        pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)[None] / 255
        expected = enlarged(as_seen(pixels), size)[0].permute(1, 2, 0).numpy() * 255
        assert np.abs(np.array(seen) - expected).max() <= 0.5 + 1e-3, "levels are rounded, not cut off"

    def test_grey_and_transparent_photos_are_taken_as_colours(self) -> None:
        grey = Image.fromarray(np.arange(SIDE * SIDE, dtype=np.uint32).astype(np.uint8).reshape(SIDE, SIDE))
        assert seen_small(grey, 64).tobytes() == seen_small(grey.convert("RGB"), 64).tobytes()
        assert seen_small(grey.convert("RGBA"), 64).tobytes() == seen_small(grey, 64).tobytes()


class TestCrop:
    @settings(max_examples=40)
    @given(
        st.integers(1, 300),
        st.integers(1, 300),
        st.sampled_from([1.0, 1.4, 3.0]),
        st.floats(0, 1),
        st.floats(0, 1),
    )
    def test_a_tile_lies_where_the_square_would(
        self, width: int, height: int, zoom: float, x: float, y: float
    ) -> None:
        preprocessing = replace(TILE, resize=36, crop=32, tile=16)
        plain = Image.new("RGB", (width, height), (200, 90, 30))
        photo, view = Photo("plain.png", plain, plain.size), View(zoom, x, y)
        crop = crop_photo(photo, preprocessing, view)
        assert crop.box == crop_photo(photo, replace(preprocessing, tile=0), view).box
        assert crop.box == crop_box((width, height), 36, 32, view)
        assert crop.image.size == (32, 32)
        assert np.abs(np.array(crop.image).astype(int) - (200, 90, 30)).max() <= 1

    def test_a_photo_is_shrunk_to_a_tile_first(self) -> None:
        photo = open_sample("cat")
        crop = crop_photo(photo, TILE)
        small = photo.image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=crop.box)
        assert crop.image.tobytes() == seen_small(small, 224).tobytes()
        plain = crop_photo(photo, replace(TILE, tile=0)).image
        assert crop.image.tobytes() != plain.tobytes()
        apart = np.array(crop.image, dtype=float) - np.array(plain, dtype=float)
        assert np.abs(apart).mean() < 20, "the same square, softer"


class TestPreprocessing:
    @pytest.mark.parametrize("tile", [0, 8, 64, 224])
    def test_a_tile_is_read(self, tile: int) -> None:
        assert read_preprocessing({**WRITTEN, "tile": tile}).tile == tile

    def test_it_comes_back_from_what_a_file_says(self) -> None:
        assert read_preprocessing(asdict(TILE)) == TILE

    def test_there_is_none_unless_told(self) -> None:
        assert read_preprocessing(WRITTEN).tile == 0

    @pytest.mark.parametrize("tile", [-1, 1, 7, 225, 10**9])
    def test_one_out_of_reason_is_refused(self, tile: int) -> None:
        with pytest.raises(ValueError, match=rf"tile is {tile}; 0 \(none\) or 8 to the crop’s 224"):
            read_preprocessing({**WRITTEN, "tile": tile})

    @pytest.mark.parametrize(
        "wrong", [{"resize": float("inf")}, {"tile": float("inf")}, {"mean": (10**400, 0, 0)}], ids=str
    )
    def test_a_number_beyond_all_bounds_is_refused(self, wrong: dict[str, Any]) -> None:
        """A file may say so, and a folder of networks is read at every click."""
        with pytest.raises(ValueError, match=r"infinity|too large"):
            read_preprocessing({**WRITTEN, **wrong})
