"""Two networks side by side: the sums, the table and the picture."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.comparison.differences import (
    Comparison,
    Pair,
    beside,
    compare,
    neighbour,
    percent_text,
    ratio_text,
)
from resnet_explorer.comparison.svg import comparison_svg, difference_text, tiles
from resnet_explorer.comparison.table import comparison_html, comparison_rows
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.network.table_rows import activation_bytes, to_csv
from tests.contrast import pale_texts
from tests.strategies import specs

FIGURES = ("blocks", "params", "macs", "memory")


def drawn(name: str) -> Plan:
    return plan(preset(name), preset(name).natural_size)


def compared(a: str, b: str) -> Comparison:
    return compare(drawn(a), drawn(b))


def test_resnet_101_has_18_992_128_parameters_more_than_resnet_50() -> None:
    comparison = compared("resnet50", "resnet101")
    total = comparison.total
    assert (total.params.a, total.params.b, total.params.difference) == (25_557_032, 44_549_160, 18_992_128)
    assert (total.macs.a, total.macs.b) == (4_089_184_256, 7_801_405_440)
    assert [pair.name for pair in comparison.sections if pair.differs] == ["stage 3"]
    stage = comparison.sections[3]
    assert stage.a.shortcuts == (("identity", 5), ("projection", 1))
    assert stage.b.shortcuts == (("identity", 22), ("projection", 1))
    # A bottleneck of stage 3: 1×1 and 1×1 between 1024 and 256, 3×3 on 256, three norms.
    assert stage.params.difference == 17 * (2 * 1024 * 256 + 9 * 256 * 256 + 2 * (256 + 256 + 1024))
    assert stage.a.out_shape == stage.b.out_shape == (1024, 14, 14)


@pytest.mark.slow
@given(specs(), specs())
def test_differences_of_sections_add_up_to_that_of_the_whole(one: ResNetSpec, other: ResNetSpec) -> None:
    a, b = plan(one, (40, 33)), plan(other, (40, 33))
    comparison = compare(a, b)
    for figure in FIGURES:
        parts = [getattr(pair, figure).difference for pair in comparison.sections]
        assert sum(parts) == getattr(comparison.total, figure).difference
    assert comparison.total.memory == Pair(activation_bytes(a), activation_bytes(b))
    assert comparison.total.params == Pair(a.params, b.params)


@given(specs(), specs())
def test_swapping_changes_the_signs(one: ResNetSpec, other: ResNetSpec) -> None:
    a, b = plan(one, (32, 32)), plan(other, (48, 48))
    there, back = compare(a, b), compare(b, a)
    for pair, turned in zip((*there.sections, there.total), (*back.sections, back.total), strict=True):
        assert (pair.name, pair.differs) == (turned.name, turned.differs)
        for figure in FIGURES:
            assert getattr(pair, figure).difference == -getattr(turned, figure).difference


def test_three_stages_beside_four() -> None:
    comparison = compared("resnet20_cifar", "resnet18")
    names = [pair.name for pair in comparison.sections]
    assert names == ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]
    stage4 = comparison.sections[4]
    assert (stage4.a.blocks, stage4.a.params, stage4.a.out_shape) == (0, 0, None)
    assert (stage4.b.blocks, stage4.b.out_shape) == (2, (512, 7, 7))
    assert stage4.params.ratio is None


def test_a_section_that_neither_has_is_left_out() -> None:
    a, b = (plan(ResNetSpec("basic", depths, include_top=False)) for depths in ((1, 1), (2, 1)))
    assert [pair.name for pair in compare(a, b).sections] == ["stem", "stage 1", "stage 2"]


def test_differences_as_people_write_them() -> None:
    assert [percent_text(ratio) for ratio in (1.0602, 0.9432, 1.743, 0.999)] == [
        "+6 %",
        "−5.7 %",
        "+74 %",
        "−0.1 %",
    ]
    pairs = [(100, 174), (100, 367), (205, 10), (10, 20), (20, 10), (1, 3152), (0, 5), (5, 0)]
    texts = ["+74 %", "× 3.67", "÷ 20.5", "× 2", "÷ 2", "× 3,152", "", ""]
    assert [ratio_text(Pair(*pair)) for pair in pairs] == texts


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("resnet18", "resnet34"),
        ("resnet34", "resnet50"),
        ("resnet50", "resnet101"),
        ("resnet101", "resnet152"),
        ("resnet152", "resnet101"),
        ("wide_resnet50_2", "wide_resnet101_2"),
        ("resnet20_cifar", "resnet32_cifar"),
    ],
)
def test_the_network_to_begin_with_is_the_next_deeper_of_its_kind(name: str, other: str) -> None:
    assert neighbour(preset(name)) == other


def test_a_preset_has_as_many_classes_as_the_photo_network_that_it_is_laid_beside() -> None:
    knows_184 = preset("resnet18").with_(num_classes=184)
    assert neighbour(knows_184) == "resnet34"
    assert beside(preset("resnet34"), knows_184) == preset("resnet34").with_(num_classes=184)
    assert beside(preset("resnet20_cifar"), knows_184) == preset("resnet20_cifar")
    assert beside(preset("resnet34"), preset("resnet20_cifar")) == preset("resnet34")


def test_rows_hold_every_figure_and_its_difference() -> None:
    text = to_csv(comparison_rows(compared("resnet50", "resnet101")))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["section"] for row in rows][-1] == "total"
    assert [row["section"] for row in rows if row["differs"] == "yes"] == ["stage 3", "total"]
    total = rows[-1]
    assert (total["params A"], total["params B"], total["params difference"]) == (
        "25557032",
        "44549160",
        "18992128",
    )
    assert total["params ratio"] == f"{44_549_160 / 25_557_032:.4f}"
    assert (rows[3]["shortcuts A"], rows[3]["output B"]) == ("5 identity, 1 projection", "1024 × 14 × 14")


def table_rows(comparison: Comparison, unit: str = "MACs") -> dict[str, list[tuple[bool, str]]]:
    """The cells of each row of the table: whether one is marked, and its words."""
    tree = ElementTree.fromstring(comparison_html(comparison, unit).replace("<br>", " "))
    found = {}
    for row in tree.iter("tr"):
        cells = row.findall("td")
        if cells:
            name = row.findtext("th") or ""
            words = [" ".join(cell.itertext()).replace("\u00a0", " ") for cell in cells]
            found[name] = [(cell.get("class") == "differs", w) for cell, w in zip(cells, words, strict=True)]
    return found


def test_the_table_marks_what_differs_and_nothing_else() -> None:
    rows = table_rows(compared("resnet50", "resnet101"))
    marked = {name for name, cells in rows.items() if any(differs for differs, _ in cells)}
    assert marked == {"stage 3", "total"}
    assert rows["stage 3"] == [
        (True, "6 → 23 +17 identity"),
        (False, "1024 × 14 × 14"),
        (True, "7.10 M → 26.1 M +19.0 M (× 3.68)"),
        (True, "1.46 G → 5.18 G +3.71 G (× 3.54)"),
        (True, "29.9 MB → 105 MB +75.1 MB (× 3.51)"),
    ]
    assert table_rows(compared("resnet50", "resnet101"), "FLOPs")["total"][3][1].startswith("8.18 G → 15.6 G")


def test_a_difference_that_rounding_hides_is_marked_all_the_same() -> None:
    spec = preset("resnet50")
    rows = table_rows(compare(plan(spec), plan(spec.with_(num_classes=1001))))
    assert rows["total"][2] == (True, "25.6 M +2.05 k (+0.008 %)")


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("b", list(PRESETS))
def test_the_picture_is_valid_and_stays_in_its_frame(b: str) -> None:
    tree = ElementTree.fromstring(comparison_svg(compared("resnet50", b)))
    assert not pale_texts(tree)
    _, _, width, height = map(float, tree.attrib["viewBox"].split())
    for rect in tree.iter(f"{SVG}rect"):
        x, y, w, h = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height + 1
    for text in tree.iter(f"{SVG}text"):
        words = "".join(text.itertext())
        start = float(text.attrib["x"])
        assert start + 8 * len(words) * (text.get("text-anchor") != "middle") < width, words


def tile_bars(svg: str) -> list[ElementTree.Element]:
    return [
        rect
        for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")
        if rect.find(f"{SVG}title") is not None
    ]


def test_every_block_is_a_tile_in_the_colour_of_its_stage() -> None:
    bars = tile_bars(comparison_svg(compared("resnet50", "resnet101")))
    stage3 = [bar for bar in bars if bar.attrib["fill"] == STAGE_COLOURS["stage 3"]]
    assert len(stage3) == 6 + 23
    full = [bar for bar in bars if bar.attrib["fill-opacity"] == "1"]
    assert len(full) == 17
    assert {bar.attrib["fill"] for bar in full} == {STAGE_COLOURS["stage 3"]}
    dashed = [bar for bar in bars if bar.get("stroke-dasharray") == "6 4"]
    assert len(dashed) == 2 * 4


def test_600_blocks_are_drawn_as_a_few_bars() -> None:
    comparison = compared("resnet18", "resnet1202_cifar")
    assert len(tiles(comparison.b.stages[0], comparison.a.stages[0])) == 200
    assert len(tile_bars(comparison_svg(comparison))) < 40


def test_half_the_side_is_one_step_lower() -> None:
    p = drawn("resnet50")
    heights = [tiles(stage, None)[0].height for stage in p.stages]
    steps = [high - low for high, low in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 3)


def test_the_word_between_the_rows() -> None:
    words = [difference_text(pair) for pair in compared("resnet50", "resnet101").sections]
    assert words == ["=", "=", "=", "+17 blocks", "=", "="]
    v1 = plan(preset("resnet50").with_(stride_in="1x1"))
    words = [difference_text(pair) for pair in compare(v1, drawn("resnet50")).sections]
    assert words[:2] == ["=", "="] and words[-1] == "="
    assert all(re.fullmatch(r"MACs \+[\d.]+ %", word) for word in words[2:5])
    larger = compare(plan(preset("resnet50"), (320, 320)), drawn("resnet50"))
    assert difference_text(larger.sections[-1]) == "other input"  # the same head: 10 × 10 or 7 × 7 come in
