"""What the tests of weights share: a small network, photos for it, and a home of its own."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from resnet_explorer.model.resnet import ResNet, build
from tests.weights.files import SMALL


@pytest.fixture
def model() -> ResNet:
    """A small network whose norms have seen something."""
    torch.manual_seed(0)
    network = build(SMALL)
    network(torch.randn(8, 3, 32, 32))
    return network.eval()


@pytest.fixture
def photos() -> Tensor:
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def home(temporary_home: Path) -> Path:
    """A place for networks of one's own that is this test's."""
    return temporary_home / "weights"
