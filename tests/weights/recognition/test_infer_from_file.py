"""A file of weights → its network, whoever wrote it; or the tensor that fits no residual network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_explorer.model.resnet import build
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.weights import bundled
from resnet_explorer.weights.reading.name_schemes import torchvision_names
from resnet_explorer.weights.recognition.infer_from_file import recognise_file
from tests.strategies import specs
from tests.weights.files import Payload, saved

RESNET26 = ResNetSpec("bottleneck", (2, 2, 2, 2))


def refusal(content: bytes, name: str = "net.pth") -> str:
    with pytest.raises(ValueError) as caught:
        recognise_file(content, name)
    sentence = str(caught.value)
    assert sentence.startswith(f"{name}")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def shapes(state: Mapping[str, Tensor]) -> list[tuple[str, torch.Size]]:
    return [(name, value.shape) for name, value in state.items()]


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(spec=specs(), form=st.sampled_from(["pth", "safetensors"]))
def test_what_is_recognised_has_the_same_names_and_shapes(spec: ResNetSpec, form: str) -> None:
    state = build(spec).state_dict()
    content = saved(state) if form == "pth" else safetensors.torch.save(state)
    found = recognise_file(content, f"net.{form}")
    assert shapes(build(found.spec).state_dict()) == shapes(state)
    assert all(sentence.endswith(".") for sentence in (*found.seen, *found.assumed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("resnet18", preset("resnet18")),
        ("resnet26", RESNET26),
        ("resnext50_32x4d", preset("resnext50_32x4d")),
        ("wide_resnet50_2", preset("wide_resnet50_2")),
    ],
)
def test_timms_networks(name: str, spec: ResNetSpec) -> None:
    state = timm.create_model(name, pretrained=False).state_dict()
    assert recognise_file(saved({"state_dict": state}), f"{name}.bin").spec == spec


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "resnet50d",
            "there is no conv1.weight, but there is conv1.0.weight, a stem of several convolutions",
        ),
        ("seresnet50", "layer1.0.se.fc1.weight has no place in it"),
        (
            "resnet50_gn",
            "there is no bn1.running_mean beside bn1.weight, so its norms are group, layer or instance "
            "norms, or batch norms that keep no statistics; batch norms that keep them are needed",
        ),
        ("vit_tiny_patch16_224", "there is no conv1.weight, but there is cls_token"),
    ],
)
def test_timms_others_are_refused_by_a_tensor(name: str, words: str) -> None:
    state = timm.create_model(name, pretrained=False).state_dict()
    assert refusal(saved(state)) == f"net.pth: This is no residual network that is known here: {words}."


@pytest.mark.slow
def test_the_sentences_for_resnext_50() -> None:
    found = recognise_file(saved(build(preset("resnext50_32x4d")).state_dict()), "x.pth")
    assert found.seen == (
        "`conv1.weight` 64×3×7×7: a stem of 7×7, from 3 to 64 channels.",
        "`layer1`, `layer2`, `layer3`, `layer4` have 3, 4, 6, 3 blocks of three convolutions: bottlenecks.",
        "`layer1.0.conv2.weight` 128×4×3×3: 32 groups of 4 channels.",
        "`layer1.0.downsample.0.weight` 256×64×1×1 and 3 more: "
        "shortcuts project where the shape changes (option B).",
        "`fc.weight` 1000×2048: 1,000 classes.",
    )
    assert found.assumed == (
        "No norm tells what it saw in training, so that what shapes leave open is assumed: "
        "a stem padded by half its kernel, and what is usual after it.",
        'The stride is assumed on the 3×3 (v1.5); "1x1" (v1) has the same shapes.',
        "Strides and the size of the input are in no file: as usual with a 7×7 stem, "
        "it halves the size, a max-pool follows, and the input is 224 × 224.",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width_per_group": 128}, "128×128×3×3: the 3×3 has 128 channels, where 64 are usual."),
        ({"norm": "none"}, "There is no `bn1.weight`: no normalization."),
        ({"activation": "pre"}, "`bn_last.weight` 2048: a norm after the last block, so blocks are pre-"),
        ({"conv_bias": True}, "`conv1.bias` 64: convolutions have a bias."),
        ({"include_top": False}, "There is no `fc.weight`: it ends with the feature map."),
        ({"shortcut": "projection_all"}, "and 7 more: every shortcut projects (option C)."),
        ({"stem": "cifar"}, "`conv1.weight` 64×3×3×3: a stem of 3×3, from 3 to 64 channels."),
    ],
)
def test_each_field_says_by_what_it_was_seen(change: dict[str, Any], words: str) -> None:
    spec = RESNET26.with_(**change)
    found = recognise_file(saved(build(spec).state_dict()), "x.pth")
    assert found.spec == spec
    assert sum(words in sentence for sentence in found.seen) == 1


@pytest.mark.parametrize(
    ("depths", "words"),
    [
        ((1,), "`layer1` has 1 block of two convolutions: basic blocks."),
        ((3,), "`layer1` has 3 blocks of two convolutions: basic blocks."),
        (
            (1, 1),
            "`layer2.0.downsample.0.weight` 8×4×1×1: shortcuts project where the shape changes (option B).",
        ),
    ],
)
def test_one_of_a_kind_is_said_as_one(depths: tuple[int, ...], words: str) -> None:
    small = ResNetSpec("basic", depths, width=4, stem="cifar", num_classes=2)
    assert words in recognise_file(saved(build(small).state_dict()), "x.pth").seen


def test_a_file_of_this_library_names_its_network_itself() -> None:
    found = recognise_file(bundled.FILE.read_bytes(), bundled.FILE.name)
    assert found.spec == bundled.describe().spec
    assert found.seen == ("The file says itself which network it holds, and its shapes agree.",)
    v1 = PRESETS["resnet50"].with_(stride_in="1x1", depths=(1, 1))
    state = build(v1).state_dict()
    content = safetensors.torch.save(state, {"spec": "bottleneck.1-1.stride_in-1x1"})
    assert recognise_file(content, "v1.safetensors").spec == v1
    lied = safetensors.torch.save(state, {"spec": "bottleneck.1-2.stride_in-1x1"})
    assert "there is no layer2.1.conv1.weight" in refusal(lied)
    assert "no preset and no code of a network" in refusal(safetensors.torch.save(state, {"spec": "vgg"}))


# Tutorials


class Residual(nn.Module):
    """d2l.ai, section 8.6: the 1×1 of the shortcut has no norm after it."""

    def __init__(self, channels: int, projects: bool, strides: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.LazyConv2d(channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.LazyConv2d(channels, kernel_size=3, padding=1)
        self.conv3 = nn.LazyConv2d(channels, kernel_size=1, stride=strides) if projects else None
        self.bn1 = nn.LazyBatchNorm2d()
        self.bn2 = nn.LazyBatchNorm2d()

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return torch.relu(y + (self.conv3(x) if self.conv3 else x))


def d2l(stages: int, width: int = 8) -> nn.Sequential:
    stem = nn.Sequential(
        nn.LazyConv2d(width, 7, 2, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    )
    parts: list[nn.Module] = [stem]
    for number in range(stages):
        first = Residual(width << number, projects=number > 0, strides=2 if number else 1)
        parts.append(nn.Sequential(first, Residual(width << number, projects=False)))
    net = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LazyLinear(10))
    net(torch.zeros(2, 1, 64, 64))
    return net


def test_d2ls_network_of_one_stage() -> None:
    found = recognise_file(saved(d2l(1).state_dict()), "d2l.params")
    assert found.spec == ResNetSpec("basic", (2,), width=8, conv_bias=True, in_channels=1, num_classes=10)


def test_d2ls_projections_have_no_norm() -> None:
    found = recognise_file(saved(d2l(3).state_dict()), "d2l.params")
    assert found.spec == preset("resnet18_d2l").with_(depths=(2, 2, 2), width=8)
    assert "No norm stands after a projection." in found.seen


def test_d2ls_whole_network_is_the_preset() -> None:
    model = d2l(4, width=64)
    state = model.state_dict()
    assert recognise_file(saved(state), "d2l.params").spec == preset("resnet18_d2l")
    assert sum(value.numel() for value in model.parameters()) == plan(preset("resnet18_d2l")).params


def test_projections_with_and_without_a_norm_are_no_known_network() -> None:
    state = build(preset("resnet18")).state_dict()
    some = {name: value for name, value in state.items() if not name.startswith("layer3.0.downsample.1.")}
    assert refusal(saved(some)) == (
        "net.pth: This is no residual network that is known here: layer3.0.downsample.0.weight "
        "is a projection that no normalization follows, and one would have to."
    )


class Weiaicunzai(nn.Module):
    """github.com/weiaicunzai/pytorch-cifar100: Sequential parts, their places for names."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.conv2_x = nn.Sequential(self.block(8, 8))
        self.conv3_x = nn.Sequential(self.block(32, 16))
        self.fc = nn.Linear(64, 100)

    def block(self, channels: int, width: int) -> nn.Module:
        block = nn.Module()
        block.residual_function = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width),
        )  # fmt: skip
        block.shortcut = nn.Sequential(
            nn.Conv2d(channels, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        )
        return block


def test_weiaicunzais_cifar_networks() -> None:
    found = recognise_file(saved({"net": Weiaicunzai().state_dict()}), "resnet.pth")
    assert found.spec == ResNetSpec("bottleneck", (1, 1), width=8, stem="cifar", num_classes=100)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (["conv1.weight", "layer2.0.shortcut.1.bias"], ["conv1.weight", "layer2.0.downsample.1.bias"]),
        (
            ["0.0.weight", "0.1.running_mean", "b2.0.conv1.weight", "b3.1.conv1.weight", "last.2.bias"],
            ["conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer2.1.conv1.weight", "fc.bias"],
        ),
        (
            [
                "0.weight",
                "1.bias",
                "resnet_block1.0.conv1.weight",
                "resnet_block2.0.conv3.bias",
                "fc.1.weight",
            ],
            ["conv1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer2.0.downsample.0.bias", "fc.weight"],
        ),
        (
            [
                "embedder.embedder.convolution.weight",
                "embedder.embedder.normalization.bias",
                "encoder.stages.1.layers.0.shortcut.normalization.weight",
                "encoder.stages.1.layers.0.layer.2.convolution.weight",
                "encoder.stages.1.layers.3.layer.0.normalization.running_var",
            ],
            [
                "conv1.weight",
                "bn1.bias",
                "layer2.0.downsample.1.weight",
                "layer2.0.conv3.weight",
                "layer2.3.bn1.running_var",
            ],
        ),
        (
            [
                "stem.conv1.norm.weight",
                "res2.0.conv1.weight",
                "res3.0.shortcut.norm.bias",
                "res3.1.conv2.norm.bias",
            ],
            ["bn1.weight", "layer1.0.conv1.weight", "layer2.0.downsample.1.bias", "layer2.1.bn2.bias"],
        ),
        (
            ["0.weight", "1.bias", "4.0.conv1.weight", "7.1.bn2.weight"],
            ["conv1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer4.1.bn2.weight"],
        ),
        ([], []),
    ],
)
def test_names(theirs: list[str], ours: list[str]) -> None:
    assert list(torchvision_names(theirs).values()) == ours


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet200_preact", "resnet20_cifar"])
def test_torchvisions_own_names_stay(name: str) -> None:
    names = list(build(preset(name)).state_dict())
    assert torchvision_names(names) == {name: name for name in names}


# Files that are none


def test_code_in_a_pickle_never_runs(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    assert "holds more than tensors" in refusal(saved({"conv1.weight": Payload(trace)}))
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [b"hello", (10**9).to_bytes(8, "little") + b"{" + bytes(99)],
    ids=["a text", "a header of a gigabyte"],
)
def test_what_is_no_file_of_weights(content: bytes) -> None:
    assert "is damaged" in refusal(content)


def test_half_a_file() -> None:
    content = saved(build(RESNET26).state_dict())
    assert "is damaged" in refusal(content[: len(content) // 2])


def test_names_of_files_and_tensors_are_made_printable() -> None:
    content = saved({"conv1\n\x1b[31m.weight": torch.zeros(1)})
    with pytest.raises(ValueError) as caught:
        recognise_file(content, "a\nb.pth")
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert sentence.startswith("ab.pth: This is no residual network")
