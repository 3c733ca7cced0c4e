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
from resnet_explorer.activations import activations, features_at, survey
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.feature_places import places
from resnet_explorer.module import ResNet
from tests.strategies import specs
from tests.test_cam import VARIANTS, network, photo


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
    seen: dict[str, np.ndarray] = {}

    def keep(name: str) -> object:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            seen[name] = output[0].detach().clone().numpy()

        return hook

    handles = [model.get_submodule(name).register_forward_hook(keep(name)) for name in names]
    with torch.no_grad():
        model(tensor)
    for handle in handles:
        handle.remove()
    return [seen[name] for name in names]


def names_of(model: ResNet, size: int) -> list[str]:
    return [place.name for place in places(plan(model.spec, (size, size)))]


@pytest.mark.parametrize(("name", "count"), [("resnet18", 9), ("resnet50", 17)])
def test_block_by_block_they_are_what_hooks_see_in_torchvisions_network(name: str, count: int) -> None:
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name).eval()
    ours = build(preset(name)).eval()
    ours.load_state_dict(theirs.state_dict())
    tensor = photo(2, 224)
    names = ["maxpool"] + [f"layer{s + 1}.{b}" for s, d in enumerate(ours.spec.depths) for b in range(d)]
    expected = hooked(theirs, names, tensor)
    assert names_of(ours, 224) == names
    assert len(names) == count
    prepared = for_evaluation(ours)
    found = [output.numpy() for output in activations(prepared, tensor)]
    for mine, right in zip(found, expected, strict=True):
        assert mine.shape == right.shape
        assert mine == pytest.approx(right, abs=1e-4 * float(np.abs(right).max()))
    for index in (0, 3, count - 1):
        assert np.array_equal(features_at(prepared, tensor, index), found[index])


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_every_variant_prepared_gives_what_the_stored_network_gives(changes: dict[str, object]) -> None:
    check_against_the_stored_network(lively(network(**changes)), photo())


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
        assert mine.numpy() == pytest.approx(right, rel=1e-3, abs=1e-4 * float(np.abs(right).max() + 1e-9))
    assert all(torch.equal(value, before[name]) for name, value in stored.state_dict().items())
    assert not any(module._forward_hooks for module in prepared.modules())


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_the_survey_says_what_numpy_says(changes: dict[str, object]) -> None:
    model, tensor = lively(network(**changes)), photo()
    found = survey(model, tensor)
    outputs = hooked(model, names_of(model, 32), tensor)
    assert len(found.numbers) == 1 + sum(model.spec.depths)
    for numbers, right in zip(found.numbers, outputs, strict=True):
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
    model, tensor = lively(network(activation="pre")), photo()
    names = ["layer1.1.relu1", "layer2.0.relu1", "layer3.0.relu1", "relu_last"]
    behind = hooked(model, names, tensor)
    found = survey(for_evaluation(model), tensor)
    assert found.numbers[1].has_negative
    for numbers, right in zip(found.numbers[1:], behind, strict=True):
        expected = (right.reshape(len(right), -1) == 0).mean(axis=1)
        assert 0.05 < expected.mean() < 0.95
        assert numbers.zeros == pytest.approx(expected, abs=0.01)  # a value at 0 may round to either side


def test_nothing_is_left_behind() -> None:
    model = network()
    grad_enabled = torch.is_grad_enabled()
    walk = activations(model, photo())
    first = next(walk)
    assert not torch.is_inference_mode_enabled(), "the walk must not leave its mode to its caller"
    assert torch.is_grad_enabled() == grad_enabled
    assert first.grad_fn is None
    walk.close()
    survey(model, photo())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_of_many_blocks_no_more_than_two_maps_are_held_at_a_time() -> None:
    model = network(depths=(30, 30), shortcut="zero_pad")
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
    assert len(survey(lively(model), photo()).numbers) == 61
    assert len(held) == 60
    assert max(held) <= 2


@pytest.mark.parametrize("index", [-1, 5])
def test_a_place_that_the_network_lacks_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match=rf"place is {index}; 0 \(the stem\) to 4 \(the last block\)"):
        features_at(network(), photo(), index)


def test_a_tensor_that_the_network_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The tensor is \(1, 1, 32, 32\); \(1, 3, height, width\)"):
        survey(network(), torch.zeros(1, 1, 32, 32))


def test_values_beyond_all_bounds_are_refused_in_a_sentence() -> None:
    model = network()
    with torch.no_grad():
        model.layer2[0].conv2.weight.fill_(3e38)
    with pytest.raises(
        ValueError, match=r"^The values at stage 2 · block 1 \(layer2\.0\) leave the range of"
    ):
        survey(model, photo())
