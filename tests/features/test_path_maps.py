"""The maps on the fronts of the path: against torch's own hooks, on torchvision's network."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import Tensor

from resnet_explorer import build, plan, preset
from resnet_explorer.architecture.feature_maps import feature_maps
from resnet_explorer.features.path_maps import mean_maps, speaking_maps
from resnet_explorer.model.fold_batch_norm import for_evaluation
from tests.explanation.test_cam import VARIANTS
from tests.features.test_activations import lively
from tests.small_networks import noise_photo, small_network

HOOKED = {"conv1": "relu", "maxpool": "maxpool"} | {f"stage {n}": f"layer{n}" for n in range(1, 5)}
TARGET = 207


@pytest.mark.slow
def test_they_are_what_hooks_see_in_torchvisions_network() -> None:
    torch.manual_seed(1)
    ours = lively(build(preset("resnet18")))
    theirs = torchvision.models.resnet18().eval()
    theirs.load_state_dict(ours.state_dict())
    seen: dict[str, Tensor] = {}

    def keep(key: str) -> object:
        def hook(_module: object, _inputs: object, output: Tensor) -> Tensor:
            output.retain_grad()
            seen[key] = output
            return output.clone()  # the next layer's ReLU writes over its input

        return hook

    for key, name in HOOKED.items():
        theirs.get_submodule(name).register_forward_hook(keep(key))
    tensor = noise_photo(3, 96)
    theirs(tensor)[0, TARGET].backward()
    network = for_evaluation(ours)
    means, speaking = mean_maps(network, tensor), speaking_maps(network, tensor, TARGET)
    assert [each.key for each in means] == [each.key for each in speaking] == list(HOOKED)
    for mean, channel in zip(means, speaking, strict=True):
        output = seen[mean.key].detach()[0]
        shares = (output * seen[mean.key].grad[0]).sum(dim=(1, 2))
        assert channel.channel == int(shares.argmax())
        assert channel.share == pytest.approx(float(shares.max()), rel=1e-3)
        scale = float(output.abs().max())
        assert mean.values == pytest.approx(output.mean(dim=0).numpy(), abs=1e-4 * scale)
        assert channel.values == pytest.approx(output[channel.channel].numpy(), abs=1e-4 * scale)
    last = seen["stage 4"].detach()[0].mean(dim=(1, 2)) * theirs.fc.weight[TARGET].detach()
    assert speaking[-1].channel == int(last.argmax())
    assert speaking[-1].share == pytest.approx(float(last.max()), rel=1e-3)


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_every_variant_has_a_map_of_each_boxs_shape(changes: dict[str, object]) -> None:
    model = lively(small_network(**changes))
    shapes = {m.key: m.shape[1:] for m in feature_maps(plan(model.spec, (32, 24)))[1:-2]}
    tensor = noise_photo()[..., :24]
    for found in (mean_maps(model, tensor), speaking_maps(for_evaluation(model), tensor, 3)):
        assert {each.key: each.values.shape for each in found} == shapes
    assert all(parameter.grad is None for parameter in model.parameters())


def test_what_the_network_does_not_know_is_refused() -> None:
    model = small_network()
    with pytest.raises(ValueError, match="target is 10; the classes go from 0 to 9"):
        speaking_maps(model, noise_photo(), 10)
    with torch.no_grad():
        model.layer2[0].conv2.weight.fill_(3e38)
    with pytest.raises(ValueError, match=r"^The values at stage 2 leave the range of float32"):
        mean_maps(model, noise_photo())
