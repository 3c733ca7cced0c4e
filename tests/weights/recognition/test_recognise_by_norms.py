"""Norms tell what shapes do not: networks whose norms saw photos, as training shows them, are read right."""

from __future__ import annotations

import re
import sys
from functools import lru_cache

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor

from resnet_explorer.model.block_parts import all_blocks, bypass
from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import Activation, ResNetSpec, Shortcut, preset
from resnet_explorer.photos.cifar_photos import fixed_photos
from resnet_explorer.weights import bundled
from resnet_explorer.weights.recognition import candidate_distances
from resnet_explorer.weights.recognition.average_shortcuts import average_shortcuts
from resnet_explorer.weights.recognition.dilated import dilate
from resnet_explorer.weights.recognition.infer_spec import recognise
from resnet_explorer.weights.recognition.input_forms import InputForm, input_form
from resnet_explorer.weights.recognition.recognise_by_norms import Evidence, recognise_by_norms
from resnet_explorer.weights.tensors import read_state
from tests.model.test_torchvision import live_norms

pytestmark = pytest.mark.slow

SMALL = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)
OPTION_A = SMALL.with_(shortcut="zero_pad")
BOTTLENECK = ResNetSpec("bottleneck", (1, 1, 1), width=16, stem="cifar", num_classes=10)
LARGE = ResNetSpec("basic", (1, 1, 1, 1), width=16, num_classes=10)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer photos than a person's file gets: these networks saw the very kind that they are held against."""
    monkeypatch.setattr(candidate_distances, "MACS", candidate_distances.MACS // 4)


@lru_cache
def photos(side: int) -> Tensor:
    """Half of the photos that ship, those that recognition does not look at: (500, 3, side, side), 0 to 1."""
    images = torch.from_numpy(np.asarray(fixed_photos()[0][500:])).permute(0, 3, 1, 2) / 255
    if side == 32:
        return images
    return torch.nn.functional.interpolate(images, size=(side, side), mode="bicubic", antialias=True).clamp(
        0, 1
    )


def as_trained(spec: ResNetSpec, form: str = "imagenet", side: int = 32) -> dict[str, Tensor]:
    """A network whose norms have seen photos: what training leaves in them, without the training."""
    torch.manual_seed(0)
    model = build(spec)
    return seen(model, input_form(form, spec.in_channels), side)


def seen(model: torch.nn.Module, form: InputForm, side: int) -> dict[str, Tensor]:
    for norm in model.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None  # the plain average of all batches
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (form.mean, form.std))
    channels = len(model.conv1.weight[0])
    images = photos(side) if channels == 3 else photos(side).mean(dim=1, keepdim=True)
    images = (images - mean[:channels]) / std[:channels]
    with torch.no_grad():
        for batch in (images.flip(1) if form.reverses else images).split(25):
            model.train()(batch)
    return {name: value.detach() for name, value in model.eval().state_dict().items()}


def told(state: dict[str, Tensor]) -> Evidence:
    evidence = recognise_by_norms(recognise({name: tuple(v.shape) for name, v in state.items()}), state)
    assert evidence is not None
    return evidence


@pytest.mark.parametrize(
    ("spec", "side"),
    [
        (OPTION_A, 32),
        (OPTION_A.with_(zero_pad="around"), 32),
        (SMALL.with_(shortcut="none"), 32),
        (SMALL.with_(stem_pool=True), 32),
        (SMALL.with_(stem_padding=0), 32),
        (BOTTLENECK, 32),
        (BOTTLENECK.with_(stride_in="1x1"), 32),
        (LARGE, 32),
        (LARGE.with_(stem_padding=0), 32),
        (LARGE.with_(stem_padding=0, in_channels=1, conv_bias=True, projection_norm=False), 28),
        (LARGE.with_(stem_pool=False), 32),
    ],
    ids=str,
)
def test_the_network_is_the_one_that_it_was(spec: ResNetSpec, side: int) -> None:
    evidence = told(as_trained(spec, side=side))
    assert evidence.spec == spec, (evidence.found, evidence.assumed)
    assert evidence.form and evidence.form.name == "imagenet"
    assert not [text for text in evidence.assumed if "average" in text]


@pytest.mark.parametrize("spec", [OPTION_A, OPTION_A.with_(zero_pad="around")], ids=str)
def test_shortcuts_that_average_are_told_as_such(spec: ResNetSpec) -> None:
    torch.manual_seed(0)
    model = build(spec)
    average_shortcuts(model)
    evidence = told(seen(model, input_form("imagenet", 3), 32))
    assert any("shortcuts average 2 × 2 pixels" in text for text in evidence.assumed), evidence


@pytest.mark.parametrize("activation", ["post", "pre"])
@pytest.mark.parametrize("shortcut", ["zero_pad", "projection"])
def test_what_averages_is_plain_torch_s(activation: Activation, shortcut: Shortcut) -> None:
    torch.manual_seed(0)
    spec = SMALL.with_(activation=activation, shortcut=shortcut)
    model, x = build(spec).eval(), torch.randn(1, 16, 7, 7)
    average_shortcuts(model)
    block = all_blocks(model)[1]
    found = bypass(block, x)
    reads = block.relu1(block.bn1(x)) if (activation, shortcut) == ("pre", "projection") else x
    pooled = torch.nn.AvgPool2d(2, ceil_mode=True)(reads)
    if shortcut == "zero_pad":
        wanted = torch.cat([pooled, torch.zeros(1, 16, 4, 4)], dim=1)
    else:
        _, conv, *norm = block.downsample
        wanted = torch.nn.functional.conv2d(pooled, conv.weight)
        wanted = norm[0](wanted) if norm else wanted
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize(
    "form", ["imagenet", "0-1", "minus1-1-bgr", "cifar10", "cifar10-2", "imagenet-255", "0-255"]
)
def test_how_photos_become_numbers(form: str) -> None:
    model = bundled.load(bundled.path_of("bundled/resnet20"))
    evidence = told(seen(model, input_form(form, 3), 32))
    assert evidence.form and evidence.form.name == form, (evidence.found, evidence.assumed)
    assert evidence.spec == model.spec


def test_forms_that_differ_by_less_than_collections_of_photos_are_not_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = photos
    monkeypatch.setattr(sys.modules[__name__], "photos", lambda side: (ours(side) - 0.5) * 1.35 + 0.5)
    evidence = told(as_trained(SMALL))
    assert evidence.form and evidence.form.name == "imagenet", evidence.found
    assert any("CIFAR-10" in text and "ImageNet" in text for text in evidence.assumed), evidence.assumed


def test_the_network_that_ships_was_trained_as_its_file_says() -> None:
    state = read_state(bundled.path_of("bundled/resnet20"))
    evidence = told(state)
    assert evidence.spec == preset("resnet20_cifar")
    assert evidence.form and evidence.form.name == "cifar10"
    (zeros,) = [text for text in evidence.found if text.startswith("Option A, its zeros behind")]
    nearest, farther = map(float, re.findall(r"0\.\d+", zeros))
    assert nearest < farther / 2


def test_nothing_is_told_where_there_is_nothing_to_go_by() -> None:
    plain = SMALL.with_(norm="none")
    assert recognise_by_norms(plain, build(plain).state_dict()) is None
    assert recognise_by_norms(SMALL, build(SMALL).state_dict()) is None, "norms that saw nothing yet"
    torch.manual_seed(0)
    noisy = build(SMALL)
    with torch.no_grad():
        for _ in range(2):
            noisy(torch.randn(8, 3, 32, 32))
    assert recognise_by_norms(SMALL, noisy.state_dict()) is None, "norms that saw next to nothing"
    many = SMALL.with_(in_channels=4)
    assert recognise_by_norms(many, build(many).state_dict()) is None


def test_statistics_of_anything_else_are_no_evidence() -> None:
    model = build(SMALL)
    live_norms(model)  # random means and variances
    evidence = told(dict(model.state_dict()))
    assert (evidence.spec, evidence.form, evidence.found) == (SMALL, None, ())
    assert "nothing is told by them" in evidence.assumed[0]


def test_dilation_is_torchvisions() -> None:
    torch.manual_seed(0)
    spec = ResNetSpec("bottleneck", (1, 1, 2, 2), include_top=False)
    model = torchvision.models.ResNet(
        torchvision.models.resnet.Bottleneck, [1, 1, 2, 2], width_per_group=64,
        replace_stride_with_dilation=[False, False, True],
    )  # fmt: skip
    ours = build(spec)
    ours.load_state_dict({k: v for k, v in model.state_dict().items() if not k.startswith("fc.")})
    dilate(ours, 3)
    x = torch.randn(1, 3, 96, 96)
    features = torch.nn.Sequential(*list(model.children())[:-2])
    with torch.no_grad():
        torch.testing.assert_close(ours.eval()(x), features.eval()(x))


def test_a_dilated_backbone_is_told_as_such() -> None:
    torch.manual_seed(0)
    model = build(ResNetSpec("bottleneck", (1, 1, 1, 2), width=8, include_top=False))
    dilate(model, 3)
    sentences = told(seen(model, input_form("imagenet", 3), 64)).assumed
    assert any("dilation instead of strides" in text for text in sentences), sentences
