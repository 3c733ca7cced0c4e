"""Distances that are shared, left out or found by algebra are those that each network would have alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.recognition.candidate_distances import (
    Candidate,
    CandidateDistances,
    Look,
    batches,
    share,
)
from resnet_explorer.weights.recognition.first_norm import first_norm_distances
from resnet_explorer.weights.recognition.input_forms import IMAGENET, input_form, input_forms
from resnet_explorer.weights.recognition.norm_distance import channel_distances, norm_distances
from resnet_explorer.weights.recognition.recognise_by_norms import recognise_by_norms
from resnet_explorer.weights.tensors import network_of
from tests.weights.recognition.test_recognise_by_norms import BOTTLENECK, OPTION_A, SMALL, as_trained

SMALL_PHOTOS = Look(IMAGENET, 32)


@pytest.mark.parametrize("padding", [0, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_norm_of_every_form_is_known_from_one_convolution(channels: int, padding: int) -> None:
    torch.manual_seed(0)
    conv, norm = nn.Conv2d(channels, 8, 7, 2, padding), nn.BatchNorm2d(8)
    norm.running_mean, norm.running_var = torch.randn(8), torch.rand(8)
    photos = torch.rand(2, 5, channels, 24, 24)
    forms = [form for form in input_forms(channels) if not form.reverses]

    def alone(photo: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> float:
        shape = (channels, 1, 1)
        mean_, std_ = (torch.tensor(values[:channels]).view(shape) for values in (mean, std))
        with torch.no_grad():
            x = conv((photo - mean_) / std_)
        return channel_distances(norm, x.mean((0, 2, 3)), x.var((0, 2, 3))).mean().item()

    wanted = [[alone(batch, form.mean, form.std) for batch in photos] for form in forms]
    found = first_norm_distances(conv, norm, photos, forms)
    torch.testing.assert_close(found, torch.tensor(wanted), rtol=1e-3, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "specs",
    [
        (OPTION_A, OPTION_A.with_(zero_pad="around"), OPTION_A.with_(shortcut="none")),
        (BOTTLENECK, BOTTLENECK.with_(stride_in="1x1")),
        (SMALL.with_(activation="pre"), SMALL.with_(activation="pre", stem_padding=0)),
    ],
    ids=["zeros", "stride", "padding"],
)
def test_what_is_shared_is_what_each_would_have_measured(specs: tuple[ResNetSpec, ...]) -> None:
    state = as_trained(specs[0])
    distances = CandidateDistances(specs[0], state)
    found = distances.of([Candidate(spec, SMALL_PHOTOS) for spec in specs])
    for spec, each in zip(specs, found, strict=True):
        alone = norm_distances(network_of(spec, state), batches(SMALL_PHOTOS, share(specs[0], 32)[1], 3))
        torch.testing.assert_close(each, alone[: len(each)], rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_what_is_far_behind_is_left_after_a_batch() -> None:
    spec = SMALL.with_(stem_pool=True)
    distances = CandidateDistances(SMALL, as_trained(SMALL))
    best, other = distances.of([Candidate(SMALL, SMALL_PHOTOS), Candidate(spec, SMALL_PHOTOS)])
    assert (len(best), len(other)) == (3, 1)


@pytest.mark.slow
def test_who_waits_is_told_what_is_asked() -> None:
    asked: list[str] = []
    recognise_by_norms(OPTION_A, as_trained(OPTION_A), input_form("imagenet", 3), tell=asked.append)
    for words in ("how photos became numbers", "the stem’s padding", "option A’s zeros"):
        assert words in asked
