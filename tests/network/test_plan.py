"""The numbers and shapes that a reader would look up, and the facts that tutorials get wrong."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given

from resnet_explorer import ResNetSpec, plan, preset
from resnet_explorer.network.layers import Layer, Plan, folded
from resnet_explorer.network.plan import plan_block
from resnet_explorer.network.window import Window, output_size
from tests.strategies import input_sizes, specs


def layer(records: Plan, name: str) -> Layer:
    return next(layer for layer in records.layers if layer.name == name)


def params(name: str) -> int:
    return plan(preset(name)).params


# Parameters


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("resnet18", 11_689_512),
        ("resnet34", 21_797_672),
        ("resnet50", 25_557_032),
        ("resnet101", 44_549_160),
        ("resnet152", 60_192_808),
    ],
)
def test_the_papers_five_have_their_parameters(name: str, parameters: int) -> None:
    assert params(name) == parameters


@pytest.mark.parametrize(
    ("layers", "millions"),
    [(20, "0.27"), (32, "0.46"), (44, "0.66"), (56, "0.85"), (110, "1.7"), (1202, "19.4")],
)
def test_cifar_networks_have_the_parameters_of_table_6(layers: int, millions: str) -> None:
    """He et al. 2015, table 6, column "# params"."""
    places = len(millions.split(".")[1])
    assert f"{params(f'resnet{layers}_cifar') / 1e6:.{places}f}" == millions


def test_the_1001_layers_of_the_second_paper() -> None:
    """He et al. 2016, table 4, says 10.2 M for ResNet-1001.

    The module has 10,327,706, which is 10.3 M. The weights of its convolutions are 10,175,920, with
    the fully connected layer 10,178,490: both round to the paper's 10.2 M. So the paper's figure is
    ours without the scales and shifts of the batch norms, of which a network this thin has many.
    """
    records = plan(preset("resnet1001_preact_cifar"))
    by_kind = {
        kind: sum(layer.params for layer in records.layers if layer.kind == kind)
        for kind in ("conv", "norm", "fc")
    }
    assert by_kind == {"conv": 10_175_920, "norm": 149_216, "fc": 2_570}
    assert records.params == 10_327_706


def test_two_3x3_on_256_channels_cost_17_times_the_bottleneck() -> None:
    basic = plan_block("basic", (256, 56, 56), 256)
    bottleneck = plan_block("bottleneck", (256, 56, 56), 64)
    weights = [
        sum(layer.params for layer in block.layers if layer.kind == "conv") for block in (basic, bottleneck)
    ]
    assert weights == [1_179_648, 69_632]
    assert basic.shortcut == bottleneck.shortcut == "identity"


# MACs


def test_the_stride_on_the_3x3_costs_6_percent_more_macs_and_no_parameter() -> None:
    """v1 (He et al. 2015: "3.8 billion") against v1.5 (torchvision)."""
    v15, v1 = plan(preset("resnet50")), plan(preset("resnet50").with_(stride_in="1x1"))
    assert f"{v1.macs / 1e9:.2f} {v15.macs / 1e9:.2f}" == "3.86 4.09"
    assert round(100 * (v15.macs / v1.macs - 1)) == 6
    assert v1.params == v15.params
    assert [block.out_shape for block in v1.blocks] == [block.out_shape for block in v15.blocks]


def test_the_stride_of_v1_is_on_the_first_1x1() -> None:
    v15, v1 = plan(preset("resnet50")), plan(preset("resnet50").with_(stride_in="1x1"))
    convs = ["layer2.0.conv1", "layer2.0.conv2", "layer2.0.conv3"]
    assert [layer(v15, conv).out_shape[1] for conv in convs] == [56, 28, 28]
    assert [layer(v1, conv).out_shape[1] for conv in convs] == [28, 28, 28]


def test_only_convolutions_and_the_fully_connected_layer_have_macs() -> None:
    records = plan(preset("resnet50"))
    assert {layer.kind for layer in records.layers if layer.macs} == {"conv", "fc"}
    assert layer(records, "conv1").macs == 112 * 112 * 64 * 3 * 7 * 7 == 118_013_952
    assert layer(records, "fc").macs == 2048 * 1000


def test_a_grouped_convolution_costs_its_share() -> None:
    one = layer(plan(preset("wide_resnet50_2")), "layer1.1.conv2")
    groups = layer(plan(preset("resnext50_32x4d")), "layer1.1.conv2")
    assert one.out_shape == groups.out_shape == (128, 56, 56)
    assert one.params == 32 * groups.params and one.macs == 32 * groups.macs


def test_a_bias_adds_parameters_and_no_macs() -> None:
    without, with_bias = plan(preset("resnet18")), plan(preset("resnet18").with_(conv_bias=True))
    assert with_bias.macs == without.macs
    assert with_bias.params - without.params == sum(
        layer.out_shape[0] for layer in without.layers if layer.kind == "conv"
    )


# Shapes


def test_the_floor_leaves_a_column_unread_at_the_stem_and_again_at_the_pool() -> None:
    """224 + 2·3 − 7 = 223; 223 / 2 = 111.5; floor, + 1 = 112."""
    assert output_size(224, kernel=7, stride=2, padding=3) == 112
    assert Window(224, kernel=7, stride=2, padding=3, out=112).unread == 1
    assert output_size(112, kernel=3, stride=2, padding=1) == 56
    assert Window(112, kernel=3, stride=2, padding=1, out=56).unread == 1
    assert Window(225, kernel=7, stride=2, padding=3, out=113).unread == 0


def test_the_feature_map_goes_224_112_56_28_14_7_1() -> None:
    records = plan(preset("resnet50"))
    assert layer(records, "conv1").out_shape == (64, 112, 112)
    assert [section.out_shape for section in records.sections] == [
        (64, 56, 56), (256, 56, 56), (512, 28, 28), (1024, 14, 14), (2048, 7, 7), (1000,),
    ]  # fmt: skip
    assert layer(records, "avgpool").out_shape == (2048, 1, 1)


@pytest.mark.parametrize(
    ("side", "sides"),
    [(224, (109, 55, 55, 28, 14, 7)), (96, (45, 23, 23, 12, 6, 3)), (28, (11, 6, 6, 3, 2, 1))],
)
def test_the_lessons_stem_without_padding(side: int, sides: tuple[int, ...]) -> None:
    records = plan(preset("resnet18_d2l_unpadded"), (side, side))
    maps = [records.layers[0], records.stem, *records.stages]
    assert tuple(part.out_shape[1] for part in maps) == sides
    assert records.params == plan(preset("resnet18_d2l"), (side, side)).params


def test_a_max_pool_where_it_is_not_usual() -> None:
    names = [
        [layer.name for layer in plan(ResNetSpec("basic", (1,), stem=stem, stem_pool=pool)).stem.layers]
        for stem, pool in (("cifar", True), ("cifar", None), ("imagenet", False))
    ]
    assert names == [["conv1", "bn1", "relu", "maxpool"], ["conv1", "bn1", "relu"], ["conv1", "bn1", "relu"]]
    assert ResNetSpec("basic", (1,), stem="cifar", stem_pool=False) == ResNetSpec("basic", (1,), stem="cifar")


def test_the_d2l_network_has_the_shapes_that_d2l_publishes() -> None:
    """Zhang et al., Dive into Deep Learning, section 8.6: an image of (1, 1, 224, 224)."""
    records = plan(preset("resnet18_d2l"))
    assert records.input_shape == (1, 224, 224)
    assert [section.out_shape for section in records.sections] == [
        (64, 56, 56), (64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7), (10,),
    ]  # fmt: skip


def test_the_smallest_and_an_odd_image_pass() -> None:
    assert [stage.out_shape for stage in plan(preset("resnet18"), (1, 1)).stages][-1] == (512, 1, 1)
    assert [stage.out_shape[1:] for stage in plan(preset("resnet18"), (97, 225)).stages] == [
        (25, 57), (13, 29), (7, 15), (4, 8),
    ]  # fmt: skip


def test_without_the_top_the_last_feature_map_comes_out() -> None:
    records = plan(preset("resnet18").with_(include_top=False))
    assert records.output_shape == (512, 7, 7)
    assert records.sections[-1].name == "stage 4"
    assert records.params == 11_689_512 - 513_000


@pytest.mark.parametrize("size", [(0, 224), (224, -1), (4097, 224), (224,), (224.0, 224), "ab"])
def test_an_input_size_that_is_none_is_refused(size: Any) -> None:
    sentence = (
        f"input_size is {size!r}; two whole numbers from 1 to 4096 are allowed (height and width in pixels)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plan(preset("resnet18"), size)


def test_a_window_larger_than_its_input_is_refused() -> None:
    sentence = (
        "input_size leaves 4 pixels here, too few for a 7×7 window with padding 1; at least 5 are needed."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        output_size(4, kernel=7, stride=2, padding=1)
    assert output_size(5, kernel=7, stride=2, padding=1) == 1


# Shortcuts


def shortcuts(records: Plan, stage: int) -> list[str]:
    return [block.shortcut for block in records.stages[stage].blocks]


@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_basic_networks_begin_with_an_identity(name: str) -> None:
    first = plan(preset(name)).blocks[0]
    assert first.shortcut == "identity"
    assert first.shortcut_reason == "input and output are both 64 × 56 × 56"


@pytest.mark.parametrize("name", ["resnet50", "resnet101", "resnet152"])
def test_bottleneck_networks_begin_with_a_projection_of_stride_1(name: str) -> None:
    records = plan(preset(name))
    assert records.blocks[0].shortcut == "projection"
    assert records.blocks[0].shortcut_reason == "64 → 256 channels, same size"
    assert layer(records, "layer1.0.downsample.0").stride == 1
    assert shortcuts(records, 0)[1:] == ["identity", "identity"]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet152"])
def test_the_first_blocks_of_stages_2_to_4_project_and_no_other_does(name: str) -> None:
    records = plan(preset(name))
    for stage in (1, 2, 3):
        first, *others = shortcuts(records, stage)
        assert first == "projection" and set(others) == {"identity"}


def test_the_reason_of_a_projection_names_what_changes() -> None:
    assert plan(preset("resnet18")).stages[1].blocks[0].shortcut_reason == "56 → 28, 64 → 128 channels"
    wide = plan(preset("resnet18"), (224, 160)).stages[1].blocks[0]
    assert wide.shortcut_reason == "56 × 40 → 28 × 20, 64 → 128 channels"
    assert plan_block("basic", (64, 56, 56), 64, stride=2).shortcut_reason == "56 → 28, same channels"


def test_option_a_pads_without_parameters() -> None:
    a = plan(preset("resnet18").with_(shortcut="zero_pad"))
    b = plan(preset("resnet18"))
    pad = layer(a, "layer2.0.downsample")
    assert (pad.kind, pad.in_shape, pad.out_shape, pad.params) == ("zero_pad", (64, 56, 56), (128, 28, 28), 0)
    projections = sum(layer.params for layer in b.layers if "downsample" in layer.name)
    assert b.params - a.params == projections == 64 * 128 + 256 + 128 * 256 + 512 + 256 * 512 + 1024


def test_option_c_projects_in_every_block() -> None:
    c = plan(preset("resnet34").with_(shortcut="projection_all"))
    assert {block.shortcut for block in c.blocks} == {"projection"}
    assert c.blocks[1].shortcut_reason == "option C: every shortcut projects"
    assert c.params > plan(preset("resnet34")).params


def test_a_plain_network_has_no_addition() -> None:
    records = plan(preset("plain34"))
    assert not [layer for layer in records.layers if layer.kind == "add" or "downsample" in layer.name]
    assert {block.shortcut_reason for block in records.blocks} == {"plain network: no shortcut"}
    assert sum(layer.kind == "add" for layer in plan(preset("resnet34")).layers) == 16


def test_option_a_cannot_take_channels_away() -> None:
    sentence = (
        'shortcut is "zero_pad", which adds channels of zeros and cannot turn 64 channels into 32; '
        '"projection" can.'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plan_block("basic", (64, 56, 56), 32, spec=ResNetSpec("basic", (1,), shortcut="zero_pad"))
    assert plan_block("basic", (64, 56, 56), 32).shortcut == "projection"


def test_groups_that_do_not_divide_the_channels_of_a_single_block_are_refused() -> None:
    sentence = "groups is 4, which does not divide 6 → 8 channels; a divisor of both is allowed."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plan_block("basic", (6, 8, 8), 8, spec=ResNetSpec("basic", (1,), groups=4))


# Pre-activation


def test_the_first_preactivated_block_relies_on_the_stems_norm_and_relu() -> None:
    """He et al. 2016, section 4."""
    records = plan(preset("resnet200_preact"))
    roles = [[layer.role for layer in block.layers] for block in records.blocks[:2]]
    branch = ["conv1", "bn2", "relu2", "conv2", "bn3", "relu3", "conv3"]
    assert roles[0] == [*branch, "downsample.0", "add"]
    assert roles[1] == ["bn1", "relu1", *branch, "add"]
    assert [layer.name for layer in records.head.layers] == ["bn_last", "relu_last", "avgpool", "fc"]


def test_without_norm_no_norm_is_left() -> None:
    for activation in ("post", "pre"):
        records = plan(preset("resnet50").with_(norm="none", activation=activation))
        assert {layer.kind for layer in records.layers} == {"conv", "relu", "maxpool", "add", "avgpool", "fc"}


# How the records hang together


@given(spec=specs(), size=input_sizes)
def test_sums_of_sections_and_blocks_are_the_total(spec: ResNetSpec, size: tuple[int, int]) -> None:
    records = plan(spec, size)
    assert sum(section.params for section in records.sections) == records.params
    assert sum(section.macs for section in records.sections) == records.macs
    for stage in records.stages:
        assert sum(block.params for block in stage.blocks) == stage.params
        assert sum(block.macs for block in stage.blocks) == stage.macs
    assert len(records.blocks) == sum(spec.depths)
    assert len({layer.name for layer in records.layers}) == len(records.layers)


@given(spec=specs(), size=input_sizes)
def test_what_comes_out_of_a_block_goes_into_the_next(spec: ResNetSpec, size: tuple[int, int]) -> None:
    records = plan(spec, size)
    shape = records.stem.out_shape
    for block in records.blocks:
        assert block.in_shape == shape
        shape = block.out_shape
    assert records.head.in_shape == shape


@given(spec=specs())
def test_the_depth_is_the_layers_with_weights_on_the_longest_path(spec: ResNetSpec) -> None:
    with_top = spec.with_(include_top=True)
    on_path = [
        layer
        for layer in plan(with_top).layers
        if layer.kind in ("conv", "fc") and "downsample" not in layer.name
    ]
    assert len(on_path) == with_top.depth


def test_equal_neighbours_fold_into_one_run() -> None:
    records = plan(preset("resnet152"))
    runs = [[len(run) for run in folded(stage.blocks)] for stage in records.stages]
    assert runs == [[1, 2], [1, 7], [1, 35], [1, 2]]
    assert sum(map(sum, runs)) == len(records.blocks)


def test_plans_are_made_once_and_cannot_be_changed() -> None:
    records = plan(preset("resnet18"), (64, 64))
    assert plan(ResNetSpec("basic", (2, 2, 2, 2)), (64, 64)) is records
    with pytest.raises(FrozenInstanceError):
        records.layers[0].params = 0  # type: ignore[misc]


def test_a_plan_and_its_parts_print_one_line_with_what_matters() -> None:
    records = plan(preset("resnet50"))
    assert repr(records) == "Plan(ResNet-50: 3 × 224 × 224 → 1000, 25,557,032 parameters, 4,089,184,256 MACs)"
    assert repr(records.stages[1]) == (
        "Stage(stage 2: 4 blocks, 256 × 56 × 56 → 512 × 28 × 28, 1,219,584 parameters, 1,027,604,480 MACs)"
    )
    assert repr(records.stages[1].blocks[0]) == (
        "Block(layer2.0, bottleneck: 256 × 56 × 56 → 512 × 28 × 28, projection shortcut, "
        "379,392 parameters, 372,506,624 MACs)"
    )


def test_the_package_gives_the_function_and_its_room_the_module() -> None:
    import resnet_explorer.network.plan as module

    assert plan is module.plan
    assert module.__name__ == "resnet_explorer.network.plan"
