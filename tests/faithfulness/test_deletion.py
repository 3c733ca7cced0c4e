"""Deletion and insertion: by hand, on a network of which the truth is known, and against torch-cam's."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np
import pytest
import torch
import torchcam.metrics
from pytorch_grad_cam.metrics.perturbation_confidence import (
    PerturbationConfidenceMetric,
    RemoveMostRelevantFirst,
)
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torch import Tensor, nn

from resnet_explorer import ResNetSpec
from resnet_explorer.common.progress import final_answer
from resnet_explorer.faithfulness.baseline import BASELINES, baseline_name, baseline_photo
from resnet_explorer.faithfulness.deletion import Deletion, area, deletion
from resnet_explorer.faithfulness.masked_forward import MaskedForward, photos_at_once
from resnet_explorer.model.resnet import ResNet
from tests.references import SIDE, reader_forward, sigmoid, square
from tests.small_networks import noise_photo, small_network


def network() -> ResNet:
    return small_network(8, depths=(1, 1, 1)).requires_grad_(False)


def heat(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((8, 8), dtype=np.float32)


def result(forward: MaskedForward, values: np.ndarray, **options: object) -> Deletion:
    return final_answer(deletion(forward, values, **options))


@pytest.mark.parametrize(
    ("curve", "expected"), [([1, 0], 0.5), ([1, 1, 0], 0.75), ([0.8, 0.2, 0.0], 0.3), ([0.4] * 51, 0.4)]
)
def test_areas_by_hand(curve: list[float], expected: float) -> None:
    assert area(np.array(curve)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("baseline", BASELINES)
def test_the_curves_begin_at_the_prediction_and_end_at_the_blank_photo(baseline: str) -> None:
    model, tensor = network(), noise_photo()
    empty = baseline_photo(tensor, baseline)
    found = result(MaskedForward(model, tensor, 3, empty), heat(), orders=2)
    whole, nothing = (float(model(x).softmax(1)[0, 3]) for x in (tensor, empty))
    assert abs(whole - nothing) > 0.01
    for first, last, curves in (
        (whole, nothing, [found.removed, *found.random_removed]),
        (nothing, whole, [found.inserted, *found.random_inserted]),
    ):
        assert len(curves) == 3
        for curve in curves:
            assert len(curve) == 51
            assert (curve[0], curve[-1]) == pytest.approx((first, last), abs=1e-6)


def test_the_true_map_is_better_than_any_random_order() -> None:
    found = result(reader_forward(), square(), orders=20, shuffle="pixels")
    # 24 of 256 pixels carry all: they are gone at the fifth of 50 steps, and the rest changes nothing.
    assert found.removed[0] == pytest.approx(sigmoid(4))
    assert found.removed[5:] == pytest.approx(np.full(46, 0.5))
    assert found.inserted[5:] == pytest.approx(np.full(46, sigmoid(4)))
    # At the second step 10 of the 24 are gone.
    assert round(2 / 50 * SIDE**2) == 10
    assert found.removed[2] == pytest.approx(sigmoid(4 * 14 / 24))
    assert all(area(found.removed) < area(curve) for curve in found.random_removed)
    assert all(area(found.inserted) > area(curve) for curve in found.random_inserted)
    worst = result(reader_forward(), 1 - square(), orders=1)
    assert area(worst.removed) > max(map(area, found.random_removed))


def test_single_pixels_at_random_cost_the_same_both_ways() -> None:
    forward = MaskedForward(network(), noise_photo(), 3, torch.zeros(1, 3, 32, 32))
    found = result(forward, heat(), orders=3, shuffle="pixels")
    assert np.array_equal(found.random_inserted, found.random_removed[:, ::-1])
    removed = [area(curve) for curve in found.random_removed]
    assert [area(curve) for curve in found.random_inserted] == pytest.approx(removed, abs=1e-12)


class CornerReader(nn.Module):
    """A probability of 1 if nothing is missing from an eighth of the photo, else of nearly 0."""

    def forward(self, x: Tensor) -> Tensor:
        whole = 1000 * (x[:, 0, :4, :8].mean(dim=(1, 2)) - 0.999)
        return torch.stack([whole, torch.zeros_like(whole)], dim=1)


def test_shuffled_cells_are_inserted_too_for_backwards_a_patch_comes_last() -> None:
    """One cell of four is hot: it goes first, in one piece, and the rest pixel by pixel."""
    tensor = torch.ones(1, 1, 16, 16)
    forward = MaskedForward(CornerReader(), tensor, 0, torch.zeros_like(tensor))
    hot = np.array([[1, 0], [0, 0]], dtype=np.float32)
    found = result(forward, hot, orders=12, steps=16)
    assert found.random_inserted.shape == found.random_removed.shape == (12, 17)
    # Where the hot cell lies on what the network reads, inserting a part of it is enough; read backwards, it
    # would be there only at the end.
    assert max(map(area, found.random_inserted)) > 0.5
    assert max(map(area, found.random_removed)) < 0.5
    # The same orders: one that is removed late is inserted late.
    at_half = (found.random_removed[:, 8] > 0.5) & (found.random_inserted[:, 8] > 0.5)
    assert not at_half.any()


class Extractor:
    """A map that was made before, as torch-cam's metric asks for one."""

    def __init__(self, model: ResNet, values: np.ndarray) -> None:
        self.model, self._map = model, torch.from_numpy(values)[None]

    def __call__(self, class_idx: object, scores: object) -> list[Tensor]:
        return [self._map]

    def fuse_cams(self, cams: list[Tensor]) -> Tensor:
        return cams[0]

    def _hooks_off(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.mark.parametrize("baseline", BASELINES)
def test_torchcams_metric_has_the_same_areas(baseline: str) -> None:
    model, tensor = network(), noise_photo(2)
    values = np.random.default_rng(1).random((32, 32), dtype=np.float32)  # no two alike: one order
    empty = baseline_photo(tensor, baseline)
    metric = torchcam.metrics.DeletionInsertionMetric(
        Extractor(model, values), lambda logits: logits.softmax(-1), steps=32, baseline=empty
    )
    metric.update(tensor, 3)
    theirs = metric.summary()
    found = result(MaskedForward(model, tensor, 3, empty), values, orders=1, steps=32)
    assert area(found.removed) == pytest.approx(theirs["deletion_auc"], abs=1e-6)
    assert area(found.inserted) == pytest.approx(theirs["insertion_auc"], abs=1e-6)
    assert abs(area(found.removed) - area(found.inserted)) > 1e-3


def test_pytorch_grad_cam_removes_the_same_pixels() -> None:
    model, tensor = network(), noise_photo(2)
    values = np.random.default_rng(1).random((32, 32), dtype=np.float32)
    found = result(MaskedForward(model, tensor, 3, torch.zeros_like(tensor)), values, orders=1, steps=4)
    for share, expected in ((0.25, found.removed[1]), (0.5, found.removed[2]), (0.75, found.removed[3])):
        metric = PerturbationConfidenceMetric(
            RemoveMostRelevantFirst(100 * (1 - share), lambda photo, kept: photo * kept)
        )
        (theirs,) = metric(tensor, values[None], [ClassifierOutputSoftmaxTarget(3)], model, return_diff=False)
        assert expected == pytest.approx(float(theirs), abs=1e-6)


def test_the_same_seed_gives_the_same_and_pieces_change_nothing() -> None:
    model, tensor = network(), noise_photo()
    one, same, other = (
        result(
            MaskedForward(model, tensor, 3, baseline_photo(tensor, "mean"), at_once),
            heat(),
            orders=2,
            seed=seed,
        )
        for at_once, seed in ((32, 0), (5, 0), (32, 1))
    )
    assert same.removed == pytest.approx(one.removed, abs=1e-6)
    assert same.random_removed == pytest.approx(one.random_removed, abs=1e-6)
    assert other.removed == pytest.approx(one.removed, abs=0.01)  # only corners are level
    assert np.abs(other.random_removed - one.random_removed).max() > 0.02


def test_the_work_tells_how_far_it_is_and_what_is_known() -> None:
    steps = list(deletion(reader_forward(at_once=10), square(), orders=3, steps=19))
    assert [step.done for step in steps] == list(range(10, 161, 10))
    assert {step.total for step in steps} == {160}
    known = [step.answer and len(step.answer.random_removed) for step in steps]
    # The map's own two curves come first, and then those of each order together.
    assert known == [None, None, None, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3]
    pixels = list(deletion(reader_forward(at_once=10), square(), orders=3, shuffle="pixels", steps=19))
    assert {step.total for step in pixels} == {100}
    known = [step.answer and len(step.answer.random_inserted) for step in pixels]
    assert known == [None, None, None, 0, 0, 1, 1, 2, 2, 3]


def test_a_level_map_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(ValueError, match="puts no pixel before another"):
        next(deletion(reader_forward(), np.ones((4, 4), np.float32)))


def test_the_blur_keeps_the_mean_and_loses_the_detail() -> None:
    tensor = noise_photo()
    blurred = baseline_photo(tensor, "blur")
    assert blurred.shape == tensor.shape
    assert float(blurred.mean()) == pytest.approx(float(tensor.mean()), abs=0.03)
    assert float(blurred.std()) < 0.3 * float(tensor.std())
    assert not baseline_photo(tensor, "mean").any()
    assert baseline_photo(torch.ones(1, 3, 1, 5), "blur").allclose(torch.ones(1, 3, 1, 5))  # one pixel high


def test_zeros_are_the_mean_colour_only_where_a_mean_is_subtracted() -> None:
    assert baseline_name("mean", (0.485, 0.456, 0.406)) == "Mean colour"
    assert baseline_name("mean", (0.0, 0.0, 0.0)) == "Black"
    assert baseline_name("blur", (0.0, 0.0, 0.0)) == "Blurred photo"


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^'black' is no baseline; there are mean, blur\.$"):
        baseline_photo(noise_photo(), "black")


def test_a_piece_is_a_fraction_of_a_second() -> None:
    resnet18 = ResNetSpec("basic", (2, 2, 2, 2))
    assert photos_at_once(resnet18, (224, 224)) == 2  # of 1.8 G multiply–accumulates each
    assert photos_at_once(resnet18, (1024, 1024)) == 1
    assert photos_at_once(network().spec, (32, 32)) == 64
