"""What the module does with real tensors."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, plan, preset
from resnet_explorer.model.resnet import (
    BasicBlock,
    Bottleneck,
    PreActBottleneck,
    ZeroPadShortcut,
    build_block,
    build_layer,
)
from resnet_explorer.network.plan import plan_block
from resnet_explorer.weights.reading.name_schemes import torchvision_names
from tests.strategies import input_sizes, specs

SMALL = ResNetSpec("basic", (2, 1, 1), width=4, stem="cifar", num_classes=5)


def image(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def silence_branches(model: nn.Module) -> None:
    """Sets every convolution of every branch to zero; shortcuts stay as they are."""
    with torch.no_grad():
        for name, module in model.named_modules():
            if isinstance(module, nn.Conv2d) and "downsample" not in name:
                module.weight.zero_()


# Shapes


def test_a_basic_block_of_3_to_6_channels_halves_a_6x6_image() -> None:
    block = build_block(plan_block("basic", (3, 6, 6), 6, stride=2))
    assert isinstance(block, BasicBlock)
    assert block(image(4, 3, 6, 6)).shape == (4, 6, 3, 3)


def test_a_bottleneck_of_64_to_256_channels_keeps_the_size() -> None:
    block = build_block(plan_block("bottleneck", (64, 7, 5), 64))
    assert isinstance(block, Bottleneck)
    assert block(image(2, 64, 7, 5)).shape == (2, 256, 7, 5)


def test_stage_outputs_are_the_feature_maps_after_the_stem_and_each_stage() -> None:
    model = build(preset("resnet18_d2l")).eval()
    with torch.inference_mode():
        maps = model.stage_outputs(image(1, 1, 224, 224))
        logits = model.head(maps[-1])
    assert [tuple(x.shape) for x in maps] == [
        (1, 64, 56, 56), (1, 64, 56, 56), (1, 128, 28, 28), (1, 256, 14, 14), (1, 512, 7, 7),
    ]  # fmt: skip
    assert logits.shape == (1, 10)


@pytest.mark.parametrize("index", range(4))
def test_the_logits_are_the_same_from_any_stage_on(index: int) -> None:
    model, x = build(SMALL).eval(), image(2, 3, 9, 7)
    with torch.inference_mode():
        assert torch.equal(model.from_stage(index, model.stage_outputs(x)[index]), model(x))


@pytest.mark.slow
@settings(max_examples=30)
@given(spec=specs(), size=input_sizes)
def test_real_tensors_come_out_in_the_shape_of_the_plan(spec: ResNetSpec, size: tuple[int, int]) -> None:
    records, model = plan(spec, size), build(spec).eval()
    with torch.inference_mode():
        maps = model.stage_outputs(image(2, spec.in_channels, *size))
        out = model.head(maps[-1])
    assert [tuple(x.shape[1:]) for x in maps] == [s.out_shape for s in (records.stem, *records.stages)]
    assert out.shape == (2, *records.output_shape)
    assert sum(weights.numel() for weights in model.parameters()) == records.params


# Blocks


def test_a_block_whose_branch_says_nothing_passes_what_is_positive() -> None:
    """The identity shortcut of the first paper goes through the last ReLU."""
    block = build_block(plan_block("basic", (8, 5, 5), 8)).eval()
    silence_branches(block)
    x = image(2, 8, 5, 5)
    assert torch.equal(block(x), x.relu())


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
def test_a_preactivated_block_whose_branch_says_nothing_passes_x_unchanged(kind: str) -> None:
    """He et al. 2016, section 2: with an identity after the addition the path is clean."""
    spec = ResNetSpec(kind, (1,), activation="pre")  # type: ignore[arg-type]
    block = build_block(plan_block(spec.block, (8, 5, 5), 8 // spec.expansion, spec=spec)).eval()
    silence_branches(block)
    x = image(2, 8, 5, 5)
    assert x.min() < 0
    assert torch.equal(block(x), x)


def test_a_stage_of_preactivated_blocks_that_say_nothing_passes_x_unchanged() -> None:
    model = build(SMALL.with_(activation="pre", depths=(5,))).eval()
    silence_branches(model.stages[0])
    x = image(2, 4, 5, 5)
    assert torch.equal(model.stages[0](x), x)


def test_a_preactivated_projection_reads_the_activated_input_and_has_no_norm() -> None:
    spec = ResNetSpec("bottleneck", (1,), activation="pre")
    block = build_block(plan_block("bottleneck", (6, 8, 8), 3, stride=2, spec=spec)).eval()
    assert isinstance(block, PreActBottleneck) and isinstance(block.downsample, nn.Sequential)
    assert [type(module) for module in block.downsample] == [nn.Conv2d]
    silence_branches(block)
    x = image(2, 6, 8, 8)
    assert torch.equal(block(x), block.downsample(block.bn1(x).relu()))
    assert not torch.equal(block(x), block.downsample(x))


def test_a_preactivated_network_begins_without_and_ends_with_a_norm_of_its_own() -> None:
    model = build(SMALL.with_(activation="pre"))
    names = list(model.state_dict())
    assert "layer1.0.bn1.weight" not in names and "layer1.1.bn1.weight" in names
    assert names[-3:] == ["bn_last.num_batches_tracked", "fc.weight", "fc.bias"]


class LessonResidual(nn.Module):
    """The lesson's block, as it is written out there (torch, and nothing of this library)."""

    def __init__(self, inp: int, out: int, use_1x1conv: bool = False, strides: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inp, out, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(out, out, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(inp, out, kernel_size=1, stride=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(out)
        self.bn2 = nn.BatchNorm2d(out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = nn.functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.conv3:
            x = self.conv3(x)
        return nn.functional.relu(y + x)


def lesson_network() -> nn.Sequential:
    """`nn.Conv2d(1, 64, kernel_size=7, stride=2)` without padding, then the four stages."""
    stages: list[nn.Module] = []
    channels = 64
    for number, out in enumerate((64, 128, 256, 512)):
        opening = LessonResidual(channels, out, number > 0, 2 if number else 1)
        stages.append(nn.Sequential(opening, LessonResidual(out, out)))
        channels = out
    stem = nn.Sequential(
        nn.Conv2d(1, 64, kernel_size=7, stride=2),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
    )
    return nn.Sequential(stem, *stages, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(512, 10))


@pytest.mark.slow
@pytest.mark.parametrize("side", [28, 96])
def test_the_lessons_network_gives_the_logits_of_its_own_code(side: int) -> None:
    torch.manual_seed(0)
    theirs = lesson_network()
    theirs(torch.randn(4, 1, 64, 64))  # norms that have seen something
    names = torchvision_names(theirs.state_dict())
    ours = build(preset("resnet18_d2l_unpadded"))
    ours.load_state_dict({names[name]: value for name, value in theirs.state_dict().items()})
    x = torch.randn(2, 1, side, side)
    with torch.inference_mode():
        assert torch.equal(ours.eval()(x), theirs.eval()(x))
        padded = build(preset("resnet18_d2l"))
        padded.load_state_dict(ours.state_dict())
        assert not torch.allclose(padded.eval()(x), ours(x), rtol=1e-3)


@pytest.mark.parametrize("planes", [16, 32])
def test_zeros_around_are_those_of_akamasters_option_a(planes: int) -> None:
    x = image(2, planes // 2, 5, 6)
    theirs = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, planes // 4, planes // 4), "constant", 0)
    spec = ResNetSpec("basic", (1, 1), width=planes // 2, shortcut="zero_pad", zero_pad="around")
    shortcut = build(spec).layer2[0].downsample
    assert torch.equal(shortcut(x), theirs)


def test_option_a_takes_every_second_pixel_and_appends_zeros() -> None:
    x = torch.arange(2 * 3 * 5.0).reshape(1, 2, 3, 5)
    y = ZeroPadShortcut(extra_channels=3, stride=2)(x)
    assert y.shape == (1, 5, 2, 3)
    assert y[0, 0].tolist() == [[0, 2, 4], [10, 12, 14]]
    assert torch.equal(y[:, 2:], torch.zeros(1, 3, 2, 3))


def test_a_preactivated_option_a_pads_x_itself() -> None:
    spec = ResNetSpec("basic", (1,), activation="pre", shortcut="zero_pad")
    block = build_block(plan_block("basic", (2, 4, 4), 4, stride=2, spec=spec)).eval()
    silence_branches(block)
    x = image(1, 2, 4, 4)
    assert torch.equal(block(x)[:, :2], x[:, :, ::2, ::2])


def test_a_plain_block_forgets_its_input() -> None:
    block = build_block(plan_block("basic", (8, 5, 5), 8, spec=ResNetSpec("basic", (1,), shortcut="none")))
    silence_branches(block)
    assert torch.equal(block.eval()(image(2, 8, 5, 5)), torch.zeros(2, 8, 5, 5))


def test_an_addition_is_no_module() -> None:
    add = plan_block("basic", (8, 5, 5), 8).layers[-2]
    assert add.kind == "add"
    with pytest.raises(ValueError, match=r"^block\.add is an addition, which is no module\.$"):
        build_layer(add)


def test_a_layer_is_built_from_its_record_and_nothing_else() -> None:
    record = replace(plan(preset("resnet18")).layers[0], kernel=5, padding=0, bias=True)
    conv = build_layer(record)
    assert isinstance(conv, nn.Conv2d)
    assert (conv.kernel_size, conv.stride, conv.padding) == ((5, 5), (2, 2), (0, 0))
    assert conv.bias is not None


# Building


def test_on_the_meta_device_a_network_takes_no_memory_and_no_random_numbers() -> None:
    state = torch.get_rng_state()
    with torch.device("meta"):
        model = build(preset("resnet152"))
    assert all(weights.is_meta for weights in model.state_dict().values())
    assert torch.equal(torch.get_rng_state(), state)


def test_convolutions_begin_with_he_initialisation_by_fan_out() -> None:
    """He et al. 2015b, section 2.2: a standard deviation of sqrt(2 / (k² · channels out))."""
    torch.manual_seed(0)
    weight = build(preset("resnet18")).get_parameter("layer4.1.conv2.weight")
    assert weight.std().item() == pytest.approx((2 / (9 * 512)) ** 0.5, rel=0.01)
    assert weight.mean().item() == pytest.approx(0, abs=1e-4)


def test_every_weight_gets_a_gradient() -> None:
    for activation in ("post", "pre"):
        model = build(SMALL.with_(activation=activation, shortcut="projection_all"))
        model(image(4, 3, 16, 16)).square().sum().backward()
        untouched = [name for name, w in model.named_parameters() if w.grad is None or not w.grad.any()]
        assert untouched == []
