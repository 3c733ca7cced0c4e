"""Shapes → network: every network that can be built is found again, and a stranger is named."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.weights.recognition.infer_spec import COUNTER, assumptions, recognise, state_shapes
from tests.places import ROOT
from tests.strategies import specs

TORCHVISION_FC_34 = (5, 512)


def shapes_of(spec: ResNetSpec) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        return {name: tuple(value.shape) for name, value in build(spec).state_dict().items()}


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(specs())
def test_a_built_network_is_recognised(spec: ResNetSpec) -> None:
    shapes = shapes_of(spec)
    assert state_shapes(spec) == shapes
    found = recognise(shapes)
    assert shapes_of(found) == shapes
    for field in ("block", "depths", "width", "groups", "stem", "conv_bias", "in_channels", "norm"):
        assert getattr(found, field) == getattr(spec, field), field
    if found.shortcut != spec.shortcut:
        assert {found.shortcut, spec.shortcut} != {"projection", "zero_pad"} or len(spec.depths) == 1
    if (spec.norm, spec.activation) != ("none", "pre"):
        assert found.activation == spec.activation


@pytest.mark.parametrize("name", [name for name in PRESETS if not name.startswith("plain")])
def test_presets_are_found_with_every_field_that_shapes_tell(name: str) -> None:
    assert recognise(state_shapes(preset(name))) == preset(name).with_(stem_padding=None)


def test_a_plain_network_may_be_option_a_and_that_is_said() -> None:
    found = recognise(state_shapes(preset("plain34")))
    assert found == preset("plain34").with_(shortcut="zero_pad")
    assert any('"none"' in sentence for sentence in assumptions(found))


def test_the_stride_of_a_bottleneck_is_assumed_and_that_is_said() -> None:
    v1 = preset("resnet50").with_(stride_in="1x1")
    found = recognise(state_shapes(v1))
    assert found == preset("resnet50")
    assert assumptions(found) == ('The stride is assumed on the 3×3 (v1.5); "1x1" (v1) has the same shapes.',)
    assert assumptions(preset("resnet18")) == ()


def test_the_tutorials_resnet34_with_five_flowers() -> None:
    shapes = state_shapes(preset("resnet34")) | {"fc.weight": TORCHVISION_FC_34, "fc.bias": (5,)}
    assert recognise(shapes) == preset("resnet34").with_(num_classes=5)


def test_counters_of_seen_batches_may_be_missing() -> None:
    shapes = {name: s for name, s in state_shapes(preset("resnet18")).items() if COUNTER not in name}
    assert len(shapes) == 102, "torchvision's oldest files have these 102 values"
    assert recognise(shapes) == preset("resnet18")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fc.weight": (5, 100)}, "fc.weight is 5×100 and would have to be 5×512"),
        ({"layer2.0.conv2.weight": (128, 128, 5, 5)}, "layer2.0.conv2.weight is 128×128×5×5"),
        ({"layer2.0.conv2.bias": (128,)}, "layer2.0.conv2.bias has no place in it"),
        ({"layer4.2.conv1.weight": (512, 512, 3, 3)}, "there is no layer4.2.bn1.weight"),
        ({"layer3.0.se.weight": (256, 16)}, "layer3.0.se.weight has no place in it"),
        ({"conv1.weight": (64, 3, 5, 5)}, "conv1.weight is 64×3×5×5, a stem of neither 7×7 nor 3×3"),
        ({"conv1.weight": (0, 3, 7, 7)}, "conv1.weight is 0×3×7×7"),
        ({"conv1.weight": (64,)}, "conv1.weight is 64"),
        ({"conv1.weight": (4096, 3, 7, 7)}, "width is 4096; a whole number from 1 to 1,024 is allowed"),
        ({"layer1.0.conv2.weight": (64, 0, 3, 3)}, "layer1.0.conv2.weight is 64×0×3×3"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(change: dict[str, tuple[int, ...]], words: str) -> None:
    shapes = state_shapes(preset("resnet18").with_(num_classes=5)) | change
    with pytest.raises(ValueError) as caught:
        recognise(shapes)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_the_pooling_of_resnet_d_s_shortcuts_is_named(name: str) -> None:
    shapes = {
        re.sub(r"downsample\.(\d)", lambda at: f"downsample.{int(at[1]) + 1}", tensor): shape
        for tensor, shape in state_shapes(preset(name)).items()
    }
    with pytest.raises(ValueError, match=r"\.downsample\.1\.weight is a convolution, .* ResNet-D"):
        recognise(shapes)


def test_another_kind_of_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"there is no conv1\.weight, but there is features\.0\.weight"):
        recognise({"features.0.weight": (64, 3, 3, 3), "classifier.6.weight": (1000, 4096)})
    with pytest.raises(ValueError, match=r"there is no conv1\.weight"):
        recognise({})


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_change_of_a_shape_is_told_in_one_sentence(data: st.DataObject) -> None:
    shapes = state_shapes(data.draw(specs()))
    name = data.draw(st.sampled_from(sorted(shapes)))
    shapes[name] = tuple(data.draw(st.lists(st.integers(0, 9), max_size=5)))
    try:
        assert shapes_of(recognise(shapes)) | {name: shapes[name]} == shapes
    except ValueError as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)


def test_it_needs_no_torch() -> None:
    code = "import sys, resnet_explorer.weights.recognition.infer_spec; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
