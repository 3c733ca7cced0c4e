"""Features behind the stem and every block: against torch's own hooks, on torchvision's own networks."""

from __future__ import annotations

import copy
import weakref

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, plan, preset
from resnet_explorer.features.activations import activation_statistics, activations, features_at
from resnet_explorer.features.places import places
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from tests.explanation.test_cam import VARIANTS
from tests.hooks import seen
from tests.small_networks import noise_photo, small_network
from tests.strategies import specs


def lively(model: ResNet, seed: int = 3) -> ResNet:
    """With norms that were measured and are not all alike."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.2, 0.6)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.5)
    return model.eval()


def hooked(model: nn.Module, names: list[str], tensor: Tensor) -> list[np.ndarray]:
    """What torch's forward hooks see leave the modules of those names."""
    found = seen(model, tensor, names)
    return [found[name][1].numpy() for name in names]


def names_of(model: ResNet, size: int) -> list[str]:
    return [place.name for place in places(plan(model.spec, (size, size)))]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), [("resnet18", 9), ("resnet50", 17)])
def test_block_by_block_they_are_what_hooks_see_in_torchvisions_network(name: str, count: int) -> None:
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name).eval()
    ours = build(preset(name)).eval()
    ours.load_state_dict(theirs.state_dict())
    tensor = noise_photo(2, 224)
    names = ["maxpool"] + [f"layer{s + 1}.{b}" for s, d in enumerate(ours.spec.depths) for b in range(d)]
    expected = hooked(theirs, names, tensor)
    assert names_of(ours, 224) == names
    assert len(names) == count
    prepared = for_evaluation(ours)
    found = [output.numpy() for output in activations(prepared, tensor)]
    for mine, right in zip(found, expected, strict=True):
        assert mine.shape == right.shape
        np.testing.assert_allclose(mine, right, rtol=0, atol=1e-4 * float(np.abs(right).max()))
    for index in (0, 3, count - 1):
        assert np.array_equal(features_at(prepared, tensor, index), found[index])


@pytest.mark.slow
@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_every_variant_prepared_gives_what_the_stored_network_gives(changes: dict[str, object]) -> None:
    check_against_the_stored_network(lively(small_network(**changes)), noise_photo())


@pytest.mark.slow
@settings(max_examples=25)
@given(spec=specs())
def test_so_does_any_network(spec: ResNetSpec) -> None:
    torch.manual_seed(4)
    model = lively(build(spec.with_(include_top=True)))
    check_against_the_stored_network(model, torch.randn(1, spec.in_channels, 33, 33))


def check_against_the_stored_network(stored: ResNet, tensor: Tensor) -> None:
    before = copy.deepcopy(stored.state_dict())
    expected = hooked(stored, names_of(stored, tensor.shape[-1]), tensor)
    prepared = for_evaluation(stored)
    kept = list(activations(prepared, tensor))  # all first: none may be overwritten by what follows
    shapes = [place.shape for place in places(plan(stored.spec, tuple(tensor.shape[-2:])))]
    assert [tuple(output.shape) for output in kept] == shapes
    for mine, right in zip(kept, expected, strict=True):
        scale = float(np.abs(right).max() + 1e-9)
        np.testing.assert_allclose(mine.numpy(), right, rtol=1e-3, atol=1e-4 * scale)
    assert all(torch.equal(value, before[name]) for name, value in stored.state_dict().items())
    assert not any(module._forward_hooks for module in prepared.modules())


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_the_survey_says_what_numpy_says(changes: dict[str, object]) -> None:
    model, tensor = lively(small_network(**changes)), noise_photo()
    found = activation_statistics(model, tensor)
    outputs = hooked(model, names_of(model, 32), tensor)
    assert len(found.places) == 1 + sum(model.spec.depths)
    for numbers, right in zip(found.places, outputs, strict=True):
        flat = right.reshape(len(right), -1)
        assert numbers.mean == pytest.approx(flat.mean(axis=1), rel=1e-4, abs=1e-5)
        assert numbers.high == pytest.approx(flat.max(axis=1), rel=1e-4, abs=1e-5)
        assert numbers.low == pytest.approx(flat.min(axis=1), rel=1e-4, abs=1e-5)
        if model.spec.activation == "post":
            assert numbers.zeros == pytest.approx((flat == 0).mean(axis=1), abs=1e-6)
            assert not numbers.has_negative
    with torch.no_grad():
        logits = model(tensor)[0]
    assert torch.allclose(found.prediction.logits, logits, atol=1e-5)


def test_pre_activated_the_zeros_are_those_behind_the_next_relu() -> None:
    model, tensor = lively(small_network(activation="pre")), noise_photo()
    names = ["layer1.1.relu1", "layer2.0.relu1", "layer3.0.relu1", "relu_last"]
    behind = hooked(model, names, tensor)
    found = activation_statistics(for_evaluation(model), tensor)
    assert found.places[1].has_negative
    for numbers, right in zip(found.places[1:], behind, strict=True):
        expected = (right.reshape(len(right), -1) == 0).mean(axis=1)
        assert 0.05 < expected.mean() < 0.95
        assert numbers.zeros == pytest.approx(expected, abs=0.01)  # a value at 0 may round to either side


def test_nothing_is_left_behind() -> None:
    model = small_network()
    grad_enabled = torch.is_grad_enabled()
    walk = activations(model, noise_photo())
    first = next(walk)
    assert not torch.is_inference_mode_enabled(), "the walk must not leave its mode to its caller"
    assert torch.is_grad_enabled() == grad_enabled
    assert first.grad_fn is None
    walk.close()
    activation_statistics(model, noise_photo())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_of_many_blocks_no_more_than_two_maps_are_held_at_a_time() -> None:
    model = small_network(depths=(30, 30), shortcut="zero_pad")
    seen: list[weakref.ref[Tensor]] = []
    held: list[int] = []

    class Spy(nn.Module):
        def __init__(self, block: nn.Module) -> None:
            super().__init__()
            self.block = block

        def forward(self, x: Tensor) -> Tensor:
            seen.append(weakref.ref(x))
            held.append(sum(reference() is not None for reference in seen))
            return self.block(x)

    for stage in model.stages:
        for number, block in enumerate(stage):
            stage[number] = Spy(block)
    assert len(activation_statistics(lively(model), noise_photo()).places) == 61
    assert len(held) == 60
    assert max(held) <= 2


@pytest.mark.parametrize("index", [-1, 5])
def test_a_place_that_the_network_lacks_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match=rf"place is {index}; 0 \(the stem\) to 4 \(the last block\)"):
        features_at(small_network(), noise_photo(), index)


def test_a_tensor_that_the_network_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The tensor is \(1, 1, 32, 32\); \(1, 3, height, width\)"):
        activation_statistics(small_network(), torch.zeros(1, 1, 32, 32))


def test_values_beyond_all_bounds_are_refused_in_a_sentence() -> None:
    model = small_network()
    with torch.no_grad():
        model.layer2[0].conv2.weight.fill_(3e38)
    with pytest.raises(
        ValueError, match=r"^The values at stage 2 · block 1 \(layer2\.0\) leave the range of"
    ):
        activation_statistics(model, noise_photo())
