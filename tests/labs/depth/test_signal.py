"""The signal's way: moments held against a forward pass by hand, and the facts of the papers."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.figure import SIGNAL_VIEWS, view_figure
from resnet_explorer.labs.depth.measure import batch, network
from resnet_explorer.labs.depth.passes import (
    ForwardPass,
    Moments,
    Pair,
    PlaceSignal,
    border_share,
    place_rows,
)
from resnet_explorer.labs.depth.signal import forward_pass, measure_signal, moments
from resnet_explorer.model.block_parts import all_blocks

SMALL = DepthConfig(depth=14, width=3, count=4, images="noise")
WIDE = DepthConfig(depth=32, width=16, count=8, images="noise", activation="pre")


def measured(config: DepthConfig) -> Pair[ForwardPass]:
    steps = list(measure_signal(config))
    assert [step.done for step in steps] == list(range(1, steps[-1].total + 1))
    assert steps[-1].answer is not None
    return steps[-1].answer


def normed(x: Tensor) -> Tensor:
    """Batch norm at its first values: γ = 1, β = 0."""
    mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, correction=0)
    return (x - mean) / (variance + 1e-5).sqrt()


def padded(x: Tensor, like: Tensor) -> Tensor:
    """Option A by hand: every second pixel, zeros as further channels."""
    if x.shape == like.shape:
        return x
    kept = x[:, :, ::2, ::2]
    return torch.cat([kept, torch.zeros_like(kept)], dim=1)


def same(found: Moments | None, tensor: Tensor) -> bool:
    assert found is not None
    mean, variance = tensor.double().mean().item(), tensor.double().var(correction=0).item()
    return math.isclose(found.variance, variance, rel_tol=1e-3, abs_tol=1e-9) and math.isclose(
        found.mean, mean, rel_tol=1e-2, abs_tol=1e-4 * (1 + math.sqrt(variance))
    )


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("activation", ["post", "pre"])
@torch.no_grad()
def test_every_place_against_a_forward_pass_by_hand(activation: str, norm: str) -> None:
    config = DepthConfig(depth=14, width=3, count=4, images="noise", activation=activation, norm=norm)  # type: ignore[arg-type]
    norm_of = normed if norm == "batch" else lambda x: x
    model, (images, labels) = network(config, True), batch(config)
    *_, found = forward_pass(model, images, labels)
    assert found is not None
    places = found.places
    x = norm_of(F.conv2d(images, model.conv1.weight, padding=1)).relu()
    assert same(places[0].output, x)
    for place, block in zip(places[1:], all_blocks(model), strict=True):
        first, second = block.conv1, block.conv2
        if activation == "post":
            y = norm_of(F.conv2d(x, first.weight, stride=first.stride, padding=1)).relu()
            branch = norm_of(F.conv2d(y, second.weight, padding=1))
            shortcut = padded(x, branch)
            x = (branch + shortcut).relu()
        else:
            y = x if place.number == 1 else norm_of(x).relu()
            y = norm_of(F.conv2d(y, first.weight, stride=first.stride, padding=1)).relu()
            branch = F.conv2d(y, second.weight, padding=1)
            shortcut = padded(x, branch)
            x = branch + shortcut
        assert same(place.output, x)
        assert same(place.shortcut, shortcut)
        assert same(place.branch, branch)
        assert place.size == x.shape[-1]
        assert place.identity == (place.number not in (3, 5))


def test_moments_are_those_of_all_numbers() -> None:
    assert moments(torch.tensor([[1.0, 2.0], [3.0, 6.0]])) == Moments(3.0, 3.5)


def test_the_branch_of_v1_ends_in_a_batch_norm_and_has_mean_0_and_variance_1() -> None:
    for place in measured(SMALL).residual.places[1:]:
        assert place.branch is not None
        assert place.branch.mean == pytest.approx(0, abs=1e-4)
        assert place.branch.variance == pytest.approx(1, abs=0.01)


def test_in_v2_each_branch_adds_about_one_and_the_variance_grows_by_it() -> None:
    """De and Smith 2020, section 3: the variance grows by about one with each block."""
    found = measured(WIDE).residual
    for stage, size in (("stage 1", 32), ("stage 2", 16), ("stage 3", 8)):
        added, growth = found.added(stage), found.growth(stage)
        assert added is not None
        assert growth is not None
        assert added == pytest.approx(border_share(size), rel=0.25)
        assert 0.4 < growth < 1.6
    assert found.outcome == "grows"
    assert measured(WIDE).plain.outcome != "grows"


def test_option_a_halves_the_variance_between_stages() -> None:
    found = measured(WIDE).residual
    for number in (6, 11):
        before, place = found.places[number - 1], found.places[number]
        assert not place.identity
        assert place.shortcut is not None
        assert place.shortcut.variance == pytest.approx(before.output.variance / 2, rel=0.2)


@pytest.mark.parametrize(("size", "share"), [(32, 0.9588), (16, 0.9184), (8, 0.8403)])
def test_the_share_of_a_window_that_lies_on_the_map(size: int, share: float) -> None:
    ones = torch.ones(1, 1, size, size)
    counted = F.conv2d(ones, torch.ones(1, 1, 3, 3), padding=1).mean().item() / 9
    assert border_share(size) == pytest.approx(counted, rel=1e-6)
    assert border_share(size) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize("size", [16, 8])
def test_a_window_that_moves_by_two_lies_over_one_border_only(size: int) -> None:
    ones = torch.ones(1, 1, 2 * size, 2 * size)
    counted = F.conv2d(ones, torch.ones(1, 1, 3, 3), stride=2, padding=1).mean().item() / 9
    assert border_share(size, stride=2) == pytest.approx(counted, rel=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(["post", "pre"]), st.integers(1, 4), st.integers(0, 50))
def test_with_gamma_zero_each_block_is_its_own_shortcut(activation: str, width: int, seed: int) -> None:
    """Goyal et al. 2017, section 5.1."""
    config = DepthConfig(14, width, "batch", activation, "zero", "noise", 3, seed)  # type: ignore[arg-type]
    model, (x, _) = network(config, True), batch(config)
    with torch.no_grad():
        x = model.stem(x)
        for block in all_blocks(model):
            after = block(x)
            assert torch.equal(after, padded(x, after))
            x = after
    found = measured(config)
    for place in found.residual.places[1:]:
        assert place.shortcut == place.output
        assert place.branch is not None
        assert place.branch.variance == 0
    assert found.residual.growth("stage 1") == 0


def test_with_gamma_zero_a_plain_network_ends_the_signal() -> None:
    plain = measured(DepthConfig(14, 3, "batch", "post", "zero", "noise", 4)).plain
    assert [place.output.variance for place in plain.places[1:]] == [0] * 6
    assert plain.outcome == "shrinks"
    ((words, places),) = plain.odd_places
    assert (words, len(places)) == ("exactly 0", 6)


def test_without_normalization_the_variance_doubles_with_each_block() -> None:
    found = measured(DepthConfig(32, 16, "none", "pre", "fan_out", "noise", 8)).residual
    inside = [
        after.output.variance / before.output.variance
        for before, after in zip(found.places, found.places[1:], strict=False)
        if after.identity and after.number > 1
    ]
    typical = math.exp(sum(map(math.log, inside)) / len(inside))
    assert 1.6 < typical < 2.4
    assert found.outcome == "grows"


def test_kaiming_keeps_a_plain_signal_and_a_small_normal_loses_it() -> None:
    """He et al. 2015b, section 2.2: the variance is kept where weights have the variance 2 / fan."""
    kept = measured(DepthConfig(20, 16, "none", "post", "fan_in", "noise", 8)).plain
    assert kept.end_to_end > 0.02
    lost = measured(DepthConfig(20, 16, "none", "post", "normal", "noise", 8)).plain
    assert lost.end_to_end < 1e-12
    assert lost.outcome == "shrinks"


@pytest.mark.slow
def test_values_beyond_float32_are_told() -> None:
    """Behind a ReLU after the addition a residual signal has a mean too, and overflows near the end."""
    both = measured(DepthConfig(998, 1, "none", "post", "fan_out", "noise", 2))
    assert both.residual.outcome == "grows"
    ((words, places),) = both.residual.odd_places
    assert words == "not a number"
    assert [place.number for place in places] == list(range(499 - len(places), 499))
    ((words, places),) = both.plain.odd_places
    assert words == "exactly 0"
    assert [place.number for place in places] == list(range(499 - len(places), 499))


def test_a_signal_that_is_not_there_is_lost() -> None:
    nothing = PlaceSignal("stem", "stem", 0, 32, Moments(0.0, 0.0))
    assert ForwardPass(False, (nothing, nothing)).outcome == "lost"


def test_the_seed_decides() -> None:
    assert measured(SMALL) == measured(SMALL)
    assert measured(SMALL) != measured(DepthConfig(depth=14, width=3, count=4, images="noise", seed=1))


def test_rows_and_figure_hold_the_numbers() -> None:
    found = measured(SMALL)
    rows = place_rows(found)
    assert len(rows) == 7
    assert rows[3]["residual variance"] == found.residual.places[3].output.variance
    assert rows[0]["branch variance"] is None
    assert found.residual.stages == ["stage 1", "stage 2", "stage 3"]
    for view, value in (("variance", "variance"), ("log", "variance"), ("mean", "mean")):
        figure = view_figure(found, SIGNAL_VIEWS[view])
        drawn = [y for trace in figure.data if trace.line.dash == "solid" for y in trace.y or ()]
        assert {getattr(place.output, value) for place in found.residual.places} <= set(drawn)
        assert figure.layout.yaxis.type == ("log" if view == "log" else "linear")
