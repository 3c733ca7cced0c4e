"""The gradient's and the signal's way, both networks at their defaults, against bare passes of torch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import torch
import torch.nn.functional as F

from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.gradient import measure_gradient
from resnet_explorer.labs.depth.measure import batch, network
from resnet_explorer.labs.depth.signal import measure_signal
from tests.benchmarks.timing import Row, side_by_side


def rows() -> Iterator[Row]:
    config = DepthConfig()
    models = [network(config, residual) for residual in (False, True)]
    images, labels = batch(config)

    def one_pass_each() -> None:
        for model in models:
            loss = F.cross_entropy(model(images), labels)
            torch.autograd.grad(loss, list(model.parameters()))

    @torch.no_grad()
    def forward_each() -> None:
        for model in models:
            model(images)

    times = side_by_side(
        {
            "gradients": lambda: deque(measure_gradient(config), maxlen=1),
            "passes": one_pass_each,
            "signals": lambda: deque(measure_signal(DepthConfig(activation="pre")), maxlen=1),
            "forward": forward_each,
        },
        rounds=5,
    )
    what = "plain and residual, 56 layers, networks and batch made too"
    bare = "one pass of torch through each, the networks made before"
    yield Row(f"gradient’s way: {what}", times["gradients"], f"{bare}, there and back", times["passes"])
    yield Row(f"signal forward: {what}", times["signals"], f"{bare}, forward", times["forward"])
