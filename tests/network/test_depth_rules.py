"""Any depth on demand: published networks as published, every other by the field's rules."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer import preset
from resnet_explorer.network.depth_rules import choose_depth, spread
from resnet_explorer.network.spec import ResNetSpec


@pytest.mark.parametrize("layers", [18, 34, 50, 101, 152])
def test_the_papers_five_are_torchvisions(layers: int) -> None:
    choice = choose_depth(layers)
    assert choice.spec == preset(f"resnet{layers}")
    assert choice.exact and choice.depth == layers


@pytest.mark.parametrize(("layers", "depths"), [(200, (3, 24, 36, 3)), (269, (3, 30, 48, 8))])
def test_the_deeper_published_networks(layers: int, depths: tuple[int, ...]) -> None:
    assert choose_depth(layers).spec == ResNetSpec("bottleneck", depths)


@pytest.mark.parametrize("layers", [20, 32, 44, 56, 110, 1202])
def test_cifar_networks_of_6n_plus_2_layers_are_the_presets(layers: int) -> None:
    assert choose_depth(layers, stem="cifar").spec == preset(f"resnet{layers}_cifar")


def test_1001_layers_on_cifar_are_111_bottlenecks_in_each_stage() -> None:
    choice = choose_depth(1001, stem="cifar")
    assert choice.exact
    assert choice.spec.with_(activation="pre") == preset("resnet1001_preact_cifar")
    assert choice.reason == "1001 = 9 × 111 + 2: three stages of 111 bottlenecks."


def test_164_layers_on_cifar_are_either_and_basic_unless_told() -> None:
    assert choose_depth(164, stem="cifar").spec.depths == (27, 27, 27)
    assert choose_depth(164, "bottleneck", "cifar").spec.depths == (18, 18, 18)


@pytest.mark.parametrize(
    ("layers", "block", "stem", "depth", "reason"),
    [
        (19, None, "imagenet", 18, "19 layers do not exist with basic blocks, which come in steps of two "
         "(2 × blocks + 2): the closest are 18 and 20; 18 is shown."),
        (51, None, "imagenet", 50, "51 layers do not exist with bottlenecks, which come in steps of three "
         "(3 × blocks + 2): the closest are 50 and 53; 50 is shown."),
        (52, None, "imagenet", 53, "52 layers do not exist with bottlenecks, which come in steps of three "
         "(3 × blocks + 2): the closest are 50 and 53; 53 is shown."),
        (23, None, "cifar", 20, "23 layers do not exist with basic blocks, which come in steps of six "
         "(6n + 2): the closest are 20 and 26; 20 is shown."),
        (30, "bottleneck", "cifar", 29, "30 layers do not exist with bottlenecks, which come in steps of "
         "nine (9n + 2): the closest are 29 and 38; 29 is shown."),
        (1, None, "imagenet", 10, "10 layers are the fewest with basic blocks, one block in each stage: "
         "10 are shown instead of 1."),
        (13, "bottleneck", "imagenet", 14, "14 layers are the fewest with bottlenecks, one block in each "
         "stage: 14 are shown instead of 13."),
        (5000, None, "imagenet", 1625, "1,625 layers are the most that this rule builds with bottlenecks, "
         "and are shown instead of 5,000."),
        (9999, None, "cifar", 3002, "3,002 layers are the most that this rule builds with basic blocks, "
         "and are shown instead of 9,999."),
    ],
)  # fmt: skip
def test_a_number_that_no_network_has_gets_the_closest_and_the_reason(
    layers: int, block: Any, stem: Any, depth: int, reason: str
) -> None:
    choice = choose_depth(layers, block, stem)
    assert (choice.depth, choice.exact, choice.reason) == (depth, False, reason)
    assert choice.spec.depth == depth


def test_basic_blocks_below_50_layers_and_bottlenecks_from_there_on() -> None:
    assert {choose_depth(layers).spec.block for layers in range(10, 50)} == {"basic"}
    assert {choose_depth(layers).spec.block for layers in range(50, 300)} == {"bottleneck"}
    assert choose_depth(50, "basic").spec.depths == (3, 4, 14, 3)
    assert choose_depth(26, "bottleneck").spec.depths == (2, 2, 2, 2)


def test_a_stage_never_loses_a_block_when_the_network_gains_one() -> None:
    spreads = [spread(blocks) for blocks in range(4, 542)]
    assert [sum(depths) for depths in spreads] == list(range(4, 542))
    for fewer, more in pairwise(spreads):
        assert all(low <= high for low, high in zip(fewer, more, strict=True)), (fewer, more)
    assert spreads[-1] == (3, 30, 500, 8)


@given(
    layers=st.integers(1, 6000),
    block=st.sampled_from(["basic", "bottleneck"]),
    stem=st.sampled_from(["imagenet", "cifar"]),
)
def test_what_is_shown_is_the_closest_there_is(layers: int, block: Any, stem: Any) -> None:
    step = {"basic": 2, "bottleneck": 3}[block] * (3 if stem == "cifar" else 1)
    counts = range(1, 501) if stem == "cifar" else range(4, 542)
    closest = min((step * count + 2 for count in counts), key=lambda depth: (abs(depth - layers), depth))
    choice = choose_depth(layers, block, stem)
    assert choice.depth == choice.spec.depth == closest
    assert choice.exact == (closest == layers)
    assert choice.spec.block == block and choice.spec.stem == stem
    assert choice.reason.endswith(".") and str(layers) in choice.reason.replace(",", "")


@pytest.mark.parametrize("layers", [0, -18, 18.0, "50", None, True])
def test_what_is_no_number_of_layers_is_refused(layers: Any) -> None:
    sentence = f"The number of layers is {layers!r}; a whole number from 1 up is needed."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        choose_depth(layers)


def test_an_unknown_block_or_stem_is_refused() -> None:
    with pytest.raises(ValueError, match=r'^block is \'wide\'; allowed are "basic" or "bottleneck"\.$'):
        choose_depth(18, "wide")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r'^stem is \'mnist\'; allowed are "imagenet" or "cifar"\.$'):
        choose_depth(18, stem="mnist")  # type: ignore[arg-type]


@pytest.mark.parametrize("blocks", [3, 542])
def test_a_spread_outside_the_table_is_refused(blocks: int) -> None:
    with pytest.raises(ValueError, match=rf"^blocks is {blocks}; 4 to 541 are allowed\.$"):
        spread(blocks)
