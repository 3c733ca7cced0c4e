"""Two classes held against each other: the difference is the map of the difference of their logits."""

import pytest
import torch
from torch import Tensor

from resnet_explorer import ResNetSpec, build
from resnet_explorer.contrast import Contrast, contrast, place_in_words, rival_of
from resnet_explorer.module import ResNet
from resnet_explorer.stage_pass import stage_pass


def network() -> ResNet:
    torch.manual_seed(5)
    return build(ResNetSpec("basic", (2, 1, 1), width=8, stem="cifar", num_classes=10)).eval()


def photo() -> Tensor:
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def held(model: ResNet, target: int, rival: int, stage: int, method: str) -> Contrast:
    passes = (stage_pass(model, photo(), range(4), each) for each in (target, rival))
    return contrast(*passes, stage, method)


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_the_difference_is_the_map_of_the_logits_difference(method: str, stage: int) -> None:
    model, x = network(), photo()
    with torch.no_grad():
        features = model.stage_outputs(x)[stage]
    features.requires_grad_()
    logits = model.from_stage(stage, features)[0]
    (gradient,) = torch.autograd.grad(logits[3] - logits[5], features)
    weights = gradient.mean(dim=(2, 3), keepdim=True) if method == "gradcam" else gradient
    expected = (weights * features)[0].sum(dim=0).detach()
    answer = held(model, 3, 5, stage, method)
    assert torch.allclose(answer.difference, expected, atol=1e-5 * float(expected.abs().max()) + 1e-8)
    assert answer.logits == pytest.approx((float(logits[3]), float(logits[5])), abs=1e-5)


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
def test_at_the_last_stage_the_cells_sum_to_the_lead_less_the_biases(method: str) -> None:
    model = network()
    with torch.no_grad():
        model.fc.bias[3], model.fc.bias[5] = 0.75, -0.5
    answer = held(model, 3, 5, 3, method)
    assert answer.total == pytest.approx(answer.lead - 1.25, rel=1e-4)


def test_turned_round_it_is_the_same_with_the_other_sign() -> None:
    one, other = (held(network(), *pair, 2, "layercam") for pair in ((3, 5), (5, 3)))
    assert torch.equal(one.difference, -other.difference)
    assert one.lead == -other.lead
    assert one.extent == other.extent
    assert one.largest == other.largest


def test_the_scale_holds_all_three_and_the_largest_is_found() -> None:
    ours, theirs = (
        torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 0.5]]),
        torch.tensor([[2.0, 1.0, 0.0], [0, 4, 0]]),
    )
    answer = Contrast(ours, theirs, (3.0, 1.0))
    assert answer.difference.tolist() == [[-1.0, 1.0, 0.0], [0.0, -5.0, 0.5]]
    assert answer.extent == 5.0
    assert answer.largest == (1, 1)
    assert (answer.total, answer.lead) == (-4.5, 2.0)


def test_the_rival_is_the_next_most_probable() -> None:
    model = network()
    first, second = (index for index, _ in stage_pass(model, photo()).prediction.top(2))
    assert rival_of(stage_pass(model, photo())) == second
    assert rival_of(stage_pass(model, photo(), None, second)) == first
    last = next(index for index in range(10) if index not in (first, second))
    assert rival_of(stage_pass(model, photo(), None, last)) == first


def test_one_class_has_no_rival() -> None:
    model = build(ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=1)).eval()
    with pytest.raises(ValueError, match="knows no other class"):
        rival_of(stage_pass(model, photo()))


def test_places_are_ninths() -> None:
    names = [[place_in_words(row, column, 7, 7) for column in range(7)] for row in range(7)]
    assert names[0] == ["upper left"] * 3 + ["upper middle"] * 2 + ["upper right"] * 2
    assert [row[3] for row in names] == ["upper middle"] * 3 + ["centre"] * 2 + ["lower middle"] * 2
    assert place_in_words(0, 0, 1, 1) == "upper left"
    assert place_in_words(7, 0, 8, 8) == "lower left"
