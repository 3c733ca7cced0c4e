"""How far each stage moved: exactly nothing where it was frozen, and the right number where it was not."""

from __future__ import annotations

import copy

import pytest
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.finetune.evaluation.figures import distance_text, weight_change_figure
from resnet_explorer.finetune.evaluation.weight_change import weight_changes
from resnet_explorer.finetune.training.backbone_and_head import with_new_head

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10)


def test_what_did_not_learn_stayed_and_what_learnt_moved_so_far() -> None:
    start = build(SPEC)
    end = with_new_head(SPEC, 3, 0, start)
    with torch.no_grad():
        end.layer2[0].conv1.weight.mul_(1.5)
        end.layer1[0].bn1.weight.add_(1)  # a norm, which is not asked
    stem, first, second = weight_changes(start, end)
    assert (stem.section, stem.distance, first.section, first.distance) == ("stem", 0.0, "stage 1", 0.0)
    convs = [module.weight.detach() for name, module in start.layer2.named_modules() if "conv" in name]
    convs.append(start.layer2[0].downsample[0].weight.detach())
    whole = torch.cat([weight.flatten() for weight in convs])
    moved = 0.5 * start.layer2[0].conv1.weight.detach()
    assert second.distance == pytest.approx(float(moved.norm() / whole.norm()), rel=1e-6)
    assert second.weights == whole.numel() == 8 * 16 * 9 + 16 * 16 * 9 + 8 * 16


def test_all_of_a_stage_doubled_is_a_distance_of_one() -> None:
    start = build(SPEC)
    end = copy.deepcopy(start)
    with torch.no_grad():
        for parameter in end.layer1.parameters():
            parameter.mul_(2)
    assert [change.distance for change in weight_changes(start, end)] == pytest.approx([0, 1, 0])


def test_from_nothing_the_beginning_is_the_seeds() -> None:
    start, same, other = with_new_head(SPEC, 3, 7), with_new_head(SPEC, 3, 7), with_new_head(SPEC, 3, 8)
    assert {change.distance for change in weight_changes(start, same)} == {0.0}
    # Two draws of one distribution are √2 apart.
    assert weight_changes(start, other)[2].distance == pytest.approx(2**0.5, abs=0.05)


def test_other_architectures_have_no_distance() -> None:
    with pytest.raises(ValueError, match="different architectures"):
        weight_changes(build(SPEC), build(SPEC.with_(width=16)))


def test_a_distance_is_nothing_only_where_nothing_moved() -> None:
    texts = [distance_text(distance) for distance in (0.0, 1e-7, 0.0123, 1.41)]
    assert texts == ["0 · unchanged", "1.0e-07", "1.2%", "141.0%"]


def test_the_bars_have_the_colours_of_their_stages() -> None:
    start = build(SPEC)
    (bar,) = weight_change_figure(weight_changes(start, start)).data
    assert list(bar.y) == ["stem", "stage 1", "stage 2"]
    assert list(bar.marker.color) == ["#8492a6", "#2b8cd6", "#0fa37f"]
