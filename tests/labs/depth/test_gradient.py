"""The gradient's way, held against torch's own backward pass through the whole network and by hand."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_explorer import build
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DEEPEST, DepthConfig
from resnet_explorer.labs.depth.gradient import measure_gradient
from resnet_explorer.labs.depth.measure import batch, network
from resnet_explorer.labs.depth.passes import BackwardPass, BlockGradient, LayerGradient, Pair
from resnet_explorer.model.block_parts import all_blocks

SMALL = DepthConfig(depth=14, width=3, count=4, images="noise")

configs_of_two_blocks = st.builds(
    DepthConfig,
    depth=st.sampled_from([8, 14]),
    width=st.integers(1, 4),
    norm=st.just("batch"),
    activation=st.sampled_from(["post", "pre"]),
    init=st.sampled_from(["fan_out", "fan_in", "xavier", "normal", "zero"]),
    images=st.just("noise"),
    count=st.integers(2, 5),
    seed=st.integers(0, 99),
) | st.builds(
    DepthConfig,
    depth=st.sampled_from([8, 14]),
    width=st.integers(1, 4),
    norm=st.just("none"),
    activation=st.sampled_from(["post", "pre"]),
    init=st.sampled_from(["fan_out", "xavier"]),
    images=st.just("noise"),
    count=st.integers(2, 5),
)


def measured(config: DepthConfig) -> Pair[BackwardPass]:
    return final_answer(measure_gradient(config))


def close(value: float | None, expected: float) -> bool:
    assert value is not None
    return math.isclose(value, expected, rel_tol=2e-3, abs_tol=1e-9)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(configs_of_two_blocks, st.booleans())
def test_every_norm_is_that_of_one_pass_through_the_whole(config: DepthConfig, residual: bool) -> None:
    found = measured(config).residual if residual else measured(config).plain
    model = network(config, residual)
    images, labels = batch(config)
    outputs = [model.stem(images)]
    for block in all_blocks(model):
        outputs.append(block(outputs[-1]))
    loss = F.cross_entropy(model.head(outputs[-1]), labels)
    weights = {
        name.removesuffix(".weight"): value for name, value in model.named_parameters() if value.dim() > 1
    }
    gradients = torch.autograd.grad(loss, [*outputs, *weights.values()])
    assert close(found.loss, loss.item())
    norms = [gradient.double().norm().item() for gradient in gradients]
    assert all(close(block.into, norm) for block, norm in zip(found.blocks, norms, strict=False))
    assert close(found.blocks[-1].out, norms[len(outputs) - 1])
    by_name = dict(zip(weights, norms[len(outputs) :], strict=True))
    assert {layer.name for layer in found.layers} == set(by_name)
    assert all(close(layer.norm, by_name[layer.name]) for layer in found.layers)


def test_against_a_plain_network_written_with_torchs_own_modules() -> None:
    config = DepthConfig(depth=8, width=3, count=4, images="noise", norm="none")
    torch.manual_seed(0)
    convs = [nn.Conv2d(*shape, 3, step, 1, bias=False) for *shape, step in SHAPES]
    fc = nn.Linear(12, 10)
    model = network(config, residual=False)
    with torch.no_grad():
        own = [each for each in model.modules() if isinstance(each, nn.Conv2d)]
        for conv, each in zip(convs, own, strict=True):
            conv.weight.copy_(each.weight)
        fc.load_state_dict(model.fc.state_dict())
    images, labels = batch(config)
    x: Tensor = images
    for conv in convs:
        x = conv(x).relu()
    F.cross_entropy(fc(x.mean((2, 3))), labels).backward()
    found = measured(config).plain.layers
    grads = [each.weight.grad for each in (*convs, fc)]
    assert [layer.number for layer in found] == [1, 2, 3, 4, 5, 6, 7, 8]
    for layer, grad in zip(found, grads, strict=True):
        assert grad is not None
        assert close(layer.norm, grad.norm().item())


SHAPES = [(3, 3, 1), (3, 3, 1), (3, 3, 1), (3, 6, 2), (6, 6, 1), (6, 12, 2), (12, 12, 1)]


@pytest.mark.parametrize("activation", ["post", "pre"])
def test_what_comes_through_the_shortcut_and_the_branch_by_two_inputs(activation: str) -> None:
    config = DepthConfig(depth=14, width=3, count=4, images="noise", activation=activation)  # type: ignore[arg-type]
    model, (images, labels) = network(config, True), batch(config)
    x, pairs = model.stem(images), []
    for number, block in enumerate(all_blocks(model)):
        into_branch, into_shortcut = x.clone(), x.clone()
        shortcut = block.downsample(into_shortcut) if block.downsample else into_shortcut
        if activation == "post":
            y = block.relu1(block.bn1(block.conv1(into_branch)))
            x = torch.relu(block.bn2(block.conv2(y)) + shortcut)
        else:
            y = into_branch if number == 0 else torch.relu(block.bn1(into_branch))
            x = block.conv2(torch.relu(block.bn2(block.conv1(y)))) + shortcut
        pairs += [into_branch, into_shortcut]
    loss = F.cross_entropy(model.head(x), labels)
    norms = [each.norm().item() for each in torch.autograd.grad(loss, pairs)]
    found = measured(config).residual.blocks
    for block, branch, shortcut in zip(found, norms[::2], norms[1::2], strict=True):
        assert close(block.branch, branch)
        assert close(block.shortcut, shortcut)


def test_with_pre_activation_an_identity_passes_the_gradient_as_it_is() -> None:
    """He et al. 2016, eq. 5: the 1 is a 1 only where nothing stands after the addition."""
    pre = measured(DepthConfig(depth=20, width=3, count=4, images="noise", activation="pre")).residual
    identities = [block for block in pre.blocks if block.number not in (4, 7)]
    assert len(identities) == 7
    assert all(block.shortcut == block.out for block in identities)
    post = measured(DepthConfig(depth=20, width=3, count=4, images="noise")).residual
    assert all(block.shortcut is not None and block.shortcut < block.out for block in post.blocks)


@settings(max_examples=10, deadline=None)
@given(configs_of_two_blocks)
def test_the_product_of_the_factors_is_the_whole_way(config: DepthConfig) -> None:
    both = measured(config)
    for flow in both.both:
        for before, after in zip(flow.blocks, flow.blocks[1:], strict=False):
            assert before.out == after.into
        if math.isnan(flow.end_to_end):
            assert math.isnan(flow.product)
        else:
            assert math.isclose(flow.product, flow.end_to_end, rel_tol=1e-12)


def test_both_networks_begin_with_the_same_weights_and_torchs_seed_gives_them() -> None:
    plain, residual = (network(SMALL, way).state_dict() for way in (False, True))
    assert list(plain) == list(residual)
    assert all(torch.equal(plain[name], residual[name]) for name in plain)
    torch.manual_seed(SMALL.seed)
    again = build(SMALL.spec(True)).state_dict()
    assert all(torch.equal(again[name], residual[name]) for name in again)


def test_the_seed_decides_and_torchs_generator_stays_as_it_was() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = measured(SMALL)
    assert torch.equal(torch.rand(1), expected)
    assert measured(SMALL) == first
    assert measured(DepthConfig(depth=14, width=3, count=4, images="noise", seed=1)) != first


@pytest.mark.slow
def test_the_batch_is_standardised_and_seeded() -> None:
    for images in ("photos", "noise"):
        config = DepthConfig(images=images, count=7)  # type: ignore[arg-type]
        pixels, labels = batch(config)
        assert pixels.shape == (7, 3, 32, 32)
        assert labels.tolist() == batch(config)[1].tolist()
        assert torch.equal(pixels, batch(config)[0])
        assert pixels.mean(dim=(0, 2, 3)).abs().max() < 1e-5
        assert (pixels.var(dim=(0, 2, 3), correction=0) - 1).abs().max() < 1e-4


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_explorer.labs.depth import measure as module

    made = []

    def watched(config: DepthConfig, residual: bool) -> nn.Module:
        made.append(network(config, residual))
        return made[-1]

    monkeypatch.setattr(module, "network", watched)
    measured(SMALL)
    assert len(made) == 2
    assert all(value.grad is None for model in made for value in model.parameters())
    assert torch.is_grad_enabled()


def test_batch_norm_keeps_a_plain_net_from_vanishing_and_xavier_without_it_does_not() -> None:
    """He et al. 2015, section 4.1: with batch norm the gradients do not vanish."""
    healthy = measured(DepthConfig(depth=32, width=4, count=8, images="noise")).plain
    assert healthy.outcome == "grows"
    assert healthy.odd_layers == []
    gone = measured(DepthConfig(depth=32, width=4, count=8, images="noise", norm="none", init="xavier"))
    assert gone.plain.outcome == "vanishes"
    assert gone.plain.mean_factor < 0.7
    assert gone.residual.outcome != "vanishes"


def test_a_gradient_below_float32_is_told_as_zero() -> None:
    small = DepthConfig(depth=56, width=2, count=4, images="noise", norm="none", init="normal")
    plain = measured(small).plain
    assert plain.outcome == "vanishes"
    assert plain.product == plain.end_to_end == 0
    assert plain.factors_text.startswith("0/0 · 0/0 · 0/0 · … · ")
    ((words, layers),) = plain.odd_layers
    assert words == "exactly 0"
    assert layers[0].number == 1


def test_zero_gammas_stop_a_plain_net_and_leave_a_residual_one_its_shortcuts() -> None:
    both = measured(DepthConfig(depth=14, width=3, count=4, images="noise", activation="pre", init="zero"))
    assert both.plain.outcome == "vanishes"
    for block in both.residual.blocks:
        assert block.branch == pytest.approx(0, abs=1e-7)
    assert [layer.norm == 0 for layer in both.residual.layers] == [False, *[True] * 12, False]


def test_infinite_and_missing_numbers_are_words() -> None:
    blocks = tuple(BlockGradient("b", "stage 1", 1, into, 2.0) for into in (math.inf, math.nan))
    for block in blocks:
        assert BackwardPass(False, math.nan, (), (block,)).outcome == "lost"
    overflowed = (BlockGradient("b", "stage 1", 1, math.inf, 2.0),)
    assert BackwardPass(False, 2.3, (), overflowed).outcome == "grows"
    layers = [LayerGradient("c", "stem", n, norm) for n, norm in enumerate((math.nan, 0.0, 1.0, math.inf))]
    found = BackwardPass(False, 2.3, tuple(layers), overflowed).odd_layers
    assert {words: [layer.number for layer in some] for words, some in found} == {
        "exactly 0": [1],
        "infinite": [3],
        "not a number": [0],
    }


@pytest.mark.slow
def test_values_beyond_float32_are_told() -> None:
    """Without normalization each block doubles the variance (De and Smith 2020): 332 of them overflow."""
    residual = measured(DepthConfig(depth=DEEPEST, width=1, count=2, images="noise", norm="none")).residual
    assert math.isnan(residual.loss)
    assert residual.outcome == "lost"
    odd = {words: len(layers) for words, layers in residual.odd_layers}
    assert sum(odd.values()) == 998
    assert odd["not a number"] > 900


@pytest.mark.slow
def test_a_thousand_layers_fit() -> None:
    """All 998 layers of both networks are there, and fit with torch and all its libraries into 4 GB."""
    code = (
        "import resource\n"
        "from resnet_explorer.labs.depth.config import DepthConfig\n"
        "from resnet_explorer.labs.depth.gradient import measure_gradient\n"
        "*_, last = measure_gradient(DepthConfig(depth=998, width=2, count=4, images='noise'))\n"
        "plain = last.answer.plain\n"
        "print(len(last.answer.residual.layers), len(plain.blocks), plain.outcome)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    counts, gigabytes = done.stdout.splitlines()
    assert counts == "998 498 grows"
    assert float(gigabytes) < 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"depth": 57}, "depth is 57; 6n"),
        ({"depth": 1004}, "depth is 1004"),
        ({"width": 0}, "width is 0; 1 to 32"),
        ({"count": 1}, "count is 1; 2 to 64"),
        ({"depth": 998, "width": 32, "count": 64}, "at most 1,048,576 fit"),
        ({"init": "zero", "norm": "none"}, "no γ"),
        ({"init": "magic"}, "'magic'"),
    ],
)
def test_configs_that_make_no_experiment_are_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        DepthConfig(**changes)  # type: ignore[arg-type]
