"""A receptive field over a photo: the box at its place, the photo at the network's size."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.convolution.receptive_field_svg import HEIGHT, field_svg, fitted
from resnet_explorer.network.plan import plan
from resnet_explorer.network.receptive_field import place_of
from resnet_explorer.network.spec import preset

SVG = "{http://www.w3.org/2000/svg}"


def picture(net: str, size: tuple[int, int], section: str, row: int, column: int) -> ElementTree.Element:
    p = plan(preset(net), size)
    photo = fitted(Image.new("RGB", (400, 300), "orange"), size)
    return ElementTree.fromstring(field_svg(p, place_of(p, section), row, column, photo))


def image_rect(svg: ElementTree.Element) -> list[float]:
    image = next(svg.iter(f"{SVG}image"))
    return [float(image.get(name) or 0) for name in ("x", "y", "width", "height")]


def seen_rect(svg: ElementTree.Element) -> list[float]:
    path = next(path for path in svg.iter(f"{SVG}path") if path.get("class") == "seen")
    x, y, width, height = re.findall(r"-?[\d.]+", path.get("d") or "")[:4]
    return [float(x), float(y), float(width), float(height)]


def test_the_box_of_a_cell_lies_on_its_pixels() -> None:
    svg = picture("resnet18", (224, 224), "stage 2", 14, 20)
    left, top, width, height = image_rect(svg)
    scale = width / 224
    assert height == pytest.approx(width)
    # rows 14·8 − 49 = 63 to 161, columns 20·8 − 49 = 111 to 209
    assert seen_rect(svg) == pytest.approx(
        [left + 111 * scale, top + 63 * scale, 99 * scale, 99 * scale], abs=0.1
    )


def test_a_cell_of_the_last_stage_of_resnet50_sees_the_whole_image() -> None:
    svg = picture("resnet50", (224, 224), "stage 4", 3, 3)
    assert seen_rect(svg) == image_rect(svg)


def test_the_click_falls_on_as_many_cells_as_the_map_has() -> None:
    svg = picture("resnet18", (224, 320), "stage 3", 0, 0)
    grid = next(part for part in svg.iter() if part.get("data-key") == "cell")
    assert (grid.get("data-rows"), grid.get("data-columns")) == ("14", "20")
    left, _, width, _ = image_rect(svg)
    jump = 16 * width / 320
    assert float(grid.get("x") or 0) == pytest.approx(left + 0.5 * width / 320 - jump / 2, abs=0.01)
    assert float(grid.get("width") or 0) == pytest.approx(20 * jump, abs=0.01)


@pytest.mark.parametrize("section", ["conv1", "maxpool", "stage 1", "stage 4"])
def test_the_image_is_never_smaller_than_a_third_of_the_pictures_height(section: str) -> None:
    _, _, width, height = image_rect(picture("resnet152", (224, 224), section, 0, 0))
    assert width == height
    assert height >= HEIGHT / 3 - 1


def test_a_photo_is_cut_to_the_input_and_never_carries_more_than_448_pixels() -> None:
    assert fitted(Image.new("RGB", (640, 480)), (32, 48)).size == (48, 32)
    assert fitted(Image.new("RGB", (640, 480)), (2048, 1024)).size == (224, 448)


def test_a_small_input_is_embedded_pixel_by_pixel() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    p = plan(preset("resnet20_cifar"), (32, 32))
    svg = field_svg(p, place_of(p, "stage 1"), 3, 4, Image.fromarray(noise))
    embedded = re.search(r"base64,([^\"]+)", svg)
    assert embedded is not None
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(embedded[1])))), noise)
