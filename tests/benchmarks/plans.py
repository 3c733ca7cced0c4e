"""The plan against those who must build the network to read its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
import torchinfo
import torchvision
from torchview import draw_graph

from resnet_explorer import plan, preset
from resnet_explorer.network.plan import _draw_up
from tests.benchmarks.timing import Row, side_by_side

IMAGE = (1, 3, 224, 224)
drawn_anew = partial(_draw_up, input_size=IMAGE[2:])
"""The plan of a spec, past the cache."""


def rows() -> Iterator[Row]:
    spec = preset("resnet152")
    model = torchvision.models.resnet152().eval()
    with torch.device("meta"):
        meta = torchvision.models.resnet152().eval()
    times = side_by_side(
        {
            "plan": lambda: drawn_anew(spec),
            "torchinfo": lambda: torchinfo.summary(model, IMAGE, verbose=0),
            "torchview": lambda: draw_graph(meta, input_size=IMAGE, device="meta"),
        },
        rounds=5,
    )
    yield Row(
        "plan of ResNet-152",
        times["plan"],
        "torchinfo.summary of a built model",
        times["torchinfo"],
        "≤ 1 / 100",
    )
    yield Row("plan of ResNet-152", times["plan"], "torchview.draw_graph on meta", times["torchview"])
    yield from linear_rows()


def linear_rows() -> Iterator[Row]:
    """Milliseconds per 1,000 records, from ResNet-18 to ResNet-1202: level, if the cost is linear."""
    specs = {name: preset(name) for name in ("resnet18", "resnet152", "resnet1202_cifar")}
    runs = {name: (lambda spec=spec: drawn_anew(spec)) for name, spec in specs.items()}
    times = side_by_side(runs, rounds=9)
    per_layer = {name: times[name] / len(plan(spec).layers) * 1000 for name, spec in specs.items()}
    for name in ("resnet152", "resnet1202_cifar"):
        layers = len(plan(specs[name]).layers)
        yield Row(
            f"plan of {name} ({layers:,} records), per 1,000 records",
            per_layer[name],
            "resnet18's, per 1,000",
            per_layer["resnet18"],
            "about 1",
        )
