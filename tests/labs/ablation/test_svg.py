"""The chain of blocks as a picture, the figures, and what they are said to show."""

import re
import xml.etree.ElementTree as ET

import pytest

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.labs.ablation.ablations import WHOLE
from resnet_explorer.labs.ablation.figures import drops_figure, lengths_figure, sweep_figure
from resnet_explorer.labs.ablation.findings import outcome, sweep_finding
from resnet_explorer.labs.ablation.svg import chain_svg
from resnet_explorer.labs.ablation.sweep import Drops, Sweep
from resnet_explorer.network.layers import Block
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset


def blocks_of(name: str, side: int = 32) -> tuple[Block, ...]:
    return plan(preset(name), (side, side)).blocks


def keys(svg: str) -> list[str]:
    return [part.get("data-key", "") for part in ET.fromstring(svg).iter() if part.get("data-key")]


def test_every_shortcut_and_every_block_can_be_clicked() -> None:
    blocks = blocks_of("resnet20_cifar")
    svg = chain_svg(blocks, WHOLE)
    names = ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2"]
    assert keys(svg) == [kind + name for name in names for kind in "cb"]
    assert svg.count('stroke-dasharray="5 5"') == 2  # zeros are appended at two shortcuts
    assert svg.count(STAGE_COLOURS["stage 2"]) == 3 * 4  # box and its outline, arc and what is clicked of it
    assert "✂" not in svg


def test_lesions_are_seen_and_said() -> None:
    ablation = WHOLE.with_cut(0).with_skipped(3).with_swapped(7, 8)
    svg = chain_svg(blocks_of("resnet20_cifar"), ablation)
    assert svg.count("✂") == 1
    assert svg.count("⇄") == 2
    assert "9 blocks, shortcut of 1.0 cut, 2.0 skipped, 3.1 and 3.2 swapped" in svg
    shown = re.findall(r">(\d\.\d)</text>", svg)
    assert shown == ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "3.0", "3.2", "3.1"]


def test_a_plain_network_has_no_arcs_and_keeps_what_changes_the_shape() -> None:
    svg = chain_svg(blocks_of("plain18", 224), WHOLE)
    assert keys(svg) == ["b1.0", "b1.1", "b2.1", "b3.1", "b4.1"]


@pytest.mark.parametrize(("name", "rows"), [("resnet18", 1), ("resnet50", 2), ("resnet152", 4)])
def test_long_chains_wrap(name: str, rows: int) -> None:
    blocks = blocks_of(name, 224)
    svg = chain_svg(blocks, WHOLE)
    assert svg.count("↵") == rows - 1
    assert len(keys(svg)) == 2 * len(blocks)


def test_the_bars_are_the_blocks_in_their_stages_colours() -> None:
    blocks = blocks_of("resnet20_cifar")
    scores = {number: 0.1 * number for number in range(9)}
    figure = sweep_figure([Sweep("r", blocks, scores, 0.9, 200)], 0.1, "accuracy")
    (bars,) = figure.data
    assert list(bars.x)[:4] == ["1.0", "1.1", "1.2", "2.0"]
    assert list(bars.y) == list(scores.values())
    assert [text.startswith("▼") for text in bars.text] == [True, False, False] * 3
    assert list(bars.marker.color) == [STAGE_COLOURS[f"stage {n}"] for n in (1, 1, 1, 2, 2, 2, 3, 3, 3)]
    assert [note.text for note in figure.layout.annotations] == ["whole 90.0%", "guessing"]
    alone = sweep_figure([Sweep("r", blocks, scores, 1.0, 30)], None, "agreement").layout.shapes
    assert [each.type for each in alone].count("line") == 1
    boxes = [each for each in alone if each.type == "rect"]
    assert [each.line.color for each in boxes] == list(bars.marker.color)
    assert [each.type for each in alone].count("path") == 9  # each block has a shortcut


def test_draws_begin_with_the_whole_network() -> None:
    drops = Drops("r", False, [[0.8, 0.6], [0.5, 0.3]], 0.9, 200)
    points, mean = drops_figure([drops], None, "error").data
    assert list(points.x) == [0, 1, 1, 2, 2]
    assert list(points.y) == pytest.approx([0.1, 0.2, 0.4, 0.5, 0.7])
    assert list(mean.y) == pytest.approx([0.1, 0.3, 0.6])


def test_lengths_are_binomial() -> None:
    (bars,) = lengths_figure(4).data
    assert list(bars.y) == pytest.approx([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16])
    assert list(bars.customdata) == ["1", "4", "6", "4", "1"]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [((0.89, 0.86), "little"), ((0.89, 0.8), "depends"), ((0.44, 0.2), "most"), ((0.46, 0.1), "depends")],
)
def test_what_a_sweep_comes_to(scores: tuple[float, ...], expected: str) -> None:
    blocks = blocks_of("resnet20_cifar")
    assert outcome(Sweep("r", blocks, dict(enumerate(scores)), 0.9, 200)) == expected


def test_the_reading_names_the_mean_the_cheapest_and_the_dearest() -> None:
    sweep = Sweep("r", blocks_of("resnet20_cifar"), {0: 0.4, 1: 0.79, 2: 0.5}, 0.85, 200)
    assert sweep_finding(sweep) == (
        "**85.0%** whole, **56.3%** without a block on average: 40.0% (1.0) to 79.0% (1.1); 200 photos."
    )
    assert "**56.3%** without a shortcut on average: 40.0% (1.0)" in sweep_finding(sweep, cut=True)
