"""The film strip: maps in order under their shapes, the chosen cell, and what it sees of the photo."""

import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer import ResNetSpec, plan, preset
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.explanation.film_strip_svg import SIDE, Cell, Frame, film_strip_svg, ruler_maps
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.receptive_field import field_box
from tests.strategies import specs

SVG = "{http://www.w3.org/2000/svg}"
JPEG = jpeg_bytes(Image.new("RGB", (8, 8), "white"))


def drawn(p: Plan, cell: Cell) -> ET.Element:
    frames = tuple(Frame(stage, JPEG, f"up to {stage}") for stage in range(len(p.stages) + 1))
    return ET.fromstring(film_strip_svg(p, JPEG, frames, cell))


def named(svg: ET.Element, name: str) -> list[float]:
    """Left, top, width and height of the outline of that name."""
    (part,) = [each for each in svg.iter(f"{SVG}rect") if each.get("class") == name]
    return [float(part.get(side, "")) for side in ("x", "y", "width", "height")]


def test_the_ruler_of_resnet18_is_224_56_56_28_14_7() -> None:
    maps = ruler_maps(plan(preset("resnet18")))
    assert [m.names[0] for m in maps] == ["input", "stem", "stage 1", "stage 2", "stage 3", "stage 4"]
    assert [m.shape[1] for m in maps] == [224, 56, 56, 28, 14, 7]
    assert [m.colour for m in maps[1:]] == [
        STAGE_COLOURS[name] for name in ("stem", "stage 1", "stage 2", "stage 3", "stage 4")
    ]


@given(spec=specs())
def test_every_network_has_a_map_for_the_image_the_stem_and_each_stage(spec: ResNetSpec) -> None:
    p = plan(spec, (40, 40))
    shapes = [m.shape for m in ruler_maps(p)]
    assert shapes == [p.input_shape, p.stem.out_shape, *(stage.out_shape for stage in p.stages)]


def test_a_frame_takes_clicks_on_its_cells() -> None:
    svg = drawn(plan(preset("resnet18")), Cell(4, 3, 3))
    grids = [part for part in svg.iter(f"{SVG}rect") if part.get("data-key")]
    assert [(grid.get("data-name"), grid.get("data-rows"), grid.get("data-columns")) for grid in grids] == [
        ("0", "56", "56"),
        ("1", "56", "56"),
        ("2", "28", "28"),
        ("3", "14", "14"),
        ("4", "7", "7"),
    ]


@given(cell=st.builds(Cell, st.just(2), st.integers(0, 27), st.integers(0, 27)))
def test_the_chosen_cell_and_its_field_stand_where_they_are(cell: Cell) -> None:
    p = plan(preset("resnet18"))
    svg = drawn(p, cell)
    frame = next(part for part in svg.iter(f"{SVG}rect") if part.get("data-name") == "2")
    left, top = float(frame.get("x", "")), float(frame.get("y", ""))
    assert named(svg, "cell") == pytest.approx(
        [left + cell.column * SIDE / 28, top + cell.row * SIDE / 28, SIDE / 28, SIDE / 28], abs=0.01
    )
    box = field_box(p, "stage 2", cell.row, cell.column)
    expected = [box.columns.first, box.rows.first, box.columns.size, box.rows.size]
    x, y, width, height = named(svg, "field")
    assert [x, y - top, width, height] == pytest.approx([part * SIDE / 224 for part in expected], abs=0.01)


def test_a_cell_of_the_stem_sees_11_pixels() -> None:
    # conv1 sees 7, and the max-pool joins 3 windows two pixels apart: 7 + 2 · 2 = 11.
    svg = drawn(plan(preset("resnet18")), Cell(0, 28, 28))
    assert named(svg, "field")[2:] == pytest.approx([11 * SIDE / 224] * 2, abs=0.01)


def test_the_pictures_are_in_it() -> None:
    svg = drawn(plan(preset("resnet18")), Cell(1, 0, 0))
    images = list(svg.iter(f"{SVG}image"))
    assert len(images) == 6
    assert Image.open(io.BytesIO(JPEG)).size == (8, 8)
    assert all(str(image.get("href")).startswith("data:image/jpeg;base64,") for image in images)
