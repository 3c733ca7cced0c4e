"""Score-CAM: against its equations, and against pytorch-grad-cam at every stage."""

import copy

import numpy as np
import pytest
import pytorch_grad_cam
import torch
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.score_cam import images_in_batch, score_cam
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import PRESETS
from resnet_explorer.network.spec_code import decode_spec
from tests.small_networks import noise_photo, small_network


def steps(model: ResNet, tensor: Tensor, stage: int, target: int) -> list[Step[Tensor]]:
    return list(score_cam(model, tensor, stage, target))


def signed_map(model: ResNet, tensor: Tensor, stage: int, target: int) -> Tensor:
    answer = steps(model, tensor, stage, target)[-1].answer
    assert answer is not None
    return answer


def peers_sum(model: ResNet, layer: nn.Module, tensor: Tensor, target: int) -> np.ndarray:
    """pytorch-grad-cam's weighted sum, before it cuts, scales and enlarges it."""
    with pytorch_grad_cam.ScoreCAM(model, [layer]) as cam:
        cam.activations_and_grads(tensor)
        activations = cam.activations_and_grads.activations[0].detach().numpy()
        targets = [ClassifierOutputTarget(target)]
        summed: np.ndarray = cam.get_cam_image(tensor, layer, targets, activations, [])[0]
    return summed


@pytest.mark.parametrize("changes", [{}, {"block": "bottleneck"}, {"activation": "pre"}], ids=str)
@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_pytorch_grad_cam_agrees_on_a_small_network(changes: dict[str, object], stage: int) -> None:
    model = small_network(20, **changes)
    ours = signed_map(model, noise_photo(), stage, 3).numpy()
    model = copy.deepcopy(model)
    layer = [model.relu, model.layer1, model.layer2, model.layer3][stage] if stage else model.maxpool
    theirs = peers_sum(model, layer, noise_photo(), 3)
    assert ours.shape == theirs.shape == [(32, 32), (32, 32), (16, 16), (8, 8)][stage]
    assert ours == pytest.approx(theirs, abs=1e-4 * float(np.abs(theirs).max()))


@pytest.fixture(scope="module")
def resnet18() -> ResNet:
    torch.manual_seed(0)
    return build(preset("resnet18")).eval()


@pytest.mark.slow
@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_pytorch_grad_cam_agrees_on_resnet18(resnet18: ResNet, stage: int) -> None:
    photo, watched = noise_photo(side=64), copy.deepcopy(resnet18)
    theirs = peers_sum(watched, getattr(watched, f"layer{stage}"), photo, 7)
    for model in (resnet18, for_evaluation(resnet18)):
        ours = signed_map(model, photo, stage, 7).numpy()
        assert ours == pytest.approx(theirs, abs=1e-4 * float(theirs.max()))


def test_the_weights_are_a_softmax_over_the_channels_scores() -> None:
    """Equations 4 to 6, channel by channel, with the logit of the baseline taken away."""
    model, tensor, stage, target = small_network(20), noise_photo(), 2, 6
    with torch.no_grad():
        features = model.stage_outputs(tensor)[stage][0]  # 16 × 16 × 16
        nothing = model(torch.zeros_like(tensor))[0, target]
        scores = []
        for channel in features:
            mask = nn.UpsamplingBilinear2d(size=(32, 32))(channel[None, None])[0, 0]
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            scores.append(model(tensor * mask)[0, target] - nothing)
        weights = torch.stack(scores).softmax(dim=0)
    assert weights.max() > 2 * weights.min()  # else a plain mean would pass
    expected = (weights[:, None, None] * features).sum(dim=0)
    assert torch.allclose(signed_map(model, tensor, stage, target), expected, atol=1e-5)


@pytest.mark.slow
def test_a_stop_leaves_the_map_of_the_channels_so_far() -> None:
    model, tensor = build(ResNetSpec("basic", (1, 1), width=96, stem="cifar")).eval(), noise_photo()
    seen = steps(model, tensor, 2, 4)
    assert [(step.done, step.total) for step in seen] == [(1, 3), (2, 3), (3, 3)]  # 192 channels by 64
    features = model.stage_outputs(tensor)[2][0].detach()
    for step in seen:
        part = features[: 64 * step.done]
        assert step.answer is not None
        assert step.answer.shape == (16, 16)
        assert bool((step.answer <= part.amax(dim=0) + 1e-6).all())  # an average of these channels
        assert bool((step.answer >= part.amin(dim=0) - 1e-6).all())


@pytest.mark.parametrize(("side", "images"), [(224, 4), (112, 16), (32, 64), (1000, 1)])
def test_a_batch_has_as_many_images_as_fit(side: int, images: int) -> None:
    assert images_in_batch(side, side) == images


def test_a_channel_that_is_even_shows_nothing() -> None:
    model = small_network(20)
    with torch.no_grad():
        model.layer3[0].bn2.weight[:] = 0.0
        model.layer3[0].bn2.bias[:] = 1.0
        model.layer3[0].downsample[1].weight[:] = 0.0
    found = signed_map(model, noise_photo(), 3, 1)
    assert torch.allclose(found, torch.ones(8, 8))  # not a number were it 0 / 0


@pytest.mark.slow
def test_nothing_is_left_behind_between_two_steps() -> None:
    model = small_network(20, width=96)
    for step in score_cam(model, noise_photo(), 1, 2):
        assert torch.is_grad_enabled()
        assert step.answer is not None
        assert not step.answer.requires_grad
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(
    ("stage", "target", "sentence"),
    [
        (4, 0, r"stage is 4; 0 \(the stem\) to 3 is allowed\."),
        (3, 10, r"target is 10; the classes go from 0"),
    ],
)
def test_what_the_network_lacks_is_refused_at_once(stage: int, target: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        score_cam(small_network(20), noise_photo(), stage, target)


def test_few_images_go_together_into_a_network_of_much_work() -> None:
    assert images_in_batch(32, 32, decode_spec("basic.1-1.width-1024.stem-cifar")) == 5
    for name in PRESETS:
        size = preset(name).natural_size
        assert images_in_batch(*size, preset(name)) == images_in_batch(*size)
