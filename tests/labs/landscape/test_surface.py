"""The loss over a plane against perturbed networks, the directions' filters, and the trajectory."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from resnet_explorer import ResNetSpec
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.landscape import study as landscape_study
from resnet_explorer.labs.landscape.figures import HIGHEST, hill_figure, map_figure
from resnet_explorer.labs.landscape.numbers import (
    Finding,
    Surface,
    View,
    coarse_to_fine,
    finding,
    from_json,
    grid_rows,
    places,
    rougher,
    strides,
    to_json,
)
from resnet_explorer.labs.landscape.study import compute, shipped
from resnet_explorer.labs.landscape.surface import (
    Direction,
    NetworkInPlane,
    filter_norms,
    kernels,
    loss_and_error,
    perturbed,
    random_direction,
    random_plane,
    random_surface,
    surface,
    values_digest,
)
from resnet_explorer.labs.landscape.trajectory import offsets_of, principal_plane, projected
from resnet_explorer.labs.photos import Photos, photos_for
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.data import CIFAR10_CLASSES
from resnet_explorer.training.degradation import snapshot
from resnet_explorer.training.paper_recipe import KINDS
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.bundled import load as load_file
from tests.labs.networks import images, network
from tests.strategies import specs

SMALL = ResNetSpec("basic", (2, 1, 1), width=8, stem="cifar", num_classes=10, shortcut="zero_pad")


def photos(count: int = 7, channels: int = 3, side: int = 16, classes: int = 10) -> Photos:
    labels = torch.randint(classes, (count,), generator=torch.Generator().manual_seed(7))
    return Photos(images(count, channels, side), labels)


def reference(model: ResNet, plane: tuple[Direction, Direction], a: float, b: float, shown: Photos) -> float:
    """A copy of the network as stored, each kernel moved in float64, one pass through all of it."""
    there = copy.deepcopy(model)
    state = there.state_dict()
    for name in plane[0]:
        state[name] = (
            state[name].double() + a * plane[0][name].double() + b * plane[1][name].double()
        ).float()
    there.load_state_dict(state)
    with torch.no_grad():
        return F.cross_entropy(there(shown.images), shown.labels).item()


def test_each_filter_of_a_direction_is_as_long_as_the_networks() -> None:
    model = network(SMALL)
    direction = random_direction(model, torch.Generator().manual_seed(1))
    moving = {name for name, _ in model.named_parameters() if name.endswith("weight") and "bn" not in name}
    assert set(direction) == moving == set(kernels(model))
    for name, kernel in kernels(model).items():
        assert direction[name].shape == kernel.shape
        for number in range(len(kernel)):  # a filter of a convolution, a row of the linear layer
            assert direction[name][number].norm().item() == pytest.approx(
                kernel[number].norm().item(), rel=1e-5
            )
    assert direction["fc.weight"].shape == (10, 32)


def test_a_filter_of_zeros_stays_where_it_is() -> None:
    model = network(SMALL)
    model.conv1.weight[2] = 0
    assert not random_direction(model, torch.Generator().manual_seed(1))["conv1.weight"][2].any()


def test_a_seed_is_a_plane_and_its_directions_are_all_but_perpendicular() -> None:
    model = network(SMALL)
    first, second = random_plane(model, 5)
    again = random_plane(model, 5)[1]
    assert all(torch.equal(second[name], again[name]) for name in second)
    flat = [torch.cat([value.flatten() for value in each.values()]) for each in (first, second)]
    assert abs(F.cosine_similarity(*flat, dim=0)) < 0.05
    other = random_plane(model, 6)[0]
    assert not torch.equal(other["conv1.weight"], first["conv1.weight"])


@pytest.mark.slow
@given(specs(), st.floats(-1, 1), st.floats(-1, 1))
@settings(deadline=None, max_examples=25)
def test_a_place_is_a_network_perturbed_by_as_much(spec: ResNetSpec, a: float, b: float) -> None:
    spec = spec.with_(include_top=True)
    model = network(spec)
    plane = random_plane(model, 2)
    shown = photos(3, spec.in_channels, 20, spec.num_classes)
    assert shown.labels is not None
    found, _ = loss_and_error(NetworkInPlane(model, plane).at(a, b), shown.images, shown.labels)
    assert found == pytest.approx(reference(model, plane, a, b, shown), rel=1e-3, abs=1e-4)


def test_the_grid_is_that_of_perturbed_networks_and_the_middle_is_the_networks_own_loss() -> None:
    model, shown = network(SMALL), photos()
    assert shown.labels is not None
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    found = final_answer(random_surface(model, shown, seed=4, span=0.5, steps=5))
    plane = random_plane(model, 4)
    for row, up in enumerate((-0.5, -0.25, 0, 0.25, 0.5)):
        for column, across in enumerate((-0.5, -0.25, 0, 0.25, 0.5)):
            assert found.loss[row, column] == pytest.approx(
                reference(model, plane, across, up, shown), rel=1e-4
            )
    with torch.no_grad():
        logits = model(shown.images)
        there = perturbed(perturbed(model, plane[0], 0.5), plane[1], -0.5)(shown.images)
    assert found.loss[2, 2] == pytest.approx(F.cross_entropy(logits, shown.labels).item(), rel=1e-5)
    assert found.error[2, 2] == int((logits.argmax(1) != shown.labels).sum()) / 7
    assert found.error[0, 4] == pytest.approx(float((there.argmax(1) != shown.labels).float().mean()))
    assert found.centre == (2, 2)
    assert all(torch.equal(value, kept[name]) for name, value in model.state_dict().items())


def test_without_labels_the_loss_is_of_the_networks_own_predictions() -> None:
    model, shown = network(SMALL), photos()
    found = final_answer(random_surface(model, Photos(shown.images, None), 0, 0.1, 3))
    assert found.error[1, 1] == 0
    with torch.no_grad():
        logits = model(shown.images)
    assert found.loss[1, 1] == pytest.approx(F.cross_entropy(logits, logits.argmax(1)).item(), rel=1e-5)


def test_what_is_no_number_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network(SMALL)
    model.fc.bias[0] = math.inf
    found = final_answer(random_surface(model, photos(), 0, 1, 3))
    assert np.isnan(found.loss).all()
    told = json.loads(json.dumps(to_json(View("random", 0, found))))
    assert told["loss"][0][0] is None
    assert np.isnan(from_json(told).surface.loss).all()
    assert map_figure({"a": View("random", 0, found)}).data
    assert math.isnan(finding(found).rim)


def test_a_stopped_grid_is_a_coarser_one() -> None:
    assert strides(9) == [4, 2, 1]
    assert strides(13) == [2, 1]
    assert strides(25) == [4, 2, 1]
    for steps in (3, 9, 13, 25, 33):
        order = [(row, column) for row, column, _ in coarse_to_fine(steps)]
        assert sorted(order) == [(row, column) for row in range(steps) for column in range(steps)]
    model, shown = network(SMALL), photos(2)
    steps = list(random_surface(model, shown, 0, 1, 9))
    assert [step.done for step in steps] == list(range(1, 82))
    assert steps[7].answer is None
    coarse, fine = steps[8].answer, steps[-1].answer
    assert coarse is not None
    assert fine is not None
    assert coarse.across.tolist() == [-1, 0, 1]
    assert np.array_equal(coarse.loss, fine.loss[::4, ::4])
    assert steps[24].answer is not None
    assert steps[24].answer.loss.shape == (5, 5)


def test_places_have_an_exact_middle() -> None:
    assert places(0.7, 25)[12] == 0
    assert places(1, 5).tolist() == [-1, -0.5, 0, 0.5, 1]
    with pytest.raises(ValueError, match="no middle"):
        places(1, 8)


def over(loss) -> Surface:  # type: ignore[no-untyped-def]
    where = places(1, 25)
    values = np.array([[loss(x, y) for x in where] for y in where])
    return Surface(where, where, values, np.zeros_like(values), 10)


def test_over_a_bowl_no_step_outward_falls() -> None:
    for bowl in (over(lambda x, y: 1 + 3 * x**2 + y**2), over(lambda x, y: x**2 + 1.8 * x * y + y**2)):
        found = finding(bowl)
        assert found.falling == found.hollows == found.bent == 0
    round_bowl = finding(over(lambda x, y: 2 + 4 * (x**2 + y**2)))
    assert round_bowl.centre == 2
    assert round_bowl.low == pytest.approx(math.pi * 0.5**2 / 4, abs=0.05)  # a circle of radius a half


def test_waves_are_rough() -> None:
    wavy = finding(over(lambda x, y: x**2 + y**2 + 0.3 * (1 - math.cos(12 * x) * math.cos(12 * y))))
    assert wavy.falling > 0.2
    assert wavy.hollows >= 4
    assert wavy.bent > 0.3
    assert finding(over(lambda x, y: -(x**2) - y**2)).falling == 1
    assert finding(over(lambda x, y: x**2 - y**2)).bent == 1


def test_the_verdict_is_of_the_numbers() -> None:
    def measured(falling: float, hollows: int = 0, bent: float = 0.0) -> Finding:
        return Finding(1, 2, 0.5, falling, hollows, bent)

    rough, even = measured(0.1, 4, 0.4), measured(0.05, 1, 0.2)
    assert rougher([rough, rough], [even, even]) == "plain"
    assert rougher([even], [rough]) == "residual"
    assert rougher([measured(0.1)], [measured(0.11)]) == "same"
    assert rougher([rough], [measured(0.05, 1, 0.4)]) == "unsettled"
    assert rougher([rough, even], [even, rough]) == "unsettled"  # one way along each pair of directions
    with pytest.raises(ValueError, match="square grid"):
        finding(Surface(np.arange(1.0, 4), np.arange(1.0, 4), np.ones((3, 3)), np.ones((3, 3)), 1))


def test_principal_directions_are_numpys() -> None:
    model = network(SMALL)
    generator = np.random.default_rng(0)
    size = sum(kernel.numel() for kernel in kernels(model).values())
    offsets = np.cumsum(generator.normal(size=(6, size)), axis=0)
    offsets -= offsets[-1]
    found = principal_plane(offsets, model)
    centred = offsets - offsets.mean(axis=0)
    _, strengths, rows = np.linalg.svd(centred, full_matrices=False)
    assert found.shares == pytest.approx((strengths**2 / (strengths**2).sum())[:2])
    flat = [torch.cat([v.flatten() for v in each.values()]).double().numpy() for each in found.plane]
    for ours, theirs in zip(flat, rows, strict=False):
        assert abs(ours @ theirs) == pytest.approx(1, abs=1e-5)
    across, up, seen = projected(offsets, found.plane)
    assert np.allclose([across, up], np.stack(flat) @ offsets.T, rtol=1e-4, atol=1e-3)
    assert across[0] > 0
    assert across[-1] == up[-1] == 0
    assert seen == pytest.approx(((across**2).sum() + (up**2).sum()) / (offsets**2).sum())
    with pytest.raises(ValueError, match="three"):
        principal_plane(offsets[:2], model)


def test_a_trajectory_in_a_plane_of_long_slanted_directions() -> None:
    model = network(SMALL)
    first, second = random_plane(model, 1)
    slanted = {name: 3 * first[name] + second[name] for name in first}
    states = []
    for a, b in ((2.0, -1.0), (0.5, 0.25), (0.0, 0.0)):
        states.append(perturbed(perturbed(model, first, a), slanted, b).state_dict())
    across, up, seen = projected(offsets_of(states, model), (first, slanted))
    assert np.allclose(across, [2, 0.5, 0], atol=1e-4)
    assert np.allclose(up, [-1, 0.25, 0], atol=1e-4)
    assert seen == pytest.approx(1, abs=1e-6)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of two tiny networks: three epochs of steps drawn by chance."""
    monkeypatch.setattr(landscape_study, "DEPTH", 8)
    for kind in KINDS:
        run = tmp_path / "runs" / f"{kind}-8"
        run.mkdir(parents=True)
        (run / "run.json").write_text(json.dumps({"recipe": {"epochs": 3}}))
        spec = SMALL.with_(shortcut="none" if kind == "plain" else "zero_pad")
        for epoch in range(4):
            model = network(spec, seed=epoch)
            save_file(model.state_dict(), snapshot(run, epoch))
        seen = Preprocessing(16, 16, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
        export_bundled(
            model, CIFAR10_CLASSES, seen, tmp_path / f"{kind}-8.safetensors", {"label": f"{kind} 8"}
        )
    return tmp_path


@pytest.mark.slow
def test_what_ships_is_computed_from_the_runs(study: Path) -> None:
    from resnet_explorer.weights.bundled import describe

    steps = list(compute("plain", study / "runs", study, photos=20, steps=5))
    assert [step.done for step in steps] == list(range(1, 76))
    assert {step.total for step in steps} == {75}
    (study / "landscape-plain-8.json").write_text(json.dumps(steps[-1].answer))
    found = shipped("plain", study)
    model = load_file(study / "plain-8.safetensors")
    assert found.values == values_digest(model)
    assert (found.epochs, found.side, found.label) == (3, 16, "plain 8")
    shown = photos_for(describe(study / "plain-8.safetensors"), 20)
    assert [view.seed for view in found.random] == [0, 1]
    for view in found.random:
        again = final_answer(random_surface(model, shown, view.seed, 1, 5))
        assert np.allclose(view.surface.loss, again.loss, rtol=1e-4)
    first = found.random[0].trajectory
    assert first is not None
    assert found.training.trajectory is not None
    assert first.epochs == (0, 1, 2, 3)
    assert found.training.trajectory.epochs == (1, 2, 3)
    assert found.training.surface.centre is not None
    # Three networks lie in one plane.
    assert found.training.trajectory.seen == pytest.approx(1, abs=1e-5)
    row, column = found.training.surface.centre
    assert found.training.surface.loss[row, column] == pytest.approx(
        found.training.trajectory.loss[-1], rel=1e-4
    )
    second = network(model.spec, seed=2)
    assert shown.labels is not None
    assert found.training.trajectory.loss[1] == pytest.approx(
        loss_and_error(second, shown.images, shown.labels)[0], rel=1e-4
    )
    # Measured from the file in float16, so the last snapshot is the end itself.
    assert first.distance[-1] == 0


def test_a_place_on_the_trainings_map_is_its_snapshot_with_the_ends_norms(study: Path) -> None:
    model, second = network(SMALL, seed=3), network(SMALL, seed=2)
    offsets = offsets_of(
        [network(SMALL, seed=1).state_dict(), second.state_dict(), model.state_dict()], model
    )
    plane = principal_plane(offsets, model).plane
    across, up, _ = projected(offsets, plane)
    shown = photos()
    assert shown.labels is not None
    mixed = copy.deepcopy(model)
    mixed.load_state_dict(model.state_dict() | kernels(second))
    there = loss_and_error(NetworkInPlane(model, plane).at(across[1], up[1]), shown.images, shown.labels)
    assert there == pytest.approx(loss_and_error(mixed, shown.images, shown.labels), rel=1e-3)


def test_damage_is_told_in_a_sentence(study: Path) -> None:
    with pytest.raises(ValueError, match="holds no landscape"):
        shipped("plain", study / "nowhere")
    (study / "landscape-residual-8.json").write_text('{"network": "study/residual-8"}')
    with pytest.raises(ValueError, match="holds no landscape"):
        shipped("residual", study)
    with pytest.raises(ValueError, match="cannot be read"):
        from_json({"across": [0, 1], "up": [0], "loss": [[1]], "error": [[0]], "photos": 1})


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_ships_is_of_the_network_that_ships(kind) -> None:  # type: ignore[no-untyped-def]
    """Its values, and the losses at a few points, computed again."""
    from resnet_explorer.weights.catalogue import find, load

    found = shipped(kind)
    view = found.random[-1]
    assert (view.seed, view.surface.photos) == (landscape_study.SEEDS[-1], landscape_study.PHOTOS)
    assert view.surface.loss.shape == (landscape_study.SIDE,) * 2
    if not landscape_study.STUDY.joinpath(f"{kind}-56.safetensors").is_file():
        pytest.skip("the study's networks are not here")
    weights = find(found.key)
    model = load(weights)
    assert found.values == values_digest(model)
    shown = photos_for(weights, view.surface.photos)
    where = [-0.3, 0, 0.3]
    again = final_answer(surface(model, shown, random_plane(model, landscape_study.SEEDS[-1]), where, where))
    assert view.surface.across[[7, 10, 13]] == pytest.approx(where, abs=1e-6)
    assert view.surface.loss[np.ix_([7, 10, 13], [7, 10, 13])] == pytest.approx(again.loss, rel=1e-4)


def test_rows_and_figures_hold_the_numbers() -> None:
    found = over(lambda x, y: 1 + 100 * x**2 + y**2)
    rows = grid_rows(found)
    assert len(rows) == 625
    assert rows[0] == {"across": -1, "up": -1, "loss": 102, "error": 0}
    views = {"a": View("random", 3, found), "b": View("random", 3, over(lambda x, y: 0.5 + x**2 + y**2))}
    maps, hills = map_figure(views), hill_figure(views)
    cells = [trace for trace in maps.data if trace.type == "heatmap"]
    assert [trace.zsmooth for trace in cells] == [False, False]
    assert cells[0].z[12][12] == pytest.approx(0)
    assert cells[0].z[0][0] == pytest.approx(math.log10(HIGHEST))
    assert cells[0].text[0][0] == "-1, -1<br>loss 102<br>error 0.0%"
    assert maps.layout.coloraxis.cmin == hills.layout.coloraxis.cmin == pytest.approx(math.log10(0.5))
    assert hills.layout.scene.zaxis.range == hills.layout.scene2.zaxis.range
    assert hills.layout.scene.camera == hills.layout.scene2.camera
    assert hills.data[1].z[12][12] == pytest.approx(0.5)
    assert filter_norms(torch.full((2, 1, 2, 2), 3.0)).tolist() == [6, 6]
