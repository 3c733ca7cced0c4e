"""Curves through the depth: nothing is left out, not even what no axis can show."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.labs.depth.figure import MARKED, Point, depth_figure
from resnet_explorer.labs.depth.name_places import HEIGHT, WIDTH, Name, name_places
from tests.contrast import pale_words

PLAIN = [Point("stem", "stem", 0, 4.0), Point("a", "stage 1", 1, 0.0), Point("b", "stage 2", 2, math.nan)]
RESIDUAL = [Point("stem", "stem", 0, 4.0), Point("a", "stage 1", 1, 2.0), Point("b", "stage 2", 2, math.inf)]


def crosses(figure: go.Figure) -> list[tuple[int, str]]:
    return [
        (at, words[1])
        for trace in figure.data
        if trace.mode == "markers"
        for at, words in zip(trace.x, trace.customdata or (), strict=True)
    ]


def test_what_a_logarithmic_axis_cannot_show_is_a_cross_with_words() -> None:
    figure = depth_figure(PLAIN, RESIDUAL, "block", "variance")
    assert crosses(figure) == [(1, "exactly 0"), (2, "not a number"), (2, "infinite")]
    low, high = figure.layout.yaxis.range
    for trace in figure.data:
        if trace.mode == "markers" and len(trace.x):
            assert all(low < math.log10(y) < high for y in trace.y)
    assert low < math.log10(2) < math.log10(4) < high


def test_a_linear_axis_shows_a_zero_where_it_is() -> None:
    figure = depth_figure(PLAIN, RESIDUAL, "block", "variance", log=False)
    assert crosses(figure) == [(2, "not a number"), (2, "infinite")]
    low, high = figure.layout.yaxis.range
    assert low < 0
    assert high > 4


def test_each_stage_has_its_colour_and_each_network_its_line() -> None:
    figure = depth_figure(RESIDUAL[:2], RESIDUAL[:2], "block", "norm")
    drawn = [(trace.line.color, trace.line.dash) for trace in figure.data if trace.mode == "lines+markers"]
    stem, stage = STAGE_COLOURS["stem"], STAGE_COLOURS["stage 1"]
    assert drawn == [(stem, "dot"), (stage, "dot"), (stem, "solid"), (stage, "solid")]
    assert [each.text for each in figure.layout.annotations] == ["<b>···· plain</b>", "<b>━━ residual</b>"]


def test_a_deep_network_is_a_line_without_dots_and_fits_the_axis() -> None:
    points = [Point(str(n), "stage 1", n, float(n + 1)) for n in range(MARKED + 1)]
    figure = depth_figure(points, points, "block", "norm")
    assert {trace.mode for trace in figure.data if trace.customdata is not None and len(trace.x)} == {"lines"}
    low, high = figure.layout.xaxis.range
    assert low < 0 < MARKED < high
    assert figure.layout.annotations[0].text.endswith(" stage 1")
    assert STAGE_COLOURS["stage 1"] in figure.layout.annotations[0].text
    assert not pale_words(figure)


@pytest.mark.parametrize("slopes", [(-0.14, -0.05, -0.17, -0.08), (0, 0, 0.01, -0.01), (0.3, -0.2, 0.25, 0)])
def test_names_stand_beside_their_own_curve_and_cross_none(slopes: tuple[float, ...]) -> None:
    """As on a projector: four curves of 27 blocks, which meet at the last one."""
    curves = [[(n, slope * (n - 27)) for n in range(1, 28)] for slope in slopes]
    texts = ("···· plain: × 4,645", "━━ residual: × 26.7", "╌╌ theory: × 3.1 × 10⁴", "╌╌ theory: × 109")
    names = [Name(text, number, 20) for number, text in enumerate(texts)]
    x, every = (0.2, 27.8), [height for curve in curves for _, height in curve]
    low, high = min(every), max(every)
    y = (low - 0.2 * (high - low), high + 0.2 * (high - low))
    across, up = WIDTH / (x[1] - x[0]), HEIGHT / (y[1] - y[0])
    boxes = []
    for name, (at, height) in zip(names, name_places(names, curves, x, y), strict=True):
        half_wide, half_high = name.half
        gaps = [
            min(
                abs(value - height) * up
                for place, value in np.array(curve)
                if abs(place - at) * across <= half_wide
            )
            for curve in curves
        ]
        assert min(gaps) > half_high
        boxes.append((at * across, height * up, half_wide, half_high))
    for one, other in combinations(boxes, 2):
        assert abs(one[0] - other[0]) > one[2] + other[2] or abs(one[1] - other[1]) >= one[3] + other[3]


def test_nothing_but_oddities_still_makes_a_figure() -> None:
    odd = [Point("a", "stem", 1, math.nan)]
    assert crosses(depth_figure(odd, odd, "block", "norm")) == [(1, "not a number")] * 2


def test_an_axis_of_less_than_two_powers_has_numbers_to_read() -> None:
    """A factor of 2.7 is read between 2 and 3, not above a single 1."""
    points = [Point("a", "stage 1", 1, 0.7), Point("b", "stage 1", 2, 2.7)]
    axis = depth_figure(points, points, "block", "factor").layout.yaxis
    shown = [text for value, text in zip(axis.tickvals, axis.ticktext, strict=True) if 0.7 <= value <= 2.7]
    assert shown == ["0.7", "1", "1.5", "2"]
    wide = [Point("a", "stage 1", 1, 1e-6), Point("b", "stage 1", 2, 1.0)]
    assert depth_figure(wide, wide, "block", "norm").layout.yaxis.dtick == 1


def test_a_lonely_point_of_a_deep_network_has_a_dot() -> None:
    """Between zeros no line leads to it: without a dot nobody would see it."""
    values = {0: 2.0, MARKED // 2: 3.0, MARKED // 2 + 1: 4.0}
    points = [Point(str(n), "stage 1", n, values.get(n, 0.0)) for n in range(MARKED + 1)]
    plain, *_ = (
        trace for trace in depth_figure(points, points, "layer", "norm").data if trace.showlegend is False
    )
    dotted = [at for at, size in zip(plain.x, plain.marker.size, strict=True) if size]
    assert dotted == [0]
