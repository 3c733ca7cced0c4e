"""The sliding window of one layer: the right rows and columns, the padding, and what is never read."""

from __future__ import annotations

from itertools import product
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.architecture.size_steps import skip_sentence
from resnet_explorer.convolution.window_svg import (
    free_layer,
    padding_under,
    place_lines,
    source_stage,
    unread_sentence,
    window_layers,
    window_svg,
)
from resnet_explorer.network.layers import Layer, Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset
from resnet_explorer.network.window import Window, windows

SVG = "{http://www.w3.org/2000/svg}"
BLUE = "#2b8cd6"


def layer(name: str, net: str = "resnet18", size: int = 224) -> Layer:
    return next(each for each in window_layers(plan(preset(net), (size, size))) if each.name == name)


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def unread_cells(svg: str) -> int:
    """How many cells are crossed out in the picture; its legend has one more."""
    paths = [path for path in ElementTree.fromstring(svg).iter(f"{SVG}path") if path.get("class") == "unread"]
    return sum((path.get("d") or "").count("z") for path in paths) - len(paths[1:])


def test_the_last_window_of_the_stem_at_224_and_the_row_that_is_never_read() -> None:
    stem = layer("conv1")
    assert place_lines(stem, 111, 5) == [
        ("Row 111", "111·2 = 222 to 222 + 7 − 1 = 228"),
        ("Column 5", "5·2 = 10 to 10 + 7 − 1 = 16"),
    ]
    assert unread_sentence(windows(stem)[0]) == (
        "Counted on the padded input (0 to 229), the last window ends at row 228: row 229 is never read "
        "(only padding). At 225 instead of 224 nothing would be left over."
    )
    assert "that there is" in unread_sentence(windows(layer("conv1", size=225))[0])


def test_the_max_pool_leaves_a_row_again() -> None:
    assert "ends at row 112: row 113 is never read (only padding)" in unread_sentence(
        windows(layer("maxpool"))[0]
    )


def test_the_corner_window_of_the_stem_holds_33_values_of_padding_and_16_pixels() -> None:
    assert padding_under(layer("conv1"), 0, 0) == 49 - 16
    assert padding_under(layer("conv1"), 50, 50) == 0


def test_a_1x1_with_stride_2_reads_a_quarter_and_the_picture_crosses_out_the_rest() -> None:
    shortcut = layer("layer2.0.downsample.0")
    assert "784 of 3,136 (25 %)" in skip_sentence(shortcut)
    assert "1 of every 2 rows is jumped over" in unread_sentence(windows(shortcut)[0])
    small = free_layer(10, 1, 2, 0)
    assert unread_cells(window_svg(small, 0, 0, BLUE)) == 100 - 25


def test_the_picture_shows_the_window_at_its_place_and_both_edges() -> None:
    shown = texts(window_svg(layer("conv1"), 50, 111, BLUE))
    assert "Input 224, padded 230" in shown
    assert "Output 112" in shown
    assert "Row 50 reads 100 to 106" in shown
    assert "Column 111 reads 222 to 228" in shown
    for number in ("0", "3", "100", "106", "226", "229"):
        assert number in shown
    assert "150" not in shown


def test_a_click_names_the_cell_of_the_output() -> None:
    svg = ElementTree.fromstring(window_svg(free_layer(8, 3, 2, 1), 1, 2, BLUE))
    keys = [part.get("data-key") for part in svg.iter() if part.get("data-key")]
    assert keys == [f"{row},{column}" for row, column in product(range(4), repeat=2)]


def test_a_max_pool_pads_with_minus_infinity() -> None:
    assert "padding (−∞)" in texts(window_svg(layer("maxpool"), 0, 0, BLUE))
    assert "padding (0)" in texts(window_svg(layer("conv1"), 0, 0, BLUE))


def test_what_is_read_was_made_by_the_section_before_or_by_the_same_stage() -> None:
    p: Plan = plan(preset("resnet18"))
    stages = {each.name: source_stage(p, each) for each in window_layers(p)}
    assert stages["conv1"] == ""
    assert stages["maxpool"] == "stem"
    assert stages["layer1.0.conv1"] == "stem"
    assert stages["layer2.0.conv1"] == stages["layer2.0.downsample.0"] == "stage 1"
    assert stages["layer2.0.conv2"] == stages["layer2.1.conv1"] == "stage 2"


def test_a_window_that_does_not_fit_is_told() -> None:
    with pytest.raises(
        ValueError, match=r"A 9×9 window does not fit on 4 pixels with padding 1: 4 \+ 2·1 = 6"
    ):
        free_layer(4, 9, 1, 1)


numbers = st.tuples(st.integers(1, 40), st.integers(1, 11), st.integers(1, 8), st.integers(0, 5)).filter(
    lambda n: n[0] + 2 * n[3] >= n[1]
)


@given(numbers)
def test_every_pixel_is_read_by_some_window_or_told_to_be_unread(numbers: tuple[int, int, int, int]) -> None:
    window: Window = windows(free_layer(*numbers))[0]
    read = {pixel for place in range(window.out) for pixel in window.under(place)}
    padded = range(-window.padding, window.size + window.padding)
    assert [pixel for pixel in padded if window.is_read(pixel)] == sorted(read)
    assert window.read == len(read & set(range(window.size)))


@given(numbers, st.data())
def test_any_cell_can_be_drawn_and_the_picture_keeps_its_size(
    numbers: tuple[int, int, int, int], data: st.DataObject
) -> None:
    drawn = free_layer(*numbers)
    places = st.integers(0, drawn.out_shape[1] - 1)
    one, other = (
        ElementTree.fromstring(window_svg(drawn, data.draw(places), data.draw(places), BLUE))
        for _ in range(2)
    )
    assert one.get("viewBox") == other.get("viewBox")
