"""Channels as pictures: every pixel by the one scale, numbers by hand, order, and what a click meets."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer.explanation.heatmap import DIVERGING, colour_table
from resnet_explorer.features.grid_svg import (
    COLUMNS,
    GAP,
    PER_PAGE,
    SIDE,
    WORDS,
    ColourScale,
    channel_tiles,
    filter_picture,
    filter_tiles,
    grid_picture,
    grid_svg,
    large_svg,
    largest_weight,
)
from resnet_explorer.features.places import places
from resnet_explorer.features.sparsity_figure import sparsity_figure, stage_means
from resnet_explorer.features.statistics import ChannelStatistics, channel_rows, peak_cell, sparsity_rows
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, preset

# Three channels of 2 × 2 cells: means 1, 0 and 2; one is dead.
BY_HAND = np.array([[[0, 0], [0, 4]], [[0, 0], [0, 0]], [[2, 2], [4, 0]]], dtype=np.float32)


def numbers_of(features: np.ndarray) -> ChannelStatistics:
    flat = features.reshape(len(features), -1)
    zeros = (flat == 0).mean(axis=1).astype(np.float32)
    return ChannelStatistics(flat.mean(axis=1), flat.min(axis=1), flat.max(axis=1), zeros)


def pixels(uri: str) -> np.ndarray:
    data = base64.b64decode(uri.split(",", 1)[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_numbers_by_hand() -> None:
    numbers = numbers_of(BY_HAND)
    assert numbers.zeros.tolist() == [0.75, 1.0, 0.25]
    assert numbers.sparsity == pytest.approx(8 / 12)
    assert numbers.dead == 1
    assert numbers.largest == 4
    assert not numbers.has_negative
    assert numbers.most_active().tolist() == [2, 0, 1]
    assert [peak_cell(channel) for channel in BY_HAND] == [(1, 1), (0, 0), (1, 0)]
    assert channel_rows(BY_HAND, numbers)[2] == {
        "channel": 2,
        "mean": 2.0,
        "min": 0.0,
        "max": 4.0,
        "max row": 1,
        "max column": 0,
        "zeros": 0.25,
    }


def test_of_equally_active_channels_the_first_comes_first() -> None:
    numbers = numbers_of(np.ones((5, 2, 2), dtype=np.float32))
    assert numbers.most_active().tolist() == [0, 1, 2, 3, 4]


def test_all_channels_are_on_one_scale() -> None:
    numbers = numbers_of(BY_HAND)
    scale = ColourScale.of(numbers.largest, numbers.has_negative, "viridis")
    table = colour_table("viridis")
    one, dead, other = (
        np.asarray(tile.picture.convert("RGB"))
        for tile in channel_tiles(BY_HAND, numbers.mean, [0, 1, 2], scale)
    )
    assert one[1, 1].tolist() == other[1, 0].tolist() == table[255].tolist()  # 4 of 4, in both
    assert other[0, 0].tolist() == table[128].tolist()  # 2 of 4, though it is most of its row
    assert (dead == table[0]).all(), "a dead channel is not stretched to full colour"
    wider = ColourScale.of(8.0, False, "viridis")  # the whole network's: the same value, half as far up
    assert np.asarray(wider.picture(BY_HAND[0]).convert("RGB"))[1, 1].tolist() == table[128].tolist()


@given(st.lists(st.floats(-50, 50, width=32), min_size=4, max_size=4))
def test_a_scale_with_negative_values_is_dark_at_zero_and_as_far_to_both_sides(values: list[float]) -> None:
    channel = np.array(values, dtype=np.float32).reshape(2, 2)
    scale = ColourScale.of(50.0, True, "viridis")
    assert (scale.low, scale.high, scale.colour_map) == (-50.0, 50.0, DIVERGING)
    levels, mirrored = scale.levels(channel).astype(int), scale.levels(-channel).astype(int)
    assert (np.abs(levels + mirrored - 255) <= 1).all()
    assert levels == pytest.approx(127.5 + channel * 2.55, abs=0.51)
    table = colour_table(DIVERGING).astype(int).sum(axis=1)
    assert table.argmin() in (127, 128)
    assert table[0] > 500 < table[255]


def test_nothing_but_zeros_is_the_darkest_colour() -> None:
    scale = ColourScale.of(0.0, False, "viridis")
    assert (scale.levels(np.zeros((3, 3), dtype=np.float32)) == 0).all()


def drawn_grid(count: int, total: int, chosen: int | None) -> ElementTree.Element:
    features = np.arange(count * 49, dtype=np.float32).reshape(count, 7, 7)
    numbers = numbers_of(features)
    tiles = channel_tiles(
        features, numbers.mean, range(count), ColourScale.of(numbers.largest, False, "magma")
    )
    return ElementTree.fromstring(grid_svg(tiles, total, chosen, "A <grid> & more"))


SVG = "{http://www.w3.org/2000/svg}"


def test_the_grid_holds_true_cells_where_a_click_looks_for_them() -> None:
    svg = drawn_grid(12, 12, 9)
    (ground,) = [part for part in svg.iter(f"{SVG}rect") if part.get("data-key")]
    rows, columns = int(ground.get("data-rows", 0)), int(ground.get("data-columns", 0))
    assert (rows, columns) == (2, COLUMNS)
    height, width = float(ground.get("height", 0)) / rows, float(ground.get("width", 0)) / columns
    groups = svg.findall(f".//{SVG}g")
    assert len(groups) == 12
    for number, group in enumerate(groups):
        image = group.find(f"{SVG}image")
        assert image is not None
        middle = (float(image.get("y", 0)) + SIDE / 2, float(image.get("x", 0)) + SIDE / 2)
        assert (middle[0] // height, middle[1] // width) == divmod(number, COLUMNS)
        assert "pixelated" in image.get("style", "")
        assert pixels(image.get("href", "")).shape == (7, 7, 3), "a pixel a cell: the browser smooths nothing"
    framed = [group.get("data-number") for group in groups if group.find(f"{SVG}rect") is not None]
    assert framed == ["9"]
    assert (
        pixels(groups[11].find(f"{SVG}image").get("href"))[6, 6].tolist()
        == colour_table("magma")[255].tolist()
    )


def test_a_last_page_is_as_high_as_the_others() -> None:
    full, last = drawn_grid(PER_PAGE, 40, None), drawn_grid(3, 40, None)
    assert full.get("viewBox") == last.get("viewBox")


def test_the_large_channel_lies_on_the_photo_cell_by_cell() -> None:
    seen = Image.new("RGB", (300, 300), "white")
    cells = ColourScale.of(4.0, False, "viridis").picture(BY_HAND[2])
    svg = ElementTree.fromstring(large_svg(seen, cells, 0.25, (1, 0), "Channel 2"))
    photo, over = svg.findall(f"{SVG}image")
    assert (
        (photo.get("width"), photo.get("height")) == (over.get("width"), over.get("height")) == ("448", "448")
    )
    assert over.get("opacity") == "0.25"
    frames = [part for part in svg.iter(f"{SVG}rect") if part.get("stroke")]
    assert {(part.get("x"), part.get("y"), part.get("width")) for part in frames} == {("0", "224", "224")}


def test_the_picture_to_take_away_has_the_same_cells() -> None:
    numbers = numbers_of(BY_HAND)
    tiles = channel_tiles(BY_HAND, numbers.mean, [2, 0, 1], ColourScale.of(4.0, False, "viridis"))
    picture = grid_picture(tiles)
    assert picture.size == (COLUMNS * (SIDE + GAP), SIDE + WORDS)
    table = colour_table("viridis")
    quarter = SIDE // 4
    at = GAP // 2
    assert picture.getpixel((at + quarter, 3 * quarter)) == tuple(table[255])  # channel 2, row 1, column 0
    assert picture.getpixel((at + 3 * quarter, 3 * quarter)) == tuple(table[0])


def test_filters_are_on_one_scale_on_which_grey_is_zero() -> None:
    kernels = np.zeros((2, 3, 3, 3), dtype=np.float32)
    kernels[0, 0, 1, 2] = 0.5  # red
    kernels[1, 2, 0, 0] = -0.25  # less blue
    assert largest_weight(kernels) == 0.5
    first, second = (
        np.asarray(tile.picture) for tile in filter_tiles(kernels, np.zeros(2, np.float32), [0, 1])
    )
    assert first[1, 2].tolist() == [255, 128, 128]
    assert second[0, 0].tolist() == [128, 128, 64]
    assert (first[0] == 128).all()
    grey = filter_picture(np.full((1, 7, 7), -0.5, dtype=np.float32), 0.5)
    assert grey.mode == "L"
    assert grey.getextrema() == (0, 0)
    with pytest.raises(ValueError, match=r"^The filters read 4 channels; those of 1 or 3 can be drawn\.$"):
        filter_picture(np.zeros((4, 3, 3), dtype=np.float32), 1.0)


@pytest.mark.parametrize("name", PRESETS)
def test_places_are_the_stem_and_every_block_of_the_plan(name: str) -> None:
    drawn = plan(preset(name), preset(name).natural_size)
    found = places(drawn)
    assert [place.name for place in found[1:]] == [block.name for block in drawn.blocks]
    assert [place.shape for place in found[1:]] == [block.out_shape for block in drawn.blocks]
    assert found[0].shape == drawn.stem.out_shape
    assert [place.index for place in found] == list(range(1 + sum(preset(name).depths)))


def test_places_in_words() -> None:
    found = places(plan(preset("resnet50")))
    assert found[0].words == "stem (maxpool)"
    assert found[4].words == "stage 2 · block 1 (layer2.0)"
    assert found[4].shape == (512, 28, 28)
    assert places(plan(preset("resnet20_cifar"), (32, 32)))[0].words == "stem (relu)"


def test_the_chart_has_a_bar_for_each_place_in_its_stages_colour() -> None:
    there = places(plan(preset("resnet18")))
    numbers = [numbers_of(BY_HAND)] * 8 + [numbers_of(BY_HAND[:1])]
    figure = sparsity_figure(there, numbers)
    sparse = figure.data[::2]
    assert [bars.name for bars in sparse] == ["stem", "stage 1", "stage 2", "stage 3", "stage 4"]
    assert [at for bars in sparse for at in bars.x] == list(range(9))
    assert [share for bars in sparse for share in bars.y] == pytest.approx([100 * 8 / 12] * 8 + [75])
    means = dict(stage_means(there, numbers))
    assert means["stage 4"] == pytest.approx((8 / 12 + 0.75) / 2)
    row = sparsity_rows(there, numbers)[1]
    assert (row["name"], row["dead channels"]) == ("layer1.0", 1)
    assert re.search(r"layer1\.0.*66\.7%.*1 of 64", figure.data[2].hovertext[0].replace("<br>", " "))
