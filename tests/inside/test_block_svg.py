"""One block as a picture: its maps on one scale, the signs between them, and the logit's ways as bars."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from resnet_explorer import plan, preset
from resnet_explorer.common.svg import MARGIN
from resnet_explorer.explanation.heatmap import DIVERGING, colour_table
from resnet_explorer.inside.block_svg import BlockPicture, block_svg
from resnet_explorer.inside.logit_parts import LogitParts
from tests.inside.test_additions_svg import SVG, made_up

FOUND = made_up(plan(preset("resnet18")))
MAPS = {
    "x": np.array([[0, 1], [2, 3]], np.float32),
    "branch": np.array([[-4, 0], [1, -2]], np.float32),
    "total": np.array([[-4, 1], [3, 1]], np.float32),
    "output": np.array([[0, 1], [3, 1]], np.float32),
}


def drawn(index: int = 3, **parts: float) -> ElementTree.Element:
    logit = LogitParts(index, **({"shortcut": 6.0, "branch": -3.0, "rest": 1.5, "exact": False} | parts))  # type: ignore[arg-type]
    notes = dict.fromkeys(MAPS, "128 × 2 × 2")
    shown = BlockPicture(FOUND[index], MAPS, notes, logit, "a <cat> & more")  # type: ignore[arg-type]
    return ElementTree.fromstring(block_svg(shown, FOUND).svg)


def texts(of: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in of.iter(f"{SVG}text")]


def test_all_maps_are_on_one_scale_whose_ends_are_written() -> None:
    picture = drawn()
    (group,) = [each for each in picture.iter(f"{SVG}g") if each.get("class") == "maps"]
    images = [each.get("href", "").partition(",")[2] for each in group.iter(f"{SVG}image")]
    pixels = [np.asarray(Image.open(io.BytesIO(base64.b64decode(each))).convert("RGB")) for each in images]
    table = colour_table(DIVERGING)
    for found, values in zip(pixels, MAPS.values(), strict=True):
        levels = np.round((values.astype(float) + 4) * 255 / 8).astype(int)
        np.testing.assert_array_equal(found, table[levels])
    assert {"−4", "0", "4"} <= set(texts(picture)) and "−4 to 1" in texts(picture)


def test_the_signs_say_what_happens_between_the_maps() -> None:
    signs = [each for each in texts(drawn()) if each in ("+", "=", "→", "ReLU", "1×1")]
    assert signs == ["+", "=", "→", "ReLU"]


@pytest.mark.parametrize("exact", [False, True])
def test_the_bars_are_as_long_as_the_parts_of_the_logit(exact: bool) -> None:
    picture = drawn(exact=exact)
    bars = [each for each in picture.iter(f"{SVG}rect") if each.get("height") == "11"]
    assert [float(each.get("width", 0)) for each in bars] == [36, 18, 9]
    zero = float(bars[0].get("x", 0))
    assert float(bars[1].get("x", 0)) == zero - 18, "what is negative goes to the left"
    said = texts(picture)
    assert {"4.50", "6.00", "−3.00", "1.50", "logit of a <cat> & more"} <= set(said)
    assert ("bias" in said) == exact and ("first order: gradient × value" in said) != exact


def test_a_file_of_its_own_has_its_caption_below_it() -> None:
    shown = BlockPicture(FOUND[3], MAPS, dict.fromkeys(MAPS, ""), LogitParts(3, 1, 1, 1, False), "cat")  # type: ignore[arg-type]
    on_page, as_file = block_svg(shown, FOUND), block_svg(shown, FOUND, ["cat · photo", "of a network"])
    assert texts(ElementTree.fromstring(as_file.svg))[-2:] == ["cat · photo", "of a network"]
    assert as_file.height == on_page.height + 52 + 2 * MARGIN and as_file.width == on_page.width + 2 * MARGIN
    root = ElementTree.fromstring(as_file.svg)
    assert root.get("viewBox", "").startswith(f"-{MARGIN} -{MARGIN} ")
    assert 'fill="#ffffff"' in as_file.svg and 'fill="#ffffff"' not in on_page.svg


def test_no_label_is_smaller_than_14_and_every_block_can_be_picked() -> None:
    picture = drawn()
    assert all(float(each.get("font-size", 16)) >= 14 for each in picture.iter(f"{SVG}text"))
    keys = [each.get("data-key") for each in picture.iter() if each.get("data-key")]
    assert keys == ["cells"] * 4 + [each.block.name for each in FOUND], (
        "the cells of four maps, and the strip"
    )
