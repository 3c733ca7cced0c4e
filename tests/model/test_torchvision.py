"""Our module against torchvision's, and our plan against what torchvision publishes of its weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import torch
from torch import nn
from torchvision.models import get_model, get_model_weights

from resnet_explorer import build, plan, preset
from resnet_explorer.network.spec import TORCHVISION_NAMES

WEIGHTS = [(name, version) for name in TORCHVISION_NAMES for version in get_model_weights(name)]


LARGE = {name for name in TORCHVISION_NAMES if preset(name).depth > 100 or "wide" in name}
"""Seconds each, for the values that they begin with."""
NETWORKS = [
    pytest.param(name, marks=pytest.mark.slow) if name in LARGE else name for name in TORCHVISION_NAMES
]


class Pair(NamedTuple):
    ours: nn.Module
    theirs: nn.Module


@pytest.fixture(scope="module", params=NETWORKS)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A network built by us and by torchvision under one seed; one pair at a time is in memory."""
    torch.manual_seed(2015)
    ours = build(preset(request.param))
    torch.manual_seed(2015)
    yield Pair(ours.eval(), get_model(request.param).eval())


def test_names_order_and_shapes_are_torchvisions(pair: Pair) -> None:
    ours, theirs = ([(name, value.shape) for name, value in net.state_dict().items()] for net in pair)
    assert ours == theirs
    assert [name for name, _ in pair.ours.named_parameters()] == [
        name for name, _ in pair.theirs.named_parameters()
    ]


def test_a_seed_gives_torchvisions_initial_weights(pair: Pair) -> None:
    ours, theirs = pair.ours.state_dict(), pair.theirs.state_dict()
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


def test_the_same_weights_give_the_same_logits_to_the_bit(pair: Pair) -> None:
    live_norms(pair.theirs)
    pair.ours.load_state_dict(pair.theirs.state_dict(), strict=True)
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        ours, theirs = pair.ours(x), pair.theirs(x)
    assert torch.equal(ours, theirs)
    assert ours.shape == (1, 1000) and ours.isfinite().all() and ours.std() > 0


def live_norms(model: nn.Module) -> None:
    """Statistics, scales and shifts as training leaves them, so that no norm passes for another."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
            for value in (norm.weight, norm.running_var):
                value.uniform_(0.5, 1.5, generator=generator)
            for value in (norm.bias, norm.running_mean):
                value.uniform_(-0.5, 0.5, generator=generator)


@pytest.mark.parametrize(("name", "version"), WEIGHTS, ids=[f"{name}-{v.name}" for name, v in WEIGHTS])
def test_the_plan_counts_what_torchvision_publishes(name: str, version: object) -> None:
    records, published = plan(preset(name)), version.meta  # type: ignore[attr-defined]
    assert records.params == published["num_params"]
    assert round(records.macs / 1e9, 3) == published["_ops"]
    assert preset(name).num_classes == len(published["categories"])


def test_every_network_of_torchvision_is_checked() -> None:
    assert len(TORCHVISION_NAMES) == 10
    assert {name for name, _ in WEIGHTS} == set(TORCHVISION_NAMES)
