"""Basic against bottleneck: the paper's figures, by the records of the plan."""

from __future__ import annotations

import pytest

from resnet_explorer.blocks.figures import (
    BLOCK_KINDS,
    block_cost,
    block_on,
    both_plans,
    convolutions,
    depth_figure,
    depth_points,
    ratio_text,
    stage_figure,
    weights_product,
    with_block,
)
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, preset


def test_on_256_channels_two_3x3_cost_seventeen_times_a_bottleneck() -> None:
    basic, bottleneck = (block_on(256, kind, 56) for kind in BLOCK_KINDS)
    assert block_cost(basic).params == 1_179_648
    assert block_cost(bottleneck).params == 69_632
    assert ratio_text(1_179_648, 69_632) == "16.9"
    assert block_cost(basic).macs == 1_179_648 * 56 * 56
    assert block_cost(bottleneck).macs == 69_632 * 56 * 56


def test_norms_are_counted_on_demand() -> None:
    basic, bottleneck = (block_cost(block_on(256, kind, 56), norms=True) for kind in BLOCK_KINDS)
    assert basic.params == 1_179_648 + 2 * 2 * 256
    assert bottleneck.params == 69_632 + 2 * (64 + 64 + 256)


def test_weights_are_shown_as_products() -> None:
    assert [weights_product(layer) for layer in convolutions(block_on(256, "basic", 56))] == [
        "3 · 3 · 256 · 256 = 589,824"
    ] * 2
    assert [weights_product(layer) for layer in convolutions(block_on(256, "bottleneck", 56))] == [
        "1 · 1 · 256 · 64 = 16,384",
        "3 · 3 · 64 · 64 = 36,864",
        "1 · 1 · 64 · 256 = 16,384",
    ]


def test_a_block_on_its_own_has_an_identity_shortcut_and_keeps_its_shape() -> None:
    for kind in BLOCK_KINDS:
        block = block_on(64, kind, 7)
        assert (block.shortcut, block.in_shape, block.out_shape) == ("identity", (64, 7, 7), (64, 7, 7))


def test_channels_that_cannot_be_quartered_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"channels is 250.*a multiple of 4 is needed, such as 248 or 252\."):
        block_on(250, "bottleneck", 56)
    assert block_cost(block_on(250, "basic", 56)).params == 2 * 9 * 250 * 250


@pytest.mark.parametrize("name", PRESETS)
def test_every_network_is_built_with_either_block(name: str) -> None:
    spec = preset(name)
    size = (32, 32) if spec.stem == "cifar" else (224, 224)
    plans = both_plans(spec, size)
    assert plans[spec.block] == plan(spec, size)
    for kind, drawn in plans.items():
        assert drawn.spec.block == kind
        assert drawn.spec.depths == spec.depths


def test_the_depths_of_resnet34_with_bottlenecks_are_resnet50() -> None:
    assert with_block(preset("resnet34"), "bottleneck") == preset("resnet50")
    assert with_block(preset("resnet50"), "basic") == preset("resnet34")


def test_bars_are_the_sections_of_both_networks() -> None:
    network = (preset("resnet50"), (224, 224))
    figure = stage_figure(*network, "parameters")
    basic, bottleneck = figure.data
    assert list(basic.x) == ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]
    assert sum(basic.y) == 21_797_672
    assert sum(bottleneck.y) == 25_557_032
    macs = sum(stage_figure(*network, "MACs").data[1].y)
    assert macs == 4_089_184_256
    assert sum(stage_figure(*network, "FLOPs").data[1].y) == 2 * macs


def test_the_curve_passes_through_the_published_networks() -> None:
    points = {
        point.depth: point.params
        for kind in BLOCK_KINDS
        for point in depth_points(kind, "imagenet", (224, 224))
        if point.published
    }
    assert points == {
        18: 11_689_512,
        34: 21_797_672,
        50: 25_557_032,
        101: 44_549_160,
        152: 60_192_808,
        200: plan(preset("resnet50").with_(depths=(3, 24, 36, 3))).params,
        269: plan(preset("resnet50").with_(depths=(3, 30, 48, 8))).params,
    }


def test_on_cifar_the_curve_marks_the_papers_depths_and_reaches_as_deep_as_the_network() -> None:
    default = depth_points("basic", "cifar", (32, 32))
    assert [point.depth for point in default if point.published] == [20, 32, 44, 56, 110]
    deep = depth_points("basic", "cifar", (32, 32), 1202)
    assert [point.depth for point in deep if point.published] == [20, 32, 44, 56, 110, 1202]
    assert {point.depth: point.params for point in deep}[1202] == plan(
        preset("resnet1202_cifar"), (32, 32)
    ).params
    assert len(deep) < 40


def test_the_curve_marks_the_network_on_the_screen() -> None:
    current = plan(preset("resnet20_cifar"), (32, 32))
    figure = depth_figure(current.spec, (32, 32), "FLOPs")
    star = figure.data[-1]
    assert (star.name, list(star.x), list(star.y)) == ("ResNet-20 CIFAR", [20], [2 * current.macs])
    assert [trace.name for trace in figure.data if trace.mode == "lines"] == ["basic", "bottleneck"]
    assert list(figure.data[0].x) == sorted(figure.data[0].x)
