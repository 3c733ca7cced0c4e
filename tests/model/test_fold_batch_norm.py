"""The network made ready for photos gives what the network as it was trained gives."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.predict import predict
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.catalogue import find, load
from tests.strategies import specs


def experienced(spec: ResNetSpec) -> ResNet:
    """A network whose norms have seen something: no mean of 0 and no variance of 1 is left."""
    model = build(spec).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.5)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.3)
    return model


def close(ours: Tensor, theirs: Tensor) -> bool:
    """Equal to 1e-9 of the largest value: in float64 no rounding hides a difference."""
    return torch.allclose(ours, theirs, rtol=0, atol=1e-9 * float(theirs.abs().max()) + 1e-12)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spec=specs(), seed=st.integers(0, 99))
def test_logits_and_stages_are_the_networks_own(spec: ResNetSpec, seed: int) -> None:
    torch.manual_seed(seed)
    model = experienced(spec).double()
    photo = torch.randn(2, spec.in_channels, 40, 40, dtype=torch.float64)
    ready = for_evaluation(model)
    with torch.no_grad():
        assert close(ready(photo), model(photo))
        for ours, theirs in zip(ready.stage_outputs(photo), model.stage_outputs(photo), strict=True):
            assert ours.shape == theirs.shape
            assert close(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "resnet50", "wide_resnet50_2", "resnet200_preact"])
def test_known_networks_keep_their_maps(name: str) -> None:
    torch.manual_seed(3)
    model = experienced(preset(name)).double()
    photo = torch.randn(1, 3, 64, 64, dtype=torch.float64)
    ours, theirs = (stage_pass(each, photo, None, 7) for each in (for_evaluation(model), model))
    assert close(ours.prediction.logits, theirs.prediction.logits)
    for ready, plain in zip(ours.outputs, theirs.outputs, strict=True):
        assert close(ready.features, plain.features)
        assert close(ready.gradient, plain.gradient)


@pytest.mark.parametrize(("key", "count"), [("bundled", 1), ("bundled/resnet20", 8)])
def test_the_bundled_networks_logits_are_within_a_ten_thousandth(key: str, count: int) -> None:
    weights = find(key)
    model, side = load(weights), weights.preprocessing.crop
    photos = torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert (for_evaluation(model)(photos) - model(photos)).abs().max() < 1e-4


@pytest.mark.slow
def test_no_batch_norm_follows_a_convolution_any_more() -> None:
    ready = for_evaluation(build(preset("resnet50")).eval())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in ready.modules())
    # pre-activated, a block begins with its norm, but the first block (the stem has it); one more ends it all
    kept = for_evaluation(build(preset("resnet200_preact")).eval())
    norms = [name for name, module in kept.named_modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == sum(kept.spec.depths)
    assert all(name.endswith((".bn1", "bn_last")) for name in norms)


def test_the_network_itself_is_left_as_it_was() -> None:
    model = experienced(ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    ready = for_evaluation(model)
    predict(ready, torch.randn(1, 3, 32, 32))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert not any(parameter.requires_grad for parameter in ready.parameters())
    assert not any(module.inplace for module in model.modules() if isinstance(module, nn.ReLU))
