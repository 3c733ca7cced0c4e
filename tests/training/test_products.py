"""Convolutions as products of matrices are the convolutions that they stand for, forward and backward."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from resnet_explorer.model.resnet import BasicBlock, Bottleneck, build
from resnet_explorer.network.spec import ResNetSpec, preset
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.products import use_products
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run_folder import CHECKPOINT
from resnet_explorer.training.scratch import load_average, train, zero_last_norms

WIDE = ResNetSpec("basic", (1, 1), width=256, stem="cifar", num_classes=2)
"""Its convolutions have 256 and 512 channels: each way of multiplying is taken."""


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def swapped(conv: nn.Conv2d) -> nn.Conv2d:
    """A convolution of the same values that runs as products."""
    parent = nn.Sequential(nn.Conv2d(conv.in_channels, conv.out_channels, 3, conv.stride, 1, bias=False))
    parent[0].load_state_dict(conv.state_dict())
    use_products(parent.to(memory_format=torch.channels_last))
    assert type(parent[0]) is not nn.Conv2d
    return parent[0].train()


def numbers(conv: nn.Conv2d, x: Tensor, bfloat16: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Its output, and the gradients by its input and its weight of a weighted sum of it."""
    x = x.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        y = conv(x)
    direction = torch.randn(y.shape, generator=seeded(7))
    by_input, by_weight = torch.autograd.grad((y.float() * direction).sum(), (x, conv.weight))
    return y.detach().float(), by_input.float(), by_weight.float()


def apart(one: Tensor, other: Tensor) -> float:
    """The size of the difference as a part of the second."""
    return float((one - other).norm() / other.norm())


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side", [1, 2, 5, 8])
@pytest.mark.parametrize(
    ("channels", "out_channels"),
    [
        (8, 256),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in ((256, 512), (512, 256), (512, 512))),
    ],
)
def test_the_numbers_are_the_convolutions(channels: int, out_channels: int, side: int, stride: int) -> None:
    torch.manual_seed(0)
    plain = nn.Conv2d(channels, out_channels, 3, stride, 1, bias=False)
    x = torch.randn(3, channels, side, side, generator=seeded(1)).to(memory_format=torch.channels_last)
    reference, in_bfloat16 = numbers(plain, x, bfloat16=False), numbers(plain, x, bfloat16=True)
    found = numbers(swapped(plain), x, bfloat16=True)
    for ours, exact, rounded in zip(found, reference, in_bfloat16, strict=True):
        assert ours.shape == exact.shape
        # bfloat16 keeps 8 bits: each value is within 0.4 %, and PyTorch's own is no nearer by much.
        assert apart(ours, exact) < 0.006
        theirs = apart(rounded, exact)
        # With one thread, PyTorch's own gradient on a map of 2 × 2 holds what was in memory before.
        assert apart(ours, exact) < 1.5 * theirs + 1e-3 or not theirs < 0.1


@pytest.mark.parametrize("out_channels", [256, 512])
def test_in_float32_they_are_equal_but_for_the_order_of_sums(out_channels: int) -> None:
    torch.manual_seed(0)
    plain = nn.Conv2d(16, out_channels, 3, 1, 1, bias=False)
    x = torch.randn(2, 16, 6, 4, generator=seeded(1))
    for ours, reference in zip(numbers(swapped(plain), x, False), numbers(plain, x, False), strict=True):
        assert torch.allclose(ours, reference, rtol=1e-4, atol=1e-4)


def test_names_values_and_parameters_stay() -> None:
    model = build(preset("resnet18").with_(num_classes=4))
    before, parameters = model.state_dict(), list(model.parameters())
    use_products(model)
    after = model.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert all(one is other for one, other in zip(model.parameters(), parameters, strict=True))
    swaps = [name for name, module in model.named_modules() if type(module).__name__ == "_ProductConv"]
    kernels = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and module.out_channels >= 256 and module.kernel_size == (3, 3)
    ]
    assert swaps == kernels
    assert len(swaps) == 8, "both convolutions of each block of the last two stages"


@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv2d(8, 255, 3, padding=1, bias=False),
        nn.Conv2d(8, 256, 3, padding=1, bias=True),
        nn.Conv2d(8, 256, 3, padding=0, bias=False),
        nn.Conv2d(8, 256, 3, padding=2, dilation=2, bias=False),
        nn.Conv2d(8, 256, 3, padding=1, dilation=2, bias=False),
        nn.Conv2d(8, 256, 3, padding=1, stride=(1, 2), bias=False),
        nn.Conv2d(8, 256, 3, padding=1, padding_mode="reflect", bias=False),
        nn.Conv2d(8, 256, 1, bias=False),
        nn.Conv2d(32, 256, 3, padding=1, groups=32, bias=False),
    ],
)
def test_other_convolutions_stay_as_they_are(conv: nn.Conv2d) -> None:
    parent = nn.Sequential(conv)
    use_products(parent)
    assert parent[0] is conv


def test_in_use_the_plain_convolution_answers() -> None:
    model = build(WIDE).eval()
    x = torch.randn(2, 3, 8, 8, generator=seeded(2))
    with torch.inference_mode():
        expected = model(x)
        use_products(model)
        assert torch.equal(model.eval()(x), expected)
        halved = model.train()(x).dtype  # norms differ in training; the kind of number does not
    assert halved == torch.float32


def test_a_run_that_is_resumed_gives_the_same_numbers(tmp_path: Path) -> None:
    wide = WIDE.with_(depths=(1,))
    labels = torch.arange(8) % 2
    pixels = torch.randint(0, 256, (8, 3, 4, 4), generator=seeded(3), dtype=torch.uint8)
    data = SmallImages(ImageSet(pixels, labels), ImageSet(pixels, labels), ("even", "odd"))
    recipe = Recipe(epochs=2, batch_size=4, peak_rate=0.01, sizes=((1.0, 4),), precision="bfloat16")
    whole = list(train(wide, data, recipe, tmp_path / "whole"))
    run = train(wide, data, recipe, tmp_path / "stopped")
    next(run)
    run.close()
    (last,) = train(wide, data, recipe, tmp_path / "stopped", resume=True)
    assert last.train_loss == whole[1].train_loss
    one, other = (
        load_average(tmp_path / name / CHECKPOINT, wide).state_dict() for name in ("whole", "stopped")
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_with_the_last_norms_at_nothing_each_block_starts_as_the_identity(block: str) -> None:
    torch.manual_seed(0)
    model = build(ResNetSpec(block, (2, 2), width=8, stem="cifar", num_classes=2))  # type: ignore[arg-type]
    zero_last_norms(model)
    seen = 0
    for module in model.train().modules():
        if isinstance(module, BasicBlock | Bottleneck):
            channels = module.conv1.in_channels
            x = torch.randn(4, channels, 8, 8, generator=seeded(4)).relu()
            shortcut = x if module.downsample is None else module.downsample(x).relu()
            assert torch.allclose(module(x), shortcut, atol=1e-6)
            seen += 1
    assert seen == 4


def test_a_network_without_norms_has_none_to_set_to_nothing() -> None:
    model = build(ResNetSpec("basic", (1,), width=8, stem="cifar", norm="none", num_classes=2))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    zero_last_norms(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
