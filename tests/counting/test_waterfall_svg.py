"""The waterfall chart: bars on one scale, read back out of the picture."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.counting.waterfall_svg import LEFT, RIGHT, THINNEST, WIDTH, Bar, waterfall_svg

SVG = "{http://www.w3.org/2000/svg}"


def total(key: str, end: int, doubled: bool = False) -> Bar:
    return Bar(key, key, f"{end:,}", str(end), end, doubled=doubled)


def step(key: str, start: int, by_stage: dict[str, int], doubled: bool = False) -> Bar:
    amount = sum(by_stage.values())
    return Bar(key, key, f"{amount:+,}", str(amount), start + amount, start, by_stage, doubled)


RESNET50 = [
    total("paper", 3_857_973_248),
    step("stride", 3_857_973_248, dict.fromkeys(("stage 2", "stage 3", "stage 4"), 77_070_336)),
    step("bias", 4_089_184_256, {"head": 1_000}),
    total("goal", 4_089_185_256),
]


def bars(svg: str, key: str) -> list[tuple[str, float, float]]:
    """Colour, left edge and width of what is painted of a bar."""
    group = next(g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("data-key") == key)
    return [
        (rect.get("fill", ""), float(rect.get("x", 0)), float(rect.get("width", 0)))
        for rect in group.findall(f"{SVG}rect")
        if rect.get("fill") != "currentColor"
    ]


def ticks(svg: str) -> list[tuple[str, float]]:
    texts = ET.fromstring(svg).findall(f"{SVG}text[@text-anchor='middle']")
    return [(text.text or "", float(text.get("x", 0))) for text in texts]


def test_a_step_is_as_wide_as_its_amount_and_begins_where_the_total_ends() -> None:
    svg = waterfall_svg(RESNET50, "ResNet-50")
    ((grey, left, width),) = bars(svg, "paper")
    assert (grey, left) == (LINE_GREY, LEFT)
    stages = bars(svg, "stride")
    assert [colour for colour, _, _ in stages] == [STAGE_COLOURS[f"stage {n}"] for n in (2, 3, 4)]
    assert stages[0][1] == pytest.approx(left + width, abs=0.2)
    assert [width for _, _, width in stages] == pytest.approx([stages[0][2]] * 3, abs=0.2)
    ((_, left, width),) = bars(svg, "goal")
    assert left + width == RIGHT


def test_a_thousand_among_billions_can_be_seen() -> None:
    ((colour, _, width),) = bars(waterfall_svg(RESNET50, "ResNet-50"), "bias")
    assert (colour, width) == (STAGE_COLOURS["head"], THINNEST)


def test_what_is_counted_double_is_off_the_scale_and_cut() -> None:
    twice = [
        *RESNET50[:2],
        step("flops", 4_089_184_256, {"stage 1": 4_089_184_256}, doubled=True),
        total("goal", 8_178_368_512, doubled=True),
    ]
    svg = waterfall_svg(twice, "ResNet-50")
    ((_, left, width),) = bars(svg, "flops")
    assert width > 50 and left + width == RIGHT
    assert bars(svg, "goal") == [(LINE_GREY, LEFT, RIGHT - LEFT)]
    assert max(x for _, x in ticks(svg)) < left


def test_ticks_have_the_digits_that_tell_them_apart() -> None:
    assert [text for text, _ in ticks(waterfall_svg(RESNET50, ""))] == [
        "3.80 G",
        "3.85 G",
        "3.90 G",
        "3.95 G",
        "4.00 G",
        "4.05 G",
    ]
    near = [total("a", 1_814_073_344), total("b", 1_814_083_944)]
    labels = [text for text, _ in ticks(waterfall_svg(near, ""))]
    assert labels == ["1.814075 G", "1.814080 G"]


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=6))
def test_any_totals_have_bars_in_their_order_and_ticks_that_do_not_touch(ends: list[int]) -> None:
    svg = waterfall_svg([total(str(number), end) for number, end in enumerate(ends)], "")
    edges = [bars(svg, str(number))[0] for number in range(len(ends))]
    rights = [left + width for _, left, width in edges]
    assert all(LEFT <= right <= RIGHT for right in rights)
    for one, other in zip(sorted(range(len(ends)), key=ends.__getitem__), sorted(rights), strict=True):
        assert rights[one] == pytest.approx(other, abs=THINNEST)
    marks = ticks(svg)
    assert len({text for text, _ in marks}) == len(marks)
    for (text, x), (_, after) in pairwise(marks):
        assert after - x > 8 * len(text)


def test_the_chosen_bar_is_underlaid_and_words_are_escaped() -> None:
    svg = waterfall_svg([Bar("a", "<b>", "1 & 2", "1", 1), total("b", 2)], "x < y", chosen="b")
    grounds = [rect.get("opacity") for rect in ET.fromstring(svg).iter(f"{SVG}rect") if rect.get("rx") == "8"]
    assert grounds == ["0", "0.1"]
    assert "&lt;b&gt;" in svg and "1 &amp; 2" in svg and "x &lt; y" in svg
    assert f'viewBox="0 0 {WIDTH} ' in svg
