"""Maps as pictures: the colours, the cells, the place on the photo, and the file to take away."""

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer.explanation.heatmap import (
    COLOUR_MAPS,
    DIVERGING,
    UNEVEN_COLOUR_MAPS,
    boxed,
    colour_bar,
    colour_table,
    crisp,
    for_screen,
    heat_picture,
    jpeg_bytes,
    overlay,
    signed_picture,
    whole_box,
)

HEAT = np.array([[0.0, 1.0], [2.0, 4.0]], dtype=np.float32)


def lightness(table: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours (IEC 61966-2-1 and CIE 15)."""
    linear = np.where(table <= 10.31475, table / 3294.6, ((table / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_even_maps_only_grow_lighter(name: str) -> None:
    table = colour_table(name)
    assert table.shape == (256, 3)
    falls = np.diff(lightness(table.astype(float))) < -0.3  # less is the rounding to bytes
    assert falls.any() == (name in UNEVEN_COLOUR_MAPS)


def test_viridis_has_its_published_ends() -> None:
    assert colour_table("viridis")[[0, 255]].tolist() == [[68, 1, 84], [253, 231, 37]]


@pytest.mark.parametrize("name", ["viridis", "magma", "inferno", "cividis"])
def test_the_even_maps_are_matplotlibs(name: str) -> None:
    theirs = matplotlib.colormaps[name](np.arange(256))[:, :3] * 255
    difference = np.abs(theirs - colour_table(name))
    assert difference.max() <= 16  # of 255: linear between Plotly's stops
    assert difference.mean() <= 3


def test_an_unknown_colour_map_is_refused() -> None:
    with pytest.raises(ValueError, match="'rainbow' is no colour map here; there are viridis, magma"):
        colour_table("rainbow")


def test_cells_are_squares_of_one_colour() -> None:
    picture = np.asarray(heat_picture(HEAT, (40, 40), smooth=False))
    table = colour_table("viridis")
    for row, column, level in ((0, 0, 0), (0, 1, 64), (1, 0, 128), (1, 1, 255)):
        cell = picture[row * 20 : row * 20 + 20, column * 20 : column * 20 + 20].reshape(-1, 3)
        assert np.unique(cell, axis=0).tolist() == [table[level].tolist()]


def test_smooth_runs_from_the_least_to_the_most() -> None:
    picture = np.asarray(heat_picture(HEAT, (40, 40)))
    table = colour_table("viridis")
    assert picture[0, 0].tolist() == table[0].tolist()
    assert picture[39, 39].tolist() == table[255].tolist()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50


def test_a_map_of_zeros_is_dark_everywhere() -> None:
    picture = np.asarray(heat_picture(np.zeros((7, 7), dtype=np.float32), (14, 14)))
    assert np.unique(picture.reshape(-1, 3), axis=0).tolist() == [[68, 1, 84]]


def test_alpha_runs_from_the_photo_to_the_map() -> None:
    photo = Image.new("RGB", (20, 20), (10, 20, 30))
    heat = heat_picture(HEAT, (20, 20))
    assert np.array_equal(np.asarray(overlay(photo, heat, 0)), np.asarray(photo))
    assert np.array_equal(np.asarray(overlay(photo, heat, 1)), np.asarray(heat))
    half = np.asarray(overlay(photo, heat, 0.5), dtype=float)
    assert np.abs(half - (np.asarray(photo, dtype=float) + np.asarray(heat)) / 2).max() <= 1
    with pytest.raises(ValueError, match=r"alpha is 1\.5; 0 to 1 is allowed\."):
        overlay(photo, heat, 1.5)


@given(
    size=st.tuples(st.integers(1, 1024), st.integers(1, 1024)),
    ends=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_a_box_in_whole_pixels_is_never_empty_nor_outside(
    size: tuple[int, int], ends: tuple[float, ...]
) -> None:
    (left, right), (top, bottom) = sorted(ends[:2]), sorted(ends[2:])
    box = (left * size[0], top * size[1], right * size[0], bottom * size[1])
    whole = whole_box(box, size)
    assert 0 <= whole[0] < whole[2] <= size[0]
    assert 0 <= whole[1] < whole[3] <= size[1]


def test_the_frame_shows_what_is_seen() -> None:
    photo = Image.new("RGB", (300, 200), (0, 0, 0))
    picture = boxed(photo, (50, 0, 250, 200))
    assert picture.getpixel((150, 100)) == (0, 0, 0)
    assert picture.getpixel((10, 100)) == (70, 70, 70)  # 55 % of grey 128
    assert picture.getpixel((50, 100)) == (230, 159, 0)


def test_a_strip_is_sent_small_with_its_frame_where_it_was() -> None:
    strip = Image.new("RGB", (20_480, 320), (0, 0, 0))
    picture = boxed(strip, (10_080, 0, 10_400, 320))
    assert picture.size == (1024, 16)
    assert picture.getpixel((100, 8)) == (70, 70, 70)
    assert picture.getpixel((504, 8)) == (230, 159, 0)  # 10,080 / 20
    assert picture.getpixel((512, 8)) == (0, 0, 0)
    assert len(jpeg_bytes(picture)) < 10_000
    assert for_screen(picture) is picture


def test_pixels_are_enlarged_by_a_whole_factor() -> None:
    small = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
    large = np.asarray(crisp(small, 9))
    assert large.shape == (8, 8, 3)
    assert np.array_equal(large[::4, ::4], np.asarray(small))


def test_the_colour_bar_runs_from_dark_to_bright() -> None:
    bar = np.asarray(colour_bar("magma", (256, 4)))
    assert np.array_equal(bar[2], colour_table("magma"))


def test_values_around_0_have_it_in_the_middle_and_signs_their_sides() -> None:
    table = colour_table(DIVERGING).astype(int)
    values = np.array([[-4.0, -2.0, 0.0, 2.0, 4.0]], dtype=np.float32)
    picture = np.asarray(signed_picture(values, (50, 10), 4.0, smooth=False))[5, 5::10].tolist()
    assert picture == table[[0, 64, 128, 191, 255]].tolist()
    assert np.abs(table[127] - table[128]).max() <= 3  # the middle of 256 colours is between two
    light = lightness(table.astype(float))
    assert (np.diff(light[:128]) < 0.3).all()  # darker towards 0 from either side
    assert (np.diff(light[128:]) > -0.3).all()
    assert light[0] == pytest.approx(light[255], abs=5)  # neither sign looks stronger
    blue_less_red = table[:, 2] - table[:, 0]  # which colour-blind eyes see too
    assert (blue_less_red[:100] > 40).all()
    assert (blue_less_red[156:] < -40).all()


def test_a_balance_beyond_the_scale_has_its_last_colour_and_one_of_zeros_the_middle() -> None:
    beyond = np.asarray(signed_picture(np.full((1, 1), 9.0, np.float32), (4, 4), 3.0))
    assert np.unique(beyond.reshape(-1, 3), axis=0).tolist() == [colour_table(DIVERGING)[255].tolist()]
    zeros = np.asarray(signed_picture(np.zeros((2, 2), np.float32), (4, 4), 0.0))
    assert np.unique(zeros.reshape(-1, 3), axis=0).tolist() == [colour_table(DIVERGING)[128].tolist()]


def test_a_map_may_have_its_brightest_colour_below_its_peak() -> None:
    table = colour_table("viridis")
    picture = np.asarray(heat_picture(HEAT, (2, 2), smooth=False, top=2.0))
    assert picture.reshape(-1, 3).tolist() == table[[0, 128, 255, 255]].tolist()
