"""The drawing: well formed, complete, nothing on top of anything else, and never wider than asked."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import input_sizes, specs
from test_diagram import drawn, planned

from resnet_explorer.diagram import cells
from resnet_explorer.graph_layout import GraphLayout, lay_out
from resnet_explorer.graph_svg import network_svg
from resnet_explorer.spec import PRESETS, ResNetSpec

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def nodes(root: ET.Element) -> list[str]:
    return [group.attrib["data-node"] for group in root.iter(f"{SVG}g") if "data-node" in group.attrib]


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
        group.find(f"{SVG}path") for group in shortcuts(read(network_svg(drawn(name), folds=False).svg))
    ]
    with_dashes = sum("stroke-dasharray" in arch.attrib for arch in arches if arch is not None)
    assert (len(arches) - with_dashes, with_dashes) == (solid, dashed)


def test_resnet50_says_shapes_reasons_and_repeats() -> None:
    said = texts(read(network_svg(drawn("resnet50")).svg))
    plain = [text.replace("\u2009", " ") for text in said]
    assert "3 × 224 × 224" in plain and "2048 × 7 × 7" in plain
    assert "64 → 256 channelssame size" in said  # two lines
    assert "28 → 14512 → 1024 channels" in said
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
    _check_apart(lay_out(cells(drawn(name), layers=layers, folds=False), direction, 960.0))


def test_resnet152_unfolded_keeps_within_the_width_it_is_given() -> None:
    drawing = lay_out(cells(drawn("resnet152"), folds=False), "LR", 960.0)
    assert drawing.length <= 960.0


def test_resnet1202_unfolded_takes_the_form_of_a_screen() -> None:
    drawing = lay_out(cells(drawn("resnet1202_cifar"), folds=False), "LR", 960.0)
    assert 0.3 < drawing.breadth / drawing.length <= 0.62


@settings(max_examples=50)
@given(spec=specs(), size=input_sizes, layers=st.booleans(), folds=st.booleans())
def test_any_network_is_drawn(spec: ResNetSpec, size: tuple[int, int], layers: bool, folds: bool) -> None:
    p = planned(spec, size)
    chain = cells(p, layers=layers, folds=folds)
    for direction in ("LR", "TB"):
        root = read(network_svg(p, layers=layers, folds=folds, direction=direction).svg)
        assert nodes(root) == [node.key for cell in chain for node in _as_drawn(cell)]
        _check_apart(lay_out(chain, direction, 600.0))


def _as_drawn(cell):  # type: ignore[no-untyped-def]
    return (*cell.path, *((cell.add,) if cell.add else ()), *cell.after, *cell.bypass)


def _check_apart(drawing: GraphLayout) -> None:
    """Each cell's boxes are in order along the chain, and lines of cells do not touch."""
    for before, after in pairwise(drawing.cells):
        if before.v == after.v:
            assert before.u + before.layout.length <= after.u + 1e-6
        else:
            assert before.v + before.layout.far <= after.v - after.layout.near
    for placed in drawing.cells:
        layout = placed.layout
        for left, right in pairwise(layout.boxes):
            assert left.u + left.half_u < right.u - right.half_u
        assert placed.u >= 0 and placed.u + layout.length <= drawing.length + 1e-6
        for box in layout.bypass:
            assert layout.tap_u < box.u - box.half_u and box.u + box.half_u < layout.add_u
            assert box.v + box.half_v < -max(other.half_v for other in layout.boxes)
