"""Two orders of norm and ReLU: one against a pass through the whole, the other against torch's own steps."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from resnet_explorer import plan, preset
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.measure import batch
from resnet_explorer.labs.depth.orders import (
    BATCH,
    DEPTHS,
    ORDERS,
    RATE,
    OrdersConfig,
    losses_finding,
    steadier,
)
from resnet_explorer.labs.depth.orders_run import _photos, measure_orders, network, train_orders
from resnet_explorer.model.block_parts import all_blocks

SMALL = OrdersConfig(29, width=2, count=3, steps=2)


def test_the_deepest_pre_activation_network_is_the_papers_and_the_other_its_twin() -> None:
    paper = OrdersConfig(width=16)
    assert paper.spec("pre") == preset("resnet1001_preact_cifar")
    assert paper.spec("post") == paper.spec("pre").with_(activation="post")
    for depth in DEPTHS:
        found = plan(OrdersConfig(depth).spec("post"), (32, 32))
        assert 3 * len(found.blocks) + 2 == depth
    with pytest.raises(ValueError, match="depth is 1000"):
        OrdersConfig(1000)


@pytest.mark.slow
def test_every_norm_is_that_of_one_pass_through_the_whole() -> None:
    steps = list(measure_orders(SMALL))
    assert steps[-1].done == steps[-1].total == len(steps)
    found = final_answer(iter(steps))
    images, labels = batch(DepthConfig(depth=8, width=1, count=3))
    for order, signal, gradient in zip(ORDERS, found.signal.both, found.gradient.both, strict=True):
        model = network(SMALL, order)
        outputs = [model.stem(images)]
        for block in all_blocks(model):
            outputs.append(block(outputs[-1]))
        loss = F.cross_entropy(model.head(outputs[-1]), labels)
        weights = {
            name.removesuffix(".weight"): value
            for name, value in model.named_parameters()
            if value.dim() > 1 and "downsample" not in name
        }
        by_outputs = torch.autograd.grad(loss, outputs, retain_graph=True)
        by_weights = torch.autograd.grad(loss, list(weights.values()))
        norms = [float(each.norm()) for each in by_outputs]
        assert [block.into for block in gradient.blocks] == pytest.approx(norms[:-1], rel=2e-3)
        expected = {name: float(each.norm()) for name, each in zip(weights, by_weights, strict=True)}
        assert {layer.name: layer.norm for layer in gradient.layers} == pytest.approx(expected, rel=2e-3)
        assert [layer.number for layer in gradient.layers] == list(range(1, 30))
        variances = [float(each.var(correction=0)) for each in outputs]
        assert [place.output.variance for place in signal.places] == pytest.approx(variances, rel=1e-4)
    ends = [each.end_to_end for each in found.gradient.both]
    assert steadier(found) in ("pre", "post", "same")
    assert (steadier(found) == "pre") == (ends[0] > 2 * ends[1] > 2)


@pytest.mark.slow
def test_the_steps_are_torchs_own() -> None:
    losses = final_answer(train_orders(SMALL))
    images, labels = _photos()
    drawn = torch.Generator().manual_seed(0)
    batches = [torch.randperm(1000, generator=drawn)[:BATCH] for _ in range(2)]
    for order, found in zip(ORDERS, losses, strict=True):
        model = network(SMALL, order)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9, weight_decay=1e-4)
        expected = []
        for chosen in batches:
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append(loss.item())
        assert found == pytest.approx(expected, rel=1e-3)
    assert losses_finding(((5.28, 60.53, 4.36), (2.32, 2.24, 2.41))) == (
        "In 3 steps the loss was **4.4 to 60.5** post-activated, **2.2 to 2.4** pre-activated; "
        "guessing among ten gives 2.3."
    )
    assert losses_finding(((1.0,), ())) == ""
