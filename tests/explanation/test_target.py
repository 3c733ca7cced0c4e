"""Maps for a kind: against autograd by hand, two peers, and what a class's map is."""

from __future__ import annotations

import copy

import captum.attr
import numpy as np
import pytest
import pytorch_grad_cam
import torch
from torch import Tensor

from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import ONE_PASS, evidence
from resnet_explorer.explanation.contrast import contrast, contrast_class_of
from resnet_explorer.explanation.integrated_gradients import integrated_gradients
from resnet_explorer.explanation.score_cam import score_cam
from resnet_explorer.explanation.target import (
    Target,
    check_target,
    members_of,
    name_of,
    probability_of,
    score_of,
)
from resnet_explorer.faithfulness.cascading_randomization import cascade
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.kinds import Kind
from tests.small_networks import noise_photo, small_network

DOG = Kind("dog", (7, 2, 4))


def network() -> ResNet:
    return small_network(8).requires_grad_(False)


def kinds_score(logits: Tensor) -> Tensor:
    """Σ exp(z_m) / Σ exp(z_c), written out."""
    powers = (logits - logits.max(dim=-1, keepdim=True).values).exp()
    return (powers[..., 2] + powers[..., 4] + powers[..., 7]) / powers.sum(dim=-1)


def test_the_gradients_are_those_of_the_summed_probability() -> None:
    model, tensor = network(), noise_photo()
    result = stage_pass(model, tensor, range(4), DOG)
    precise = copy.deepcopy(model).double()
    outputs = precise.stage_outputs(tensor.double().requires_grad_())
    score = kinds_score(precise.head(outputs[-1])[0])
    for ours, theirs in zip(result.outputs, torch.autograd.grad(score, outputs), strict=True):
        assert ours.gradient.numpy() == pytest.approx(theirs[0].numpy(), abs=1e-4 * float(theirs.abs().max()))
        assert float(theirs.abs().max()) > 0
    assert result.target is DOG
    assert result.name(list("abcdefghij")) == "dog"
    assert result.probability == pytest.approx(score.item(), rel=1e-4)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_pytorch_grad_cam_agrees_with_a_target_of_its_own(stage: int) -> None:
    model, tensor = network(), noise_photo()
    ours = evidence(stage_pass(model, tensor, [stage], DOG).outputs[0]).signed_map.numpy()
    peer = copy.deepcopy(model).requires_grad_()
    layer = getattr(peer, f"layer{stage}")
    with pytorch_grad_cam.GradCAM(peer, [layer]) as cam:
        cam(tensor, [kinds_score])
        kept = cam.activations_and_grads
        activations, gradients = kept.activations[0].numpy(), kept.gradients[0].numpy()
        theirs = cam.get_cam_image(tensor, layer, [kinds_score], activations, gradients)[0]  # before its ReLU
    assert ours == pytest.approx(theirs, abs=1e-4 * float(np.abs(theirs).max()))
    assert ours.max() > 0


@pytest.mark.parametrize("method", ONE_PASS)
def test_a_kind_of_all_classes_has_no_evidence(method: str) -> None:
    """Its probability is 1 whatever the photo is, so that there is no evidence for it or against it."""
    everything = Kind("thing", tuple(range(10)))
    result = stage_pass(network(), noise_photo(), [3], everything)
    assert result.probability == pytest.approx(1)
    default = stage_pass(network(), noise_photo(), [3], DOG)
    largest = float(evidence(default.outputs[0], method).signed_map.abs().max())
    assert float(evidence(result.outputs[0], method).signed_map.abs().max()) < 1e-4 * largest


def test_a_kinds_map_is_its_members_weighed_by_their_probabilities() -> None:
    """∇ Σ p_m = Σ p_m (∇z_m - Σ_c p_c ∇z_c): Grad-CAM's signed map is linear in the gradient."""
    model, tensor = network(), noise_photo()
    passes = [stage_pass(model, tensor, [2], index) for index in range(10)]
    signed_maps = torch.stack([evidence(each.outputs[0]).signed_map for each in passes])
    p = passes[0].prediction.probabilities
    mean = torch.einsum("c,chw->hw", p, signed_maps)
    expected = sum(p[index] * (signed_maps[index] - mean) for index in DOG.members)
    found = evidence(stage_pass(model, tensor, [2], DOG).outputs[0]).signed_map
    assert torch.allclose(found, expected, atol=1e-4 * float(expected.abs().max()))


def test_integrated_gradients_share_out_the_kinds_probability() -> None:
    model, tensor = network(), noise_photo()
    answer = final_answer(integrated_gradients(model, tensor, DOG))

    def forward(inputs: Tensor) -> Tensor:
        return kinds_score(model(inputs))

    theirs = captum.attr.IntegratedGradients(forward).attribute(tensor)[0].detach()
    assert torch.allclose(answer.attributions, theirs, rtol=0, atol=1e-4 * float(theirs.abs().max()))
    assert answer.score == pytest.approx(float(forward(tensor)), rel=1e-4)
    assert answer.baseline_score == pytest.approx(float(forward(torch.zeros_like(tensor))), rel=1e-4)


def test_score_cam_scores_by_the_kinds_probability() -> None:
    model, tensor = network(), noise_photo()
    answer = final_answer(score_cam(model, tensor, 3, DOG))
    peer = copy.deepcopy(model)
    with pytorch_grad_cam.ScoreCAM(peer, [peer.layer3]) as cam:
        cam.activations_and_grads(tensor)
        activations = cam.activations_and_grads.activations[0].detach().numpy()
        theirs = cam.get_cam_image(tensor, peer.layer3, [kinds_score], activations, [])[0]
    assert answer.numpy() == pytest.approx(theirs, abs=1e-4 * float(np.abs(theirs).max()))


def test_the_tests_of_a_map_take_a_kind() -> None:
    model, tensor = network(), noise_photo()
    expected = float(kinds_score(model(tensor)[0]))
    assert MaskedForward(model, tensor, DOG, torch.zeros_like(tensor)).probability() == pytest.approx(
        expected, rel=1e-4
    )
    first = next(iter(cascade(model, tensor, DOG, 3))).answer
    assert first is not None
    assert first[0].probability == pytest.approx(expected, rel=1e-4)


def test_a_kind_is_held_against_no_class() -> None:
    model, tensor = network(), noise_photo()
    kind, one = (stage_pass(model, tensor, range(4), target) for target in (DOG, 1))
    with pytest.raises(ValueError, match="a kind has none"):
        contrast(kind, one, 3, "gradcam")
    order = [index for index, _ in kind.prediction.top(10)]
    assert contrast_class_of(kind) == next(index for index in order if index not in DOG.members)


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (Kind("fox", (3, 10)), r"target is 10; the classes go from 0 to 9\."),
        (Kind("fox", (-1,)), r"target is -1; the classes go from 0 to 9\."),
        (Kind("fox", ()), r"The kind fox has no members\."),
    ],
)
def test_a_kind_of_other_classes_is_refused(target: Target, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_target(target, 10)
    with pytest.raises(ValueError, match=sentence):
        stage_pass(network(), noise_photo(), [3], target)


def test_a_class_and_a_kind_are_asked_alike() -> None:
    logits = torch.tensor([[1.0, 2.0, 0.5], [0.0, 0.0, 3.0]])
    pet, names = Kind("pet", (2, 0)), ("cat", "car", "dog")
    assert torch.equal(score_of(logits, 1), logits[:, 1])
    assert torch.allclose(score_of(logits, pet), 1 - logits.softmax(dim=1)[:, 1])
    assert probability_of(torch.tensor([0.5, 0.2, 0.3]), 1) == pytest.approx(0.2)
    assert [(name_of(each, names), members_of(each)) for each in (1, pet)] == [("car", (1,)), ("pet", (2, 0))]
