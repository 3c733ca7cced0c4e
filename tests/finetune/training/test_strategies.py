"""What learns in each of the three ways: the picture's numbers are those of the network that trains."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_explorer import PRESETS, ResNetSpec, build, preset
from resnet_explorer.finetune.runs.curves import run_figure
from resnet_explorer.finetune.training.backbone_and_head import CutNetwork
from resnet_explorer.finetune.training.hyperparameters import STRATEGIES, Settings, frozen_stages
from resnet_explorer.finetune.training.run_folder import Epoch
from resnet_explorer.finetune.training.strategies import parts, strategy_svg

SMALL = [
    ResNetSpec("basic", (1, 1), width=8, stem="cifar"),
    ResNetSpec("bottleneck", (1, 2, 1), width=8, activation="pre"),
    ResNetSpec("basic", (2, 1, 1, 1), width=8, shortcut="zero_pad"),
    ResNetSpec("basic", (1, 1), width=8, stem="cifar", norm="none", conv_bias=True),
]


def test_resnet50_on_five_kinds_of_flowers() -> None:
    found = parts(preset("resnet50"), 5, Settings("head"))
    assert [(part.name, part.params, part.learns) for part in found] == [
        ("stem", 9_536, False),
        ("stage 1", 215_808, False),
        ("stage 2", 1_219_584, False),
        ("stage 3", 7_098_368, False),
        ("stage 4", 14_964_736, False),
        ("head", 2_048 * 5 + 5, True),
    ]
    assert sum(part.params for part in found) == 25_557_032 - (2_048 * 1000 + 1000) + 10_245
    last = parts(preset("resnet50"), 5, Settings("stages"))
    assert [part.name for part in last if part.learns] == ["stage 4", "head"]
    assert all(part.learns for part in parts(preset("resnet50"), 5, Settings("all")))


@pytest.mark.slow
@given(st.sampled_from(SMALL), st.sampled_from(STRATEGIES), st.integers(1, 2), st.integers(2, 7))
@settings(deadline=None)
def test_what_learns_is_what_the_cut_network_lets_learn(
    spec: ResNetSpec, strategy: str, stages: int, classes: int
) -> None:
    told = Settings(strategy, stages=stages)
    with torch.device("meta"):
        model = build(spec.with_(num_classes=classes))
    network = CutNetwork(model, frozen_stages(spec, told))
    found = parts(spec, classes, told)
    assert sum(part.params for part in found) == sum(p.numel() for p in network.parameters())
    learning = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert sum(part.params for part in found if part.learns) == learning


def test_more_stages_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^stages is 3; the network has 2"):
        parts(SMALL[0], 3, Settings("stages", stages=3))


@pytest.mark.parametrize("name", ["resnet18", "resnet20_cifar"])
def test_the_picture_names_every_part(name: str) -> None:
    assert name in PRESETS
    svg = strategy_svg(parts(preset(name), 5, Settings("stages")))
    stages = len(preset(name).depths)
    assert svg.count('rx="12"') == stages + 2
    frames = re.findall(r'rx="12"[^>]*stroke-dasharray', svg)
    assert len(frames) == stages, "the stem, and all stages but the last, stay"
    assert ">new<" in svg and ">learns<" in svg and ">stays<" in svg


def test_a_run_is_drawn_tested_and_learning() -> None:
    epochs = tuple(Epoch(number, 2.0 / number, 0.2 * number, 1.0, 0.1 * number, 1.0) for number in (1, 2))
    figure = run_figure(epochs, 10)
    tested, learning, _, learning_loss = figure.data
    assert list(tested.y) == pytest.approx([0.1, 0.2]) and list(learning.y) == pytest.approx([0.2, 0.4])
    assert (tested.line.dash, learning.line.dash) == ("solid", "dot")
    assert tuple(figure.layout.yaxis.range) == (0, 1.1) and figure.layout.xaxis.range[1] == 10.2
    assert list(learning_loss.y) == pytest.approx([2.0, 1.0])
    said = {note.text for note in figure.layout.annotations}
    assert said == {"tested 20.0%", "learning 40.0%", "tested 1.00", "learning 1.00"}, "at their ends"
