"""The file that a reader takes home: it runs alone, and is the network that was on the screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, plan, preset
from resnet_explorer.export.model_py import model_file
from resnet_explorer.network.spec import PRESETS, TORCHVISION_NAMES
from resnet_explorer.network.spec_code import decode_spec
from tests.strategies import specs

WIDEST = ResNetSpec("bottleneck", (500, 500, 500, 500), width=1024, groups=1024, width_per_group=4096)
CODES = (
    *("resnet18", "resnext50_32x4d", "plain34", "resnet20_cifar", "resnet200_preact", "resnet18_d2l"),
    "basic.1.stem-cifar.norm-none.include_top-0",
    "bottleneck.2.shortcut-none.activation-pre.norm-none",
    "bottleneck.1-2.stride_in-1x1.shortcut-projection_all.conv_bias-1.num_classes-7",
    "bottleneck.2-1.activation-pre.shortcut-zero_pad.include_top-0",
    *("resnet18_d2l_unpadded", "basic.1-1.stem-cifar.shortcut-zero_pad.stem_pool-1.zero_pad-around"),
)


def ran(text: str) -> dict[str, Any]:
    """The names that the file defines."""
    namespace: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, "model.py", "exec"), namespace)
    return namespace


def built(text: str) -> nn.Module:
    namespace = ran(text)
    torch.manual_seed(3)
    network: nn.Module = (namespace.get("ResNet") or namespace["PlainNet"])()
    return network


def run_alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python that sees neither this project nor the caller's variables."""
    command = [sys.executable, "-I", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(spec=specs())
def test_any_network_is_the_same_to_the_bit(spec: ResNetSpec) -> None:
    theirs = built(model_file(spec))
    torch.manual_seed(3)
    ours = build(spec)
    values = ours.state_dict()
    assert list(theirs.state_dict()) == list(values)
    for name, value in theirs.state_dict().items():
        assert torch.equal(value, values[name]), f"{name}: another initial value from the same seed"
    x = torch.randn(3, spec.in_channels, 37, 34, generator=torch.Generator().manual_seed(0))
    for training in (True, False):
        with torch.inference_mode():
            assert torch.equal(theirs.train(training)(x), ours.train(training)(x))
    assert list(theirs.state_dict()) == list(ours.state_dict())


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(spec=specs())
def test_the_check_in_it_passes_and_the_same_spec_gives_the_same_text(spec: ResNetSpec) -> None:
    text = model_file(spec, (50, 41))
    ran(text)["check"]()
    assert model_file(spec.with_(), (50, 41)) == text
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.slow
@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_states_its_totals_and_checks_them(name: str) -> None:
    spec = preset(name)
    text = model_file(spec)
    p = plan(spec, spec.natural_size)
    assert f"\n{p.params:,} parameters; {p.macs:,} multiply-accumulates" in text
    ran(text)["check"]()
    assert ("def load_torchvision_weights" in text) == (name in TORCHVISION_NAMES)


def test_v1_gets_no_weights_that_were_trained_as_v1_5() -> None:
    text = model_file(preset("resnet50").with_(stride_in="1x1"))
    assert "torchvision_weights" not in text
    assert "self.conv1 = conv1x1(in_channels, inner, stride)  # v1: the stride is here" in text


def test_it_has_only_what_its_network_needs() -> None:
    resnet18 = model_file(preset("resnet18"))
    for stranger in ("Bottleneck", "ZeroPad", "bn3", "groups", "self.first", "inner", "PlainNet"):
        assert stranger not in resnet18, stranger
    assert "return self.relu(y + shortcut)" in resnet18
    plain = model_file(preset("plain18"))
    for stranger in ("downsample", "conv1x1", "y +"):
        assert stranger not in plain, stranger
    option_a = model_file(preset("resnet20_cifar"))
    assert "class ZeroPad(nn.Module):" in option_a
    assert "conv1x1" not in option_a
    assert "BatchNorm2d" not in model_file(preset("resnet18").with_(norm="none"))
    assert "stride: int" not in model_file(ResNetSpec("basic", (2,)))


@pytest.mark.slow
@pytest.mark.parametrize("code", ["resnet50", "resnet1202_cifar", CODES[-1]])
def test_it_runs_without_this_project(code: str, tmp_path: Path) -> None:
    spec = decode_spec(code)
    (tmp_path / "model.py").write_text(model_file(spec), encoding="utf-8")
    assert run_alone(tmp_path, "-c", "import resnet_explorer").returncode == 1, "the project is not in reach"
    done = run_alone(tmp_path, "model.py")
    assert done.returncode == 0, done.stderr
    p = plan(spec, spec.natural_size)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{p.params:,} parameters"
    assert [line.split(maxsplit=1)[1] for line in lines[1:]] == [
        " × ".join(map(str, section.out_shape)) for section in p.sections
    ]


@pytest.mark.parametrize(
    ("true", "false", "sentence"),
    [
        ("PARAMETERS = 11_689_512", "PARAMETERS = 11_689_511", "11,689,512 parameters, not 11,689,511"),
        ('"layer2": (128, 28, 28)', '"layer2": (128, 27, 27)', "layer2: (128, 28, 28), not (128, 27, 27)"),
        ("blocks=2, stride=2", "blocks=3, stride=2", "11,984,936 parameters, not 11,689,512"),
    ],
)
def test_the_check_in_it_can_fail(true: str, false: str, sentence: str) -> None:
    text = model_file(preset("resnet18"))
    assert true in text
    with pytest.raises(AssertionError) as caught:
        ran(text.replace(true, false, 1))["check"]()
    assert str(caught.value) == sentence


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d"])
def test_torchvisions_weights_are_loaded_and_give_its_logits(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torchvision

    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name).eval()
    best = torchvision.models.get_model_weights(name)["DEFAULT"]
    cache = tmp_path / "hub" / "checkpoints"
    cache.mkdir(parents=True)
    torch.save(theirs.state_dict(), cache / best.url.rpartition("/")[2])
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    model = ran(model_file(preset(name)))["load_torchvision_weights"]()
    x: Tensor = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(model(x), theirs(x))


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    for number, code in enumerate(CODES):
        (tmp_path / f"model{number}.py").write_text(model_file(decode_spec(code)), encoding="utf-8")
    (tmp_path / "model_widest.py").write_text(model_file(WIDEST, (4096, 4096)), encoding="utf-8")
    ruff = ["-m", "ruff"]
    checked = run_alone(tmp_path, *ruff, "check", "--isolated", "--select=E,F,I,UP,B,SIM,C4,N,PERF", ".")
    assert checked.returncode == 0, checked.stdout
    formatted = run_alone(tmp_path, *ruff, "format", "--isolated", "--diff", ".")
    assert formatted.returncode == 0, formatted.stdout


def test_an_input_that_is_too_small_is_told() -> None:
    with pytest.raises(ValueError, match="two whole numbers from 1 to 4096"):
        model_file(preset("resnet18"), (0, 224))
