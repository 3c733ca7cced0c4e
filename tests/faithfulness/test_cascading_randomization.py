"""The cascade: which layers are random at each rung, that the network is left alone, and the maps."""

import copy
import gc

import numpy as np
import pytest
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.map_similarity import rank_correlation, structural_similarity
from resnet_explorer.faithfulness.cascading_randomization import cascade, randomise, sections
from resnet_explorer.faithfulness.pixel_ranking import upsampled
from resnet_explorer.model.resnet import ResNet, build_seeded
from tests.small_networks import noise_photo

SPEC = ResNetSpec("basic", (1, 2, 1), width=8, stem="cifar", num_classes=10)
LAYERS = {
    "head": "fc.",
    "stage 3": "layer3.",
    "stage 2": "layer2.",
    "stage 1": "layer1.",
    "stem": ("conv1.", "bn1."),
}


def trained(**changes: object) -> ResNet:
    """A network whose every value differs from any fresh one's."""
    torch.manual_seed(5)
    model = build(SPEC.with_(**changes)).eval()
    with torch.no_grad():
        for value in model.state_dict().values():
            if value.is_floating_point():
                value.mul_(1.1).add_(0.01 * torch.rand_like(value) + 0.01)
    return model


def changed(one: ResNet, other: ResNet) -> set[str]:
    """The names of the floating values that differ (a norm counts its batches as a whole number)."""
    theirs = other.state_dict()
    return {
        name
        for name, value in one.state_dict().items()
        if value.is_floating_point() and not torch.equal(value, theirs[name])
    }


def test_each_rung_changes_exactly_the_named_layers() -> None:
    model = trained()
    network, untrained = copy.deepcopy(model), build_seeded(model.spec, 0)
    assert list(sections(model)) == list(LAYERS)
    expected: set[str] = set()
    for section, prefixes in LAYERS.items():
        randomise(network, untrained, section)
        expected |= {name for name in changed(model, untrained) if name.startswith(prefixes)}
        assert changed(network, model) == expected
    assert expected == {name for name, value in model.state_dict().items() if value.is_floating_point()}
    assert changed(network, untrained) == set()


@pytest.mark.parametrize("changes", [{"activation": "pre"}, {"norm": "none"}, {"shortcut": "zero_pad"}])
def test_other_networks_are_random_to_the_last_value_too(changes: dict[str, object]) -> None:
    model = trained(**changes)
    network, untrained = copy.deepcopy(model), build_seeded(model.spec, 0)
    for section in sections(model):
        randomise(network, untrained, section)
    assert changed(network, untrained) == set()
    last = final_answer(cascade(model, noise_photo(), 3, 2))
    assert [rung.section for rung in last] == ["", *LAYERS]


def test_the_network_is_left_as_it_is_and_so_is_the_worlds_randomness() -> None:
    model = trained()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    torch.manual_seed(99)
    state = torch.get_rng_state()
    list(cascade(model, noise_photo(), 3, 3))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(value.requires_grad and value.grad is None for value in model.parameters())
    assert not model.training


def test_the_maps_are_those_of_the_networks() -> None:
    model, tensor = trained(), noise_photo()
    last = final_answer(cascade(model, tensor, 3, 2, "layercam", seed=4))
    network = copy.deepcopy(model)
    untrained, base = build_seeded(model.spec, 4), None
    for rung in last:
        if rung.section:
            randomise(network, untrained, rung.section)
        result = stage_pass(network, tensor, [2], 3)
        expected = evidence(result.outputs[0], "layercam").map.numpy()
        base = expected if base is None else base
        assert rung.map == pytest.approx(expected, rel=1e-4, abs=1e-6)
        assert rung.probability == pytest.approx(float(result.prediction.probabilities[3]), abs=1e-6)
        assert rung.correlation == pytest.approx(rank_correlation(base, expected), abs=1e-4)
        large, first = (upsampled(values, (32, 32)) for values in (expected, base))
        assert rung.ssim == pytest.approx(structural_similarity(first, large), abs=1e-4)
    first = last[0]
    assert (first.section, first.correlation, first.ssim) == ("", pytest.approx(1), pytest.approx(1))


def test_layer_cam_of_the_stem_knows_the_photo_and_grad_cam_of_the_last_stage_the_weights() -> None:
    """At stage 1 of a network whose stem is kept, the features stay, whatever the rest has forgotten."""
    model, tensor = trained(), noise_photo()
    last = final_answer(cascade(model, tensor, 3, 0, "layercam"))
    kept, lost = last[-2], last[-1]  # all but the stem random; the stem too
    assert (kept.section, lost.section) == ("stage 1", "stem")
    assert kept.correlation is not None
    assert lost.correlation is not None
    assert kept.correlation > abs(lost.correlation) + 0.2


def test_the_seed_decides() -> None:
    model, tensor = trained(), noise_photo()
    one, same, other = (final_answer(cascade(model, tensor, 3, 3, seed=seed)) for seed in (0, 0, 1))
    assert all(np.array_equal(a.map, b.map) for a, b in zip(one, same, strict=True))
    assert np.array_equal(one[0].map, other[0].map)
    assert not np.array_equal(one[-1].map, other[-1].map)


@pytest.mark.slow
def test_who_keeps_the_finished_work_keeps_no_networks() -> None:
    def networks() -> int:
        gc.collect()
        return sum(type(each) is ResNet for each in gc.get_objects())

    model = trained()
    before = networks()
    work = cascade(model, noise_photo(), 3, 3)
    next(work)
    assert networks() == before + 2
    for _ in range(5):
        step = next(work)
    assert step.done == step.total
    assert networks() == before


def test_the_cascade_tells_how_far_it_is() -> None:
    steps = list(cascade(trained(), noise_photo(), 3, 3))
    assert [(step.done, step.total) for step in steps] == [(number, 6) for number in range(1, 7)]
    assert [len(step.answer or ()) for step in steps] == [1, 2, 3, 4, 5, 6]
