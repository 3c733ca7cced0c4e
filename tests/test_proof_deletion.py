"""Deletion and insertion: by hand, on a network of which the truth is known, and against torch-cam's."""

import numpy as np
import pytest
import torch
import torchcam.methods
import torchcam.metrics
from torch import Tensor

from resnet_explorer import ResNetSpec, build
from resnet_explorer.module import ResNet
from resnet_explorer.proof.curves import area
from resnet_explorer.proof.deletion import Deletion, deletion
from resnet_explorer.proof.probe import FILLS, Probe, blank, photos_at_once
from tests.truths import SIDE, reader_probe, sigmoid, square


def network() -> ResNet:
    torch.manual_seed(5)
    model = build(ResNetSpec("basic", (1, 1, 1), width=8, stem="cifar", num_classes=10)).eval()
    with torch.no_grad():
        model.fc.weight *= 8  # sure of something, so that there is something to lose
    return model.requires_grad_(False)


def photo(seed: int = 0) -> Tensor:
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def heat(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((8, 8), dtype=np.float32)


def result(probe: Probe, values: np.ndarray, **options: object) -> Deletion:
    *_, last = deletion(probe, values, **options)
    assert last.answer is not None
    return last.answer


@pytest.mark.parametrize(
    ("curve", "expected"), [([1, 0], 0.5), ([1, 1, 0], 0.75), ([0.8, 0.2, 0.0], 0.3), ([0.4] * 51, 0.4)]
)
def test_areas_by_hand(curve: list[float], expected: float) -> None:
    assert area(np.array(curve)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("fill", FILLS)
def test_the_curves_begin_at_the_prediction_and_end_at_the_blank_photo(fill: str) -> None:
    model, tensor = network(), photo()
    empty = blank(tensor, fill)
    found = result(Probe(model, tensor, 3, empty), heat(), orders=2)
    whole, nothing = (float(model(x).softmax(1)[0, 3]) for x in (tensor, empty))
    assert abs(whole - nothing) > 0.01
    for first, last, curves in (
        (whole, nothing, [found.removed, *found.chance_removed]),
        (nothing, whole, [found.inserted, *found.chance_inserted]),
    ):
        assert len(curves) == 3
        for curve in curves:
            assert len(curve) == 51
            assert (curve[0], curve[-1]) == pytest.approx((first, last), abs=1e-6)


def test_the_true_map_is_better_than_any_random_order() -> None:
    found = result(reader_probe(), square(), orders=20, chance="pixels")
    # 24 of 256 pixels carry all: they are gone at the fifth of 50 steps, and the rest changes nothing.
    assert found.removed[0] == pytest.approx(sigmoid(4))
    assert found.removed[5:] == pytest.approx(np.full(46, 0.5))
    assert found.inserted[5:] == pytest.approx(np.full(46, sigmoid(4)))
    # At the second step 10 of the 24 are gone.
    assert round(2 / 50 * SIDE**2) == 10
    assert found.removed[2] == pytest.approx(sigmoid(4 * 14 / 24))
    assert all(area(found.removed) < area(curve) for curve in found.chance_removed)
    assert all(area(found.inserted) > area(curve) for curve in found.chance_inserted)
    worst = result(reader_probe(), 1 - square(), orders=1)
    assert area(worst.removed) > max(map(area, found.chance_removed))


def test_a_random_order_costs_the_same_both_ways() -> None:
    found = result(Probe(network(), photo(), 3, torch.zeros(1, 3, 32, 32)), heat(), orders=3)
    assert np.array_equal(found.chance_inserted, found.chance_removed[:, ::-1])
    removed = [area(curve) for curve in found.chance_removed]
    assert [area(curve) for curve in found.chance_inserted] == pytest.approx(removed, abs=1e-12)


def test_torchcams_metric_has_the_same_areas() -> None:
    model, tensor = network(), photo(2)
    model.requires_grad_(True)
    with torchcam.methods.GradCAM(model, model.layer3) as extractor:
        metric = torchcam.metrics.DeletionInsertionMetric(
            extractor, lambda logits: logits.softmax(-1), steps=32
        )
        metric.update(tensor.clone().requires_grad_(), 3)
        theirs = metric.summary()
        (cam,) = extractor(3, model(tensor.clone().requires_grad_()))
    values = cam[0].detach().numpy()
    assert (values > 0).mean() > 0.3
    # Where the map is level they go by rows and we by chance: so a trace of their order decides for us.
    values = values + np.linspace(1e-6, 0, values.size, dtype=np.float32).reshape(values.shape)
    found = result(Probe(model.requires_grad_(False), tensor, 3, torch.zeros_like(tensor)), values, steps=32)
    ties = 0.03  # of interpolated zeros, which remain
    assert area(found.removed) == pytest.approx(theirs["deletion_auc"], abs=ties)
    assert area(found.inserted) == pytest.approx(theirs["insertion_auc"], abs=ties)


def test_the_same_seed_gives_the_same_and_pieces_change_nothing() -> None:
    model, tensor = network(), photo()
    one, same, other = (
        result(Probe(model, tensor, 3, blank(tensor, "mean"), at_once), heat(), orders=2, seed=seed)
        for at_once, seed in ((32, 0), (5, 0), (32, 1))
    )
    assert same.removed == pytest.approx(one.removed, abs=1e-6)
    assert same.chance_removed == pytest.approx(one.chance_removed, abs=1e-6)
    assert other.removed == pytest.approx(one.removed, abs=0.01)  # only corners are level
    assert np.abs(other.chance_removed - one.chance_removed).max() > 0.02


def test_the_work_tells_how_far_it_is_and_what_is_known() -> None:
    steps = list(deletion(reader_probe(at_once=10), square(), orders=3, steps=19))
    assert [step.done for step in steps] == list(range(10, 101, 10))
    assert {step.total for step in steps} == {100}
    known = [step.answer and len(step.answer.chance_removed) for step in steps]
    assert known == [None, None, None, 0, 0, 1, 1, 2, 2, 3]  # the map's own two curves come first


def test_a_level_map_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(ValueError, match="puts no pixel before another"):
        next(deletion(reader_probe(), np.ones((4, 4), np.float32)))


def test_the_blur_keeps_the_mean_and_loses_the_detail() -> None:
    tensor = photo()
    blurred = blank(tensor, "blur")
    assert blurred.shape == tensor.shape
    assert float(blurred.mean()) == pytest.approx(float(tensor.mean()), abs=0.03)
    assert float(blurred.std()) < 0.3 * float(tensor.std())
    assert not blank(tensor, "mean").any()
    assert blank(torch.ones(1, 3, 1, 5), "blur").allclose(torch.ones(1, 3, 1, 5))  # one pixel high


def test_a_piece_is_a_fraction_of_a_second() -> None:
    resnet18 = ResNetSpec("basic", (2, 2, 2, 2))
    assert photos_at_once(resnet18, (224, 224)) == 2  # of 1.8 G multiply–accumulates each
    assert photos_at_once(resnet18, (1024, 1024)) == 1
    assert photos_at_once(network().spec, (32, 32)) == 64
