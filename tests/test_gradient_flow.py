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
from resnet_explorer.labs.blocks import all_blocks
from resnet_explorer.labs.gradient_flow import Flows, gradient_flow
from resnet_explorer.labs.gradient_numbers import (
    BlockGradient,
    Flow,
    LayerGradient,
    number_text,
    odd_layers,
)
from resnet_explorer.labs.networks import batch, network
from resnet_explorer.labs.setting import DEEPEST, Setting

SMALL = Setting(depth=14, width=3, count=4, images="noise")

settings_of_two_blocks = st.builds(
    Setting,
    depth=st.sampled_from([8, 14]),
    width=st.integers(1, 4),
    norm=st.just("batch"),
    activation=st.sampled_from(["post", "pre"]),
    init=st.sampled_from(["fan_out", "fan_in", "xavier", "normal", "zero"]),
    images=st.just("noise"),
    count=st.integers(2, 5),
    seed=st.integers(0, 99),
) | st.builds(
    Setting,
    depth=st.sampled_from([8, 14]),
    width=st.integers(1, 4),
    norm=st.just("none"),
    activation=st.sampled_from(["post", "pre"]),
    init=st.sampled_from(["fan_out", "xavier"]),
    images=st.just("noise"),
    count=st.integers(2, 5),
)


def flows(setting: Setting) -> Flows:
    *_, last = gradient_flow(setting)
    assert last.answer is not None
    assert last.done == last.total
    return last.answer


def close(value: float | None, expected: float) -> bool:
    assert value is not None
    return math.isclose(value, expected, rel_tol=2e-3, abs_tol=1e-9)


@settings(max_examples=12, deadline=None)
@given(settings_of_two_blocks, st.booleans())
def test_every_norm_is_that_of_one_backward_pass_through_the_whole(setting: Setting, residual: bool) -> None:
    found = flows(setting).residual if residual else flows(setting).plain
    model = network(setting, residual)
    images, labels = batch(setting)
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
    setting = Setting(depth=8, width=3, count=4, images="noise", norm="none")
    torch.manual_seed(0)
    convs = [nn.Conv2d(*shape, 3, step, 1, bias=False) for *shape, step in SHAPES]
    fc = nn.Linear(12, 10)
    model = network(setting, residual=False)
    with torch.no_grad():
        own = [each for each in model.modules() if isinstance(each, nn.Conv2d)]
        for conv, each in zip(convs, own, strict=True):
            conv.weight.copy_(each.weight)
        fc.load_state_dict(model.fc.state_dict())
    images, labels = batch(setting)
    x: Tensor = images
    for conv in convs:
        x = conv(x).relu()
    F.cross_entropy(fc(x.mean((2, 3))), labels).backward()
    found = flows(setting).plain.layers
    grads = [each.weight.grad for each in (*convs, fc)]
    assert [layer.number for layer in found] == [1, 2, 3, 4, 5, 6, 7, 8]
    for layer, grad in zip(found, grads, strict=True):
        assert grad is not None
        assert close(layer.norm, grad.norm().item())


SHAPES = [(3, 3, 1), (3, 3, 1), (3, 3, 1), (3, 6, 2), (6, 6, 1), (6, 12, 2), (12, 12, 1)]


@pytest.mark.parametrize("activation", ["post", "pre"])
def test_what_comes_through_the_shortcut_and_the_branch_by_two_inputs(activation: str) -> None:
    setting = Setting(depth=14, width=3, count=4, images="noise", activation=activation)  # type: ignore[arg-type]
    model, (images, labels) = network(setting, True), batch(setting)
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
    found = flows(setting).residual.blocks
    for block, branch, shortcut in zip(found, norms[::2], norms[1::2], strict=True):
        assert close(block.branch, branch)
        assert close(block.shortcut, shortcut)


def test_with_pre_activation_an_identity_passes_the_gradient_as_it_is() -> None:
    """He et al. 2016, eq. 5: the 1 is a 1 only where nothing stands after the addition."""
    pre = flows(Setting(depth=20, width=3, count=4, images="noise", activation="pre")).residual
    identities = [block for block in pre.blocks if block.number not in (4, 7)]
    assert len(identities) == 7
    assert all(block.shortcut == block.out for block in identities)
    post = flows(Setting(depth=20, width=3, count=4, images="noise")).residual
    assert all(block.shortcut is not None and block.shortcut < block.out for block in post.blocks)


@settings(max_examples=10, deadline=None)
@given(settings_of_two_blocks)
def test_the_product_of_the_factors_is_the_whole_way(setting: Setting) -> None:
    both = flows(setting)
    for flow in (both.plain, both.residual):
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
    first = flows(SMALL)
    assert torch.equal(torch.rand(1), expected)
    assert flows(SMALL) == first
    assert flows(Setting(depth=14, width=3, count=4, images="noise", seed=1)) != first


def test_the_batch_is_standardised_and_seeded() -> None:
    for images in ("photos", "noise"):
        setting = Setting(images=images, count=7)  # type: ignore[arg-type]
        pixels, labels = batch(setting)
        assert pixels.shape == (7, 3, 32, 32)
        assert labels.tolist() == batch(setting)[1].tolist()
        assert torch.equal(pixels, batch(setting)[0])
        assert pixels.mean(dim=(0, 2, 3)).abs().max() < 1e-5
        assert (pixels.var(dim=(0, 2, 3), correction=0) - 1).abs().max() < 1e-4


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_explorer.labs import gradient_flow as module

    made = []

    def watched(setting: Setting, residual: bool) -> nn.Module:
        made.append(network(setting, residual))
        return made[-1]

    monkeypatch.setattr(module, "network", watched)
    flows(SMALL)
    assert len(made) == 2
    assert all(value.grad is None for model in made for value in model.parameters())
    assert torch.is_grad_enabled()


def test_batch_norm_keeps_a_plain_net_from_vanishing_and_xavier_without_it_does_not() -> None:
    """He et al. 2015, section 4.1: with batch norm the gradients do not vanish."""
    healthy = flows(Setting(depth=32, width=4, count=8, images="noise")).plain
    assert healthy.way == "grows"
    assert odd_layers(healthy.layers) == []
    gone = flows(Setting(depth=32, width=4, count=8, images="noise", norm="none", init="xavier"))
    assert gone.plain.way == "vanishes"
    assert gone.plain.mean_factor < 0.7
    assert gone.residual.way != "vanishes"


def test_a_gradient_below_float32_is_told_as_zero() -> None:
    plain = flows(Setting(depth=56, width=2, count=4, images="noise", norm="none", init="normal")).plain
    assert plain.way == "vanishes"
    assert plain.product == plain.end_to_end == 0
    assert plain.factors_text.startswith("0/0 · 0/0 · 0/0 · … · ")
    ((words, layers),) = odd_layers(plain.layers)
    assert words == "exactly 0"
    assert layers[0].number == 1


def test_zero_gammas_stop_a_plain_net_and_leave_a_residual_one_its_shortcuts() -> None:
    both = flows(Setting(depth=14, width=3, count=4, images="noise", activation="pre", init="zero"))
    assert both.plain.way == "vanishes"
    for block in both.residual.blocks:
        assert block.branch == pytest.approx(0, abs=1e-7)
    assert [layer.norm == 0 for layer in both.residual.layers] == [False, *[True] * 12, False]


def test_infinite_and_missing_numbers_are_words() -> None:
    blocks = tuple(BlockGradient("b", "stage 1", 1, into, 2.0) for into in (math.inf, math.nan))
    for block in blocks:
        assert Flow(False, math.nan, (), (block,)).way == "lost"
    overflowed = (BlockGradient("b", "stage 1", 1, math.inf, 2.0),)
    assert Flow(False, 2.3, (), overflowed).way == "grows"
    layers = [LayerGradient("c", "stem", n, norm) for n, norm in enumerate((math.nan, 0.0, 1.0, math.inf))]
    found = {words: [layer.number for layer in some] for words, some in odd_layers(layers)}
    assert found == {"exactly 0": [1], "infinite": [3], "not a number": [0]}


def test_values_beyond_float32_are_told() -> None:
    """Without normalization each block doubles the variance (De and Smith 2020): 332 of them overflow."""
    residual = flows(Setting(depth=DEEPEST, width=1, count=2, images="noise", norm="none")).residual
    assert math.isnan(residual.loss)
    assert residual.way == "lost"
    odd = {words: len(layers) for words, layers in odd_layers(residual.layers)}
    assert sum(odd.values()) == 998
    assert odd["not a number"] > 900


def test_a_thousand_layers_fit() -> None:
    """All 998 layers of both networks are there, and fit with torch and all its libraries into 4 GB."""
    code = (
        "import resource\n"
        "from resnet_explorer.labs.setting import Setting\n"
        "from resnet_explorer.labs.gradient_flow import gradient_flow\n"
        "*_, last = gradient_flow(Setting(depth=998, width=2, count=4, images='noise'))\n"
        "plain = last.answer.plain\n"
        "print(len(last.answer.residual.layers), len(plain.blocks), plain.way)\n"
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
def test_settings_that_make_no_experiment_are_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Setting(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "exactly 0"),
        (math.inf, "infinite"),
        (math.nan, "not a number"),
        (3.14159, "3.14"),
        (57.26, "57.3"),
        (3770.4, "3,770"),
        (0.0214, "0.0214"),
        (1.14e-9, "1.1 × 10⁻⁹"),
        (51000.0, "5.1 × 10⁴"),
    ],
)
def test_numbers_of_any_size_can_be_read(value: float, words: str) -> None:
    assert number_text(value) == words
