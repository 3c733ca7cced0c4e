"""The ONNX file, opened and run by onnxruntime, against the module that it stands for."""

from __future__ import annotations

import json
import time

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from resnet_explorer import ResNetSpec, build, plan, preset
from resnet_explorer.export.onnx import check_size, onnx_file, trained_onnx
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import PRESETS
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.description import Weights, from_metadata
from resnet_explorer.weights.tensors import halved
from tests.strategies import specs

GIANT = ResNetSpec("bottleneck", (50, 50, 50, 50), width=256)


def trained(spec: ResNetSpec) -> ResNet:
    """A network whose norms have seen something, so that a value in a wrong place is seen."""
    torch.manual_seed(0)
    model = build(spec)
    with torch.no_grad():
        for norm in (module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)):
            for value in (norm.weight, norm.running_var):
                value.uniform_(0.5, 1.5)
            for value in (norm.bias, norm.running_mean):
                value.uniform_(-0.5, 0.5)
    return model.eval()


def run(content: bytes, x: Tensor) -> Tensor:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"image": x.numpy()})
    return torch.from_numpy(logits)


def hold_against_torch(model: ResNet, x: Tensor) -> None:
    with torch.inference_mode():
        ours = model(x)
    theirs = run(onnx_file(model.spec, model.state_dict()), x)
    scale = max(1.0, ours.abs().max().item())  # a network without norms has logits of thousands
    torch.testing.assert_close(theirs / scale, ours / scale, rtol=0, atol=1e-4)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(spec=specs())
def test_any_network_gives_its_logits_in_onnxruntime(spec: ResNetSpec) -> None:
    hold_against_torch(trained(spec), torch.randn(3, spec.in_channels, 37, 34))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d", "resnet20_cifar"])
def test_presets_at_two_sizes(name: str) -> None:
    model = trained(preset(name))
    for batch, size in ((1, 64), (3, 48)):
        hold_against_torch(model, torch.randn(batch, model.spec.in_channels, size, size))


def test_nodes_have_torchvisions_names_and_the_file_is_sound() -> None:
    model = build(preset("resnet18"))
    content = onnx_file(model.spec, model.state_dict())
    read = onnx.load_from_string(content)
    onnx.checker.check_model(read, full_check=True)
    names = {node.name for node in read.graph.node}
    assert {layer.name for layer in plan(model.spec).layers} <= names
    counted = sum(int(np.prod(value.dims)) for value in read.graph.initializer if "running" not in value.name)
    assert counted == 11_689_512
    assert [dim.dim_param or dim.dim_value for dim in read.graph.input[0].type.tensor_type.shape.dim] == [
        "batch", 3, "height", "width",
    ]  # fmt: skip
    assert read.graph.output[0].name == "logits"
    assert onnx_file(model.spec, model.state_dict()) == content


@pytest.mark.slow
def test_a_trained_network_has_its_classes_and_preprocessing_inside() -> None:
    weights = find("bundled")
    model = load(weights)
    content = trained_onnx(weights, model.state_dict())
    read = onnx.load_from_string(content)
    onnx.checker.check_model(read, full_check=True)
    metadata = {entry.key: entry.value for entry in read.metadata_props}
    assert json.loads(metadata["classes"]) == list(weights.classes)
    seen = json.loads(metadata["preprocessing"])
    assert (seen["crop"], seen["tile"]) == (128, 64)
    again = from_metadata(metadata, "bundled", "bundled")
    assert again == weights
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        ours = model(x)
    torch.testing.assert_close(run(content, x), ours, rtol=0, atol=1e-4)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["label"] == weights.label


@settings(deadline=None, max_examples=10)
@given(spec=specs())
def test_any_trained_network_whose_file_holds_halves(spec: ResNetSpec) -> None:
    seen = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.2, 0.2, 0.2))
    classes = tuple(map(str, range(spec.num_classes))) if spec.include_top else ()
    weights = Weights("yours/test", "A test", spec, classes, seen, "yours")
    model = trained(spec)
    state = halved(model.state_dict())
    model.load_state_dict({name: value.float() for name, value in state.items()})
    x = torch.randn(2, spec.in_channels, 33, 36)
    with torch.inference_mode():
        ours = model(x)
    scale = max(1.0, ours.abs().max().item())
    content = trained_onnx(weights, state)
    torch.testing.assert_close(run(content, x) / scale, ours / scale, rtol=0, atol=1e-4)


@pytest.mark.slow
def test_resnet_1202_takes_seconds() -> None:
    model = build(preset("resnet1202_cifar"))
    start = time.process_time()
    content = onnx_file(model.spec, model.state_dict())
    assert time.process_time() - start < 120  # a few, and others of other processes do not count
    assert 4 * 19_421_274 < len(content) < 4 * 19_421_274 + 2_000_000


def test_too_large_is_told_with_its_size() -> None:
    for spec in PRESETS.values():
        check_size(spec)
    with pytest.raises(ValueError) as caught:
        onnx_file(GIANT, {})
    assert str(caught.value) == (
        "As ONNX this network would be a file of 19.1 GB, and up to 537 MB are written; "
        "model.py builds it all the same."
    )
