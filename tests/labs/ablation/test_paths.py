"""Paths through a network: their number, and gradients that add up to the whole one."""

from itertools import combinations
from math import comb, isclose

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_explorer import plan
from resnet_explorer.labs.ablation.findings import paths_finding
from resnet_explorer.labs.ablation.paths import PathGradients, Paths, path_counts, path_gradients, shares
from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.network.spec import ResNetSpec
from tests.labs.networks import images as photos
from tests.labs.networks import network
from tests.strategies import specs

TWO = ResNetSpec("basic", (2, 2), width=6, stem="cifar", num_classes=5)


def whole_gradient(model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    x = model.stem(images).detach().requires_grad_()
    loss = F.cross_entropy(model.from_stage(0, x), labels, reduction="sum")
    return torch.autograd.grad(loss, x)[0]


def test_54_blocks_are_2_to_the_54_paths_and_most_are_about_27_long() -> None:
    counts = path_counts(54)  # the paper's example, ResNet-110
    assert sum(counts) == 2**54
    assert counts[27] == max(counts) == comb(54, 27)
    assert isclose(sum(shares(counts)[19:36]), 0.979, abs_tol=0.003)  # section 5: "more than 95 %"
    assert sum(shares(path_counts(2000))) == pytest.approx(1)  # beyond what a float holds


@pytest.mark.slow
@given(specs(), st.booleans())
@settings(deadline=None, max_examples=20)
def test_all_paths_together_are_the_gradient(spec: ResNetSpec, ready: bool) -> None:
    shortcut = "projection" if spec.shortcut == "none" else spec.shortcut
    spec = spec.with_(include_top=True, shortcut=shortcut, depths=spec.depths[:3])
    model = network(spec).requires_grad_(False)
    model = for_evaluation(model) if ready else model
    images, blocks = photos(2, spec.in_channels, 18), len(plan(spec, (18, 18)).blocks)
    labels = torch.arange(2) % spec.num_classes
    paths = Paths(model, images, labels)
    total = sum(
        paths.gradient(frozenset(through))
        for length in paths.lengths
        for through in combinations(range(blocks), length)
    )
    expected = whole_gradient(model, images, labels)
    assert torch.allclose(total, expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))


def test_a_path_is_the_gradient_where_the_others_stand_still() -> None:
    """Block by block with torch's own graph: what is not on the path is detached."""
    model, images = network(TWO), photos(3)
    labels = torch.tensor([0, 1, 2])
    start = model.stem(images).detach().requires_grad_()
    x = start
    for number, block in enumerate(all_blocks(model)):
        f = block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x)))))
        s = x if block.downsample is None else block.downsample(x)
        x = torch.relu(f + s.detach() if number in (1, 3) else f.detach() + s)
    loss = F.cross_entropy(model.head(x), labels, reduction="sum")
    reference = torch.autograd.grad(loss, start)[0]
    paths = Paths(model.requires_grad_(False), images, labels)
    assert torch.allclose(paths.gradient(frozenset({1, 3})), reference, atol=1e-6)
    assert paths.norm(frozenset({1, 3})) == pytest.approx(float(reference.flatten(1).norm(dim=1).mean()))


def test_flow_is_drawn_by_seed_and_weighed_by_the_number_of_paths() -> None:
    paths = Paths(network(TWO).requires_grad_(False), photos(3))
    *_, last = steps = list(path_gradients(paths, 6, seed=1))
    assert [(step.done, step.total) for step in steps] == [(n, 5) for n in range(1, 6)]
    flow = last.answer
    assert flow is not None
    assert flow.norms.shape == (5, 6)
    assert flow.norms[0] == pytest.approx([paths.norm(frozenset())] * 6)
    assert flow.norms[4] == pytest.approx([paths.norm(frozenset(range(4)))] * 6)
    weights = [count * mean for count, mean in zip([1, 4, 6, 4, 1], flow.means, strict=True)]
    assert flow.contributions == pytest.approx([weight / sum(weights) for weight in weights])
    *_, again = path_gradients(paths, 6, seed=1)
    assert again.answer is not None
    assert (again.answer.norms == flow.norms).all()


def test_the_reading_names_the_lengths_that_bring_half_of_the_gradient() -> None:
    """All norms alike: of the 16 paths of four blocks 1, 4, 6, 4, 1 have each length, so half are 2 and 1."""
    words = paths_finding(PathGradients(np.ones((5, 3)), 4))
    assert "Half of the gradient comes along paths through **1 to 2** of 4 blocks" in words
    assert "most paths go through about 2" in words
    falling = paths_finding(PathGradients(np.array([[1.0], [0.1], [0.01], [0.001], [0.0001]]), 4))
    assert "through **0** of 4 blocks" in falling  # 1 of 1 + 0.4 + 0.06 + …
    assert "Half" not in paths_finding(
        PathGradients(np.ones((3, 3)), 4)
    )  # stopped: nobody knows what the others bring
