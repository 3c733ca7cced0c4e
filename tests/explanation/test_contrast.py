"""A class and a contrast class: the difference is the map of the difference of their logits."""

import pytest
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.contrast import Contrast, contrast, contrast_class_of, place_in_words
from resnet_explorer.model.resnet import ResNet
from tests.small_networks import noise_photo, small_network


def compared(model: ResNet, target: int, contrast_class: int, stage: int, method: str) -> Contrast:
    passes = (stage_pass(model, noise_photo(), range(4), each) for each in (target, contrast_class))
    return contrast(*passes, stage, method)


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_the_difference_is_the_map_of_the_logits_difference(method: str, stage: int) -> None:
    model, x = small_network(), noise_photo()
    with torch.no_grad():
        features = model.stage_outputs(x)[stage]
    features.requires_grad_()
    logits = model.from_stage(stage, features)[0]
    (gradient,) = torch.autograd.grad(logits[3] - logits[5], features)
    weights = gradient.mean(dim=(2, 3), keepdim=True) if method == "gradcam" else gradient
    expected = (weights * features)[0].sum(dim=0).detach()
    answer = compared(model, 3, 5, stage, method)
    assert torch.allclose(answer.difference, expected, atol=1e-5 * float(expected.abs().max()) + 1e-8)
    assert answer.logits == pytest.approx((float(logits[3]), float(logits[5])), abs=1e-5)


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
def test_at_the_last_stage_the_cells_sum_to_the_lead_less_the_biases(method: str) -> None:
    model = small_network()
    with torch.no_grad():
        model.fc.bias[3], model.fc.bias[5] = 0.75, -0.5
    answer = compared(model, 3, 5, 3, method)
    assert answer.total == pytest.approx(answer.lead - 1.25, rel=1e-4)


def test_turned_round_it_is_the_same_with_the_other_sign() -> None:
    one, other = (compared(small_network(), *pair, 2, "layercam") for pair in ((3, 5), (5, 3)))
    assert torch.equal(one.difference, -other.difference)
    assert one.lead == -other.lead
    assert one.extent == other.extent
    assert one.largest == other.largest


def test_the_scale_holds_all_three_and_the_largest_is_found() -> None:
    one = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 0.5]])
    other = torch.tensor([[2.0, 1.0, 0.0], [0, 4, 0]])
    answer = Contrast(one, other, (3.0, 1.0))
    assert answer.difference.tolist() == [[-1.0, 1.0, 0.0], [0.0, -5.0, 0.5]]
    assert answer.extent == 5.0
    assert answer.largest == (1, 1)
    assert (answer.total, answer.lead) == (-4.5, 2.0)


def test_the_contrast_class_is_the_next_most_probable() -> None:
    model = small_network()
    first, second = (index for index, _ in stage_pass(model, noise_photo()).prediction.top(2))
    assert contrast_class_of(stage_pass(model, noise_photo())) == second
    assert contrast_class_of(stage_pass(model, noise_photo(), None, second)) == first
    last = next(index for index in range(10) if index not in (first, second))
    assert contrast_class_of(stage_pass(model, noise_photo(), None, last)) == first


def test_one_class_has_no_contrast_class() -> None:
    model = build(ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=1)).eval()
    with pytest.raises(ValueError, match="knows no other class"):
        contrast_class_of(stage_pass(model, noise_photo()))


def test_places_are_ninths() -> None:
    names = [[place_in_words(row, column, 7, 7) for column in range(7)] for row in range(7)]
    assert names[0] == ["upper left"] * 3 + ["upper middle"] * 2 + ["upper right"] * 2
    assert [row[3] for row in names] == ["upper middle"] * 3 + ["centre"] * 2 + ["lower middle"] * 2
    assert place_in_words(0, 0, 1, 1) == "upper left"
    assert place_in_words(7, 0, 8, 8) == "lower left"
