"""Integrated Gradients: against captum, against a case that is exact, and complete."""

import captum.attr
import pytest
import torch
from torch import Tensor

from resnet_explorer import build, preset
from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.integrated_gradients import PathIntegral, integrated_gradients
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights.catalogue import find, load
from tests.small_networks import noise_photo, small_network


def integral(model: ResNet, tensor: Tensor, target: int, steps: int = 50) -> PathIntegral:
    answer = final_answer(integrated_gradients(model, tensor, target, steps))
    return answer


@pytest.mark.parametrize(
    "changes", [{}, {"block": "bottleneck"}, {"activation": "pre"}, {"in_channels": 1}], ids=str
)
def test_captum_agrees_on_a_small_network(changes: dict[str, object]) -> None:
    model = small_network(**changes)
    tensor = noise_photo(channels=model.spec.in_channels)
    theirs = captum.attr.IntegratedGradients(model).attribute(tensor, target=3)[0].detach()
    ours = integral(model, tensor, 3)
    assert ours.attributions.shape == theirs.shape
    assert torch.allclose(ours.attributions, theirs, rtol=0, atol=1e-4 * float(theirs.abs().max()))
    assert torch.equal(ours.signed_map, ours.attributions.sum(dim=0))


@pytest.mark.slow
@pytest.mark.parametrize("ready", [False, True], ids=["as built", "for evaluation"])
def test_captum_agrees_on_resnet18(ready: bool) -> None:
    torch.manual_seed(0)
    model, tensor = build(preset("resnet18")).eval(), noise_photo(side=64)
    theirs = captum.attr.IntegratedGradients(model).attribute(tensor, target=7)[0].detach()
    ours = integral(for_evaluation(model) if ready else model, tensor, 7).attributions
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-4 * float(theirs.abs().max()))


def test_of_a_linear_network_it_is_weight_times_input() -> None:
    """Without anything that bends, ∇F is the same on the whole path (Sundararajan et al., section 3)."""
    model, tensor = small_network(norm="none", conv_bias=True).double(), noise_photo().double()
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.ReLU):
            model.set_submodule(name, torch.nn.Identity())
    inputs = tensor.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(inputs)[0, 2], inputs)
    answer = integral(model, tensor, 2)
    assert torch.allclose(answer.attributions, (gradient * tensor)[0], atol=1e-10)
    assert answer.total == pytest.approx(answer.difference, abs=1e-9)


@pytest.mark.slow
def test_a_trained_network_shares_out_the_difference_of_the_logits() -> None:
    weights = find("bundled/resnet20")
    model = for_evaluation(load(weights))
    tensor, _ = preprocess(open_sample("cat"), weights.preprocessing)
    logits = model(torch.cat([tensor, torch.zeros_like(tensor)]))
    for target in range(10):
        answer = integral(model, tensor, target)
        assert answer.score == pytest.approx(float(logits[0, target]), abs=1e-4)
        assert answer.baseline_score == pytest.approx(float(logits[1, target]), abs=1e-4)
        assert answer.difference == answer.score - answer.baseline_score
        assert answer.total == pytest.approx(answer.difference, abs=0.25)


@pytest.mark.slow
def test_more_points_come_nearer() -> None:
    weights = find("bundled/resnet20")
    model = load(weights)
    tensor, _ = preprocess(open_sample("cat"), weights.preprocessing)
    few, many = (integral(model, tensor, 3, steps) for steps in (5, 200))
    assert abs(many.total - many.difference) < abs(few.total - few.difference) / 4
    assert abs(many.total - many.difference) < 0.05


@pytest.mark.slow
def test_the_path_goes_in_batches_and_answers_at_the_end() -> None:
    model, tensor = small_network(stem="imagenet"), noise_photo(side=224)
    seen = list(integrated_gradients(model, tensor, 1))
    assert [(step.done, step.total) for step in seen] == [(n, 4) for n in range(1, 5)]  # 50 by 13
    assert [step.answer is None for step in seen] == [True] * 3 + [False]
    assert all(parameter.grad is None for parameter in model.parameters())
    answer = seen[-1].answer
    assert answer is not None
    assert not answer.attributions.requires_grad
    theirs = captum.attr.IntegratedGradients(model).attribute(tensor, target=1, internal_batch_size=4)[0]
    assert torch.allclose(answer.attributions, theirs, rtol=0, atol=1e-4 * float(theirs.abs().max()))


def test_inside_inference_mode() -> None:
    model = small_network()
    with torch.inference_mode():
        inside = integral(model, noise_photo(), 4, 5).attributions
    assert torch.allclose(inside, integral(model, noise_photo(), 4, 5).attributions)


def test_what_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"target is 10; the classes go from 0 to 9\."):
        integrated_gradients(small_network(), noise_photo(), 10)
    with pytest.raises(ValueError, match=r"steps is 0; at least 1 is needed\."):
        integrated_gradients(small_network(), noise_photo(), 1, 0)
