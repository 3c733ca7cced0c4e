"""The strip of blocks: cards, closer cards, columns; each block can be picked, and its bar is its ratio."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from resnet_explorer import plan, preset
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import speaking
from resnet_explorer.inside.additions import Addition
from resnet_explorer.inside.additions_svg import MOST_MAPS, grey_map, strip_picture
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.spec import ResNetSpec

SVG = "{http://www.w3.org/2000/svg}"


def made_up(p: Plan) -> list[Addition]:
    """Ratios that grow block by block, of any network."""
    count = len(p.blocks)
    ramp = np.linspace(-1, 2, 16, dtype=np.float32).reshape(4, 4)
    return [
        Addition(block, index, 2 * (index + 1) / count, 2.0, (index + 1) / count, 80.0, 0.5, ramp)
        for index, block in enumerate(p.blocks)
    ]


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet152", "resnet1202_cifar"])
def test_every_block_can_be_picked_and_few_enough_show_their_maps(name: str) -> None:
    found = made_up(plan(preset(name)))
    drawn = ElementTree.fromstring(strip_picture(found).svg)
    keys = [part.get("data-key") for part in drawn.iter() if part.get("data-key")]
    assert keys == [each.block.name for each in found]
    maps = len(list(drawn.iter(f"{SVG}image")))
    assert maps == (len(found) if len(found) <= MOST_MAPS else 0)
    assert all(float(size.get("font-size", 16)) >= 14 for size in drawn.iter(f"{SVG}text"))


def test_the_bars_are_as_long_as_the_ratios_and_in_the_stages_colours() -> None:
    found = made_up(plan(preset("resnet18")))
    drawn = ElementTree.fromstring(strip_picture(found).svg)
    bars = [part for part in drawn.iter(f"{SVG}rect") if part.get("height") == "9"]
    lengths = [float(bar.get("width", 0)) for bar in bars]
    assert lengths == pytest.approx([each.ratio / found[-1].ratio * lengths[-1] for each in found], abs=0.01)
    assert [bar.get("fill") for bar in bars] == [STAGE_COLOURS[each.block.stage] for each in found]


def test_stages_are_named_in_the_language_of_now() -> None:
    with speaking("zh"):
        drawn = strip_picture(made_up(plan(preset("resnet152")))).svg
    assert ">阶段 3<" in drawn and "stage" not in drawn


@pytest.mark.parametrize("name", ["plain18", "plain34", "plain56"])
def test_a_plain_network_says_that_nothing_is_added_and_has_no_ratios(name: str) -> None:
    spec = ResNetSpec("basic", (9, 9, 9), width=16, stem="cifar", shortcut="none")
    p = plan(spec if name == "plain56" else preset(name))
    found = [
        Addition(block, index, 1.0, None, None, None, 0.5, np.zeros((2, 2), np.float32))
        for index, block in enumerate(p.blocks)
    ]
    drawn = ElementTree.fromstring(strip_picture(found).svg)
    said = [part.text or "" for part in drawn.iter(f"{SVG}text")]
    assert said[0] == "Nothing is added: without shortcuts, each block hands on g(x) alone"
    assert not any(each in ("–", "0", "1") for each in said)
    assert len([part for part in drawn.iter() if part.get("data-key")]) == len(p.blocks)


def test_a_map_goes_from_black_to_white_whatever_its_sign() -> None:
    assert np.asarray(grey_map(np.array([[-3, -1], [-2, -3]], np.float32))).tolist() == [[0, 255], [128, 0]]
    assert np.asarray(grey_map(np.zeros((2, 2), np.float32))).tolist() == [[0, 0], [0, 0]]
