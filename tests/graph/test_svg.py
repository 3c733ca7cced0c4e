"""The drawing: well formed, complete, nothing on top of anything else, and never wider than asked."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_explorer.graph.cell_layout import Words, text_width
from resnet_explorer.graph.diagram import Direction, cells, edges
from resnet_explorer.graph.fitting import fitting_svg, word_height
from resnet_explorer.graph.layout import GraphLayout, Placed, lay_out
from resnet_explorer.graph.svg import network_svg
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec
from tests.graph.test_diagram import drawn, planned
from tests.strategies import input_sizes, specs

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def nodes(root: ET.Element) -> list[str]:
    return [group.attrib["data-part"] for group in root.iter(f"{SVG}g") if group.get("class") == "node"]


def lines(root: ET.Element) -> set[str]:
    """The keys of all lines that can be clicked, the data's and the shortcuts."""
    return {
        part.attrib["data-part"]
        for part in root.iter()
        if part.get("class") in ("line", "shortcut") and "data-part" in part.attrib
    }


def shortcuts(root: ET.Element) -> list[ET.Element]:
    return [group for group in root.iter(f"{SVG}g") if group.get("class") == "shortcut"]


def texts(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_drawn_folded_and_unfolded(name: str, direction: str) -> None:
    p = drawn(name)
    folded = read(network_svg(p, direction=direction, heading=name).svg)
    unfolded = read(network_svg(p, direction=direction, folds=False, standalone=True, heading=name).svg)
    assert {block.name for block in p.blocks} <= set(nodes(unfolded))
    assert len(nodes(folded)) <= len(nodes(unfolded))
    assert len(shortcuts(unfolded)) == sum(block.shortcut != "none" for block in p.blocks)


def test_plain_network_has_no_shortcut() -> None:
    assert shortcuts(read(network_svg(drawn("plain34"), folds=False).svg)) == []


@pytest.mark.parametrize(
    ("name", "solid", "dashed"), [("resnet18", 5, 3), ("resnet50", 12, 4), ("resnet20_cifar", 7, 2)]
)
def test_identity_is_solid_and_what_changes_the_shape_is_dashed(name: str, solid: int, dashed: int) -> None:
    arches = [
        group.find(f"{SVG}path[@class='skip']")
        for group in shortcuts(read(network_svg(drawn(name), folds=False).svg))
    ]
    with_dashes = sum("stroke-dasharray" in arch.attrib for arch in arches if arch is not None)
    assert (len(arches) - with_dashes, with_dashes) == (solid, dashed)


def test_resnet50_says_shapes_reasons_and_repeats() -> None:
    said = texts(read(network_svg(drawn("resnet50")).svg))
    plain = [text.replace("\u2009", " ") for text in said]
    assert "3 × 224 × 224" in plain and "2048 × 7 × 7" in plain
    assert (
        "64 × 56 × 56 →256 × 56 × 5664 → 256 channelssame size" in plain
    )  # four lines: no room for one shape more
    assert "512 × 28 × 28 →1024 × 14 × 1428 → 14512 → 1024 channels" in plain
    assert [text for text in said if text.startswith("×")] == ["×2", "×3", "×5", "×2"]
    assert "stage 3 · conv4_x" in said


def test_a_projection_drawn_layer_by_layer_has_its_convolution_on_the_arch() -> None:
    names = nodes(read(network_svg(drawn("resnet50"), layers=True).svg))
    assert "layer1.0.downsample.0" in names and "layer1.0.downsample.1" in names
    assert "layer1.1.downsample.0" not in names


def test_the_same_network_gives_the_same_bytes() -> None:
    assert network_svg(drawn("resnet34")).svg == network_svg(drawn("resnet34")).svg


def test_a_heading_is_escaped() -> None:
    svg = network_svg(drawn("resnet18"), heading='<b>"&', standalone=True).svg
    assert "<b>" not in svg
    assert read(svg).attrib["aria-label"] == '<b>"&'


@pytest.mark.parametrize("layers", [False, True])
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", ["resnet18", "resnet152", "resnet1202_cifar", "resnet200_preact"])
def test_cells_do_not_overlap(name: str, direction: str, layers: bool) -> None:
    _check_apart(lay_out([cells(drawn(name), layers=layers, folds=False)], direction, 960.0))


def test_resnet152_unfolded_keeps_within_the_width_it_is_given() -> None:
    drawing = lay_out([cells(drawn("resnet152"), folds=False)], "LR", 960.0)
    assert drawing.length <= 960.0


def test_resnet1202_unfolded_takes_the_form_of_a_screen() -> None:
    drawing = lay_out([cells(drawn("resnet1202_cifar"), folds=False)], "LR", 960.0)
    assert 0.3 < drawing.breadth / drawing.length <= 0.62


@pytest.mark.slow
@settings(max_examples=50)
@given(spec=specs(), size=input_sizes, layers=st.booleans(), folds=st.booleans())
def test_any_network_is_drawn(spec: ResNetSpec, size: tuple[int, int], layers: bool, folds: bool) -> None:
    p = planned(spec, size)
    chain = cells(p, layers=layers, folds=folds)
    for direction in ("LR", "TB"):
        root = read(network_svg(p, layers=layers, folds=folds, direction=direction).svg)
        assert nodes(root) == [node.key for cell in chain for node in cell.nodes]
        assert lines(root) == {edge.key for edge in edges(chain)}
        _check_apart(lay_out([chain], direction, 600.0))


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize(
    ("name", "unfolded", "boxes"),
    [
        ("resnet152", (), 21),
        ("resnet152", ("stage 3",), 89),
        ("resnet1202_cifar", (), 14),
        ("resnet1202_cifar", ("stage 2",), 410),
        ("resnet1202_cifar", ("stage 1", "stage 2", "stage 3"), 1204),
    ],
)
def test_what_is_folded_is_not_laid_out(
    name: str, unfolded: tuple[str, ...], boxes: int, direction: str
) -> None:
    p = drawn(name)
    folds = {stage.name for stage in p.stages} - set(unfolded)
    drawing = lay_out([cells(p, folds=folds)], direction, 960.0)
    assert sum(len(placed.layout.boxes) for placed in drawing.chains[0].cells) == boxes
    assert len(nodes(read(network_svg(p, folds=folds, direction=direction).svg))) == boxes


def test_an_arch_says_the_shape_that_flows_in_it() -> None:
    def over(block: str, layers: bool) -> list[str]:
        root = read(network_svg(drawn("resnet50"), layers=layers, folds=False).svg)
        arch = next(group for group in shortcuts(root) if group.get("data-part") == f"{block}~shortcut")
        return [text.replace("\u2009", " ") for text in texts(arch)]

    assert over("layer3.1", layers=False) == ["1024 × 14 × 14"]
    assert over("layer2.0", layers=True) == [
        "56 → 28256 → 512 channels",
        "256 × 56 × 56",  # before its convolution
        "512 × 28 × 28",  # and behind it
    ]


def test_without_shapes_the_picture_is_smaller_and_says_none() -> None:
    with_shapes, without = (
        network_svg(drawn("resnet152"), folds=False, words=Words(shapes)) for shapes in ("all", "none")
    )
    assert without.height < 0.9 * with_shapes.height
    assert "2048\u2009×\u20097\u2009×\u20097" in texts(read(with_shapes.svg))
    assert not any("×\u2009" in text for text in texts(read(without.svg)))
    assert len(lines(read(without.svg))) == len(lines(read(with_shapes.svg)))


def test_a_picture_that_leaves_the_app_has_nothing_unseen_on_its_lines() -> None:
    root = read(network_svg(drawn("resnet18"), standalone=True).svg)
    assert not [path for path in root.iter(f"{SVG}path") if path.get("class") == "line"]


@pytest.mark.slow
def test_a_png_is_twice_the_drawing_and_at_most_10_000_pixels() -> None:
    small = network_svg(drawn("resnet18"))
    assert small.png_scale == 2
    large = network_svg(drawn("resnet1202_cifar"), layers=True, folds=False)
    assert max(large.width, large.height) * large.png_scale == pytest.approx(10_000)


@settings(max_examples=50)
@given(spec=specs(), layers=st.booleans(), folds=st.booleans())
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_plain_and_residual_stand_aligned(
    direction: Direction, spec: ResNetSpec, layers: bool, folds: bool
) -> None:
    pair = [spec.with_(shortcut=shortcut) for shortcut in ("projection", "none")]
    chains = [cells(plan(each, (64, 64)), layers=layers, folds=folds) for each in pair]
    drawing = lay_out(chains, direction, 900.0)
    _check_apart(drawing)
    for residual, plain in zip(*(chain.cells for chain in drawing.chains), strict=True):
        assert residual.layout.cell.names == plain.layout.cell.names
        assert (residual.u, residual.layout.length) == (plain.u, plain.layout.length)
        assert residual.v + residual.layout.far <= plain.v - plain.layout.near


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", PRESETS)
def test_a_place_is_filled_and_its_words_can_be_read(name: str, direction: Direction, beside: bool) -> None:
    p = drawn(name)
    other = plan(p.spec.with_(shortcut="none"), p.input_size) if beside else None
    place = (1232.0, 372.0)
    picture = fitting_svg(p, place, direction=direction, beside=other)
    assert word_height(picture, place) >= 14
    assert len(nodes(read(picture.svg))) == len(nodes(read(network_svg(p, beside=other).svg)))


def test_where_no_word_can_be_read_all_are_there_for_who_zooms_in() -> None:
    p, place = drawn("resnet50"), (1232.0, 372.0)
    picture = fitting_svg(p, place, layers=True)
    assert word_height(picture, place) < 14
    assert picture == network_svg(p, layers=True, extent=place)


def test_of_few_words_the_shapes_stay_where_they_change() -> None:
    drawing = lay_out([cells(drawn("resnet50"))], "LR", 960.0, Words("changes"))
    told = [label.text for placed in drawing.chains[0].cells for label in placed.layout.labels]
    shapes = ["3 224 224", "64 112 112", "64 56 56", "256 56 56", "512 28 28", "1024 14 14", "2048 7 7"]
    assert [text.replace("\u2009×\u2009", " ") for text in told] == [*shapes, "2048 1 1", "1000"]


def test_a_stage_with_equal_blocks_has_a_sign_that_folds_it() -> None:
    def signs(folds: bool | set[str]) -> list[tuple[str, str]]:
        root = read(network_svg(drawn("resnet18"), folds=folds).svg)
        found = (group for group in root.iter(f"{SVG}g") if group.get("class") == "fold")
        return [(group.attrib["data-fold"], group.findtext(f"{SVG}title", "")) for group in found]

    assert signs({"stage 2"}) == [("layer1.0", "Fold stage 1")]
    assert signs(True) == [("layer1.0", "Unfold stage 1")]
    standalone = network_svg(drawn("resnet18"), standalone=True).svg
    assert "data-fold" not in standalone


def _check_apart(drawing: GraphLayout) -> None:
    """Each cell's boxes are in order along the chain, and lines of cells do not touch."""
    for chain in drawing.chains:
        for before, after in pairwise(chain.cells):
            if before.v == after.v:
                assert before.u + before.layout.length <= after.u + 1e-6
            else:
                assert before.v + before.layout.far <= after.v - after.layout.near
        for placed in chain.cells:
            _check_cell(placed, drawing)


def _check_cell(placed: Placed, drawing: GraphLayout) -> None:
    layout = placed.layout
    for left, right in pairwise(layout.boxes):
        assert left.u + left.half_u < right.u - right.half_u
    assert placed.u >= 0 and placed.u + layout.length <= drawing.length + 1e-6
    for text in layout.texts:
        across = max(map(text_width, text.lines)) / 2
        assert layout.near >= layout.arc_v + text.lift
        if drawing.direction == "LR" and text.shapes:
            assert text.u - across >= -across / 2 and text.u + across <= layout.length + across / 2
    for box in layout.bypass:
        assert layout.tap_u < box.u - box.half_u and box.u + box.half_u < layout.add_u
        assert box.v + box.half_v < -max(other.half_v for other in layout.boxes)
