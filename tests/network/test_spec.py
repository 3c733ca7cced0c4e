"""A spec that exists can be built; one that cannot is refused in one sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torchvision
from torchvision.models import list_models

from resnet_explorer import PRESETS, ResNetSpec, preset
from resnet_explorer.network.spec import TORCHVISION_NAMES, preset_name, title

STAGES = "1 to 4 stages of 1 to 500 blocks each are allowed."
REFUSALS = [
    ({"depths": ()}, f"depths is (); {STAGES}"),
    ({"depths": (1, 1, 1, 1, 1)}, f"depths is (1, 1, 1, 1, 1); {STAGES}"),
    ({"depths": (2, 0, 2)}, f"depths is (2, 0, 2), and 0 of it will not do; {STAGES}"),
    ({"depths": (501,)}, f"depths is (501,), and 501 of it will not do; {STAGES}"),
    ({"depths": (True,)}, f"depths is (True,), and True of it will not do; {STAGES}"),
    ({"depths": [2, 2]}, f"depths is [2, 2]; a tuple is needed: {STAGES}"),
    ({"block": "wide"}, 'block is \'wide\'; allowed are "basic" or "bottleneck".'),
    ({"stem": "mnist"}, 'stem is \'mnist\'; allowed are "imagenet" or "cifar".'),
    ({"stride_in": "2x2"}, 'stride_in is \'2x2\'; allowed are "3x3" or "1x1".'),
    ({"activation": None}, 'activation is None; allowed are "post" or "pre".'),
    ({"norm": "layer"}, 'norm is \'layer\'; allowed are "batch" or "none".'),
    (
        {"shortcut": "A"},
        'shortcut is \'A\'; allowed are "projection" or "zero_pad" or "projection_all" or "none".',
    ),
    ({"zero_pad": "before"}, 'zero_pad is \'before\'; allowed are "after" or "around".'),
    ({"stem_padding": 3}, "stem_padding is 3; None (half the kernel) or 0 (none) is allowed."),
    ({"stem_padding": False}, "stem_padding is False; None (half the kernel) or 0 (none) is allowed."),
    ({"stem_pool": 1}, "stem_pool is 1; allowed are None, True and False."),
    ({"conv_bias": 1}, "conv_bias is 1; allowed are True and False."),
    ({"width": 0}, "width is 0; a whole number from 1 to 1,024 is allowed."),
    ({"num_classes": 10.0}, "num_classes is 10.0; a whole number from 1 to 100,000 is allowed."),
    ({"in_channels": -3}, "in_channels is -3; a whole number from 1 to 1,024 is allowed."),
    ({"groups": 3}, "groups is 3, which does not divide the width 64; a divisor of the width is allowed."),
    (
        {"width_per_group": 128},
        "width_per_group is 128; a basic block takes 64 only, because the field widens the 3×3 of a "
        "bottleneck: change width instead.",
    ),
    (
        {"block": "bottleneck", "width": 16, "width_per_group": 3},
        "width_per_group is 3, which at width 16 leaves no channel in a group; 4 or more is allowed.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSALS, ids=[str(change) for change, _ in REFUSALS])
def test_a_spec_that_cannot_be_built_is_refused_in_one_sentence(
    change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ResNetSpec(**({"block": "basic", "depths": (2, 2, 2, 2)} | change))


def test_with_validates_again() -> None:
    with pytest.raises(ValueError, match=r"^groups is 5, which does not divide the width 64;"):
        preset("resnet18").with_(groups=5)
    assert preset("resnet18").with_(num_classes=5).num_classes == 5


def test_the_smallest_width_per_group_that_the_sentence_allows_is_allowed() -> None:
    assert ResNetSpec("bottleneck", (1,), width=16, width_per_group=4).inner_width(0) == 1


def test_a_name_that_is_no_preset_is_told_the_names_that_are() -> None:
    with pytest.raises(
        ValueError,
        match=r"^'resnet51' is no preset; there are resnet18, resnet34, .*d2l, resnet18_d2l_unpadded\.$",
    ):
        preset("resnet51")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_the_depth_that_its_name_says(name: str) -> None:
    in_name = re.search(r"\d+", name)
    assert in_name and preset(name).depth == int(in_name.group())
    assert preset_name(preset(name)) == name


def test_torchvisions_residual_networks_are_presets() -> None:
    theirs = list_models(torchvision.models, include=["resnet*", "resnext*", "wide_resnet*"])
    assert sorted(TORCHVISION_NAMES) == sorted(theirs)
    assert set(TORCHVISION_NAMES) <= set(PRESETS)


@pytest.mark.parametrize(
    ("spec", "called"),
    [
        (preset("resnet50"), "ResNet-50"),
        (preset("resnext101_64x4d"), "ResNeXt-101 64x4d"),
        (preset("wide_resnet50_2"), "Wide ResNet-50 2"),
        (preset("plain34"), "Plain-34"),
        (preset("resnet18").with_(num_classes=184), "ResNet-18"),
        (preset("resnet20_cifar").with_(num_classes=184), "ResNet-20 (basic, 3-3-3, width 16, option A)"),
        (preset("resnet1001_preact_cifar"), "ResNet-1001 pre-activation CIFAR"),
        (preset("resnet18_d2l_unpadded"), "ResNet-18 d2l unpadded"),
        (
            ResNetSpec("basic", (2, 2), stem="cifar", stem_pool=True, shortcut="zero_pad", zero_pad="around"),
            "ResNet-10 (basic, 2-2, max-pool, option A, zeros around)",
        ),
        (
            ResNetSpec("basic", (2, 2), stem_padding=0, zero_pad="around"),
            "ResNet-10 (basic, 2-2, unpadded stem)",
        ),
        (ResNetSpec("basic", (2, 2, 3, 2)), "ResNet-20 (basic, 2-2-3-2)"),
        (ResNetSpec("bottleneck", (1, 1), shortcut="none"), "Plain-8 (bottleneck, 1-1)"),
        (preset("resnet50").with_(stride_in="1x1"), "ResNet-50 (bottleneck, 3-4-6-3, v1)"),
        (ResNetSpec("basic", (1, 1), stride_in="1x1"), "ResNet-6 (basic, 1-1)"),
        (
            ResNetSpec("basic", (1, 1), activation="pre", shortcut="projection_all", norm="none"),
            "ResNet-6 (basic, 1-1, pre-activation, option C, no norm)",
        ),
        (preset("resnet18").with_(shortcut="zero_pad"), "ResNet-18 (basic, 2-2-2-2, option A)"),
        (preset("resnet50").with_(include_top=False), "ResNet-50 (no fc)"),  # an encoder, as MoCo's
        (
            ResNetSpec("basic", (2, 2), norm="none", include_top=False),
            "ResNet-10 (basic, 2-2, no norm, no fc)",
        ),
    ],
)
def test_a_title_is_what_people_call_the_network(spec: ResNetSpec, called: str) -> None:
    assert title(spec) == called


def test_widths_double_and_groups_are_torchvisions() -> None:
    resnext, wide = preset("resnext50_32x4d"), preset("wide_resnet50_2")
    assert [resnext.stage_width(stage) for stage in range(4)] == [64, 128, 256, 512]
    assert [resnext.inner_width(stage) for stage in range(4)] == [128, 256, 512, 1024]
    assert [wide.inner_width(stage) for stage in range(4)] == [128, 256, 512, 1024]
    assert resnext.expansion == 4 and preset("resnet34").expansion == 1


def test_specs_are_frozen_and_equal_specs_are_one_key() -> None:
    spec = ResNetSpec("basic", (2, 2, 2, 2))
    assert spec == preset("resnet18") and hash(spec) == hash(preset("resnet18"))
    with pytest.raises(AttributeError):
        spec.width = 32  # type: ignore[misc]
