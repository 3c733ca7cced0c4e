"""The same photo through several networks: each answers as it does alone, on the same square."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.predict import predict, preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.crop import CENTRE, View, crop_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.side_by_side.disagreement import distances
from resnet_explorer.side_by_side.predictions import (
    MOST_RUNS,
    ROUNDS,
    ComparedNetwork,
    Predictions,
    Timing,
    map_rank_correlation,
    over_photos,
    short_names,
    side_by_side,
    whole_square,
)
from resnet_explorer.side_by_side.tables import PairRow, side_by_side_json, top_rows
from resnet_explorer.weights.description import Weights

TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FLOWERS = ("rose", "tulip", "daisy")
SMALL = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
LARGE = Preprocessing(73, 64, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
THREE_STAGES = ResNetSpec("basic", (1, 1, 1), width=8, stem="cifar", num_classes=10)
FOUR_STAGES = ResNetSpec("basic", (1, 1, 1, 1), width=8, num_classes=10)
GREY = ResNetSpec("basic", (1,), width=8, stem="cifar", in_channels=1, num_classes=3, activation="pre")


def weights(key: str, spec: ResNetSpec, classes: tuple[str, ...], seen: Preprocessing) -> Weights:
    return Weights(key, f"label of {key}", spec, classes, seen, "yours")


A = weights("a", THREE_STAGES, TEN, SMALL)
B = weights("b", FOUR_STAGES, TEN, LARGE)
C = weights("c", GREY, FLOWERS, SMALL)


NOTHING_TIMED = {key: Timing.of([1.0]) for key in "abc"}
"""Times of before, so that nothing is timed."""
Load = Callable[[Weights], ResNet]


@pytest.fixture(scope="module")
def load() -> Load:
    torch.manual_seed(5)
    networks = {each.key: build(each.spec).eval() for each in (A, B, C)}
    return lambda each: networks[each.key]


def compared(*several: Weights) -> list[ComparedNetwork]:
    return [ComparedNetwork(each, each.classes) for each in several]


ALL = compared(A, B, C)


def finished(steps: Iterator[Step[Predictions]]) -> Predictions:
    *_, last = steps
    assert last.done == last.total
    assert last.answer is not None
    return last.answer


def untimed(
    networks: list[ComparedNetwork], load: Load, photo: str = "cat", view: View = CENTRE, back: int = 0
) -> Predictions:
    return finished(side_by_side(open_sample(photo), networks, view, back, load, NOTHING_TIMED))


def test_each_predicts_as_it_does_alone(load: Load) -> None:
    found = untimed(ALL, load)
    assert found.refusals == ()
    assert [each.network for each in found.predictions] == ALL
    for each in found.predictions:
        chosen = each.network.weights
        seen = whole_square(chosen.preprocessing)
        tensor, _ = preprocess(open_sample("cat"), seen, CENTRE, chosen.spec.in_channels)
        alone = predict(load(chosen), tensor)
        assert torch.allclose(each.result.prediction.logits, alone.logits, atol=1e-5)
        assert [name for name, _ in each.top()] == [chosen.classes[index] for index, _ in alone.top()]
        assert each.name == chosen.classes[int(alone.logits.argmax())]
    assert [each.result.outputs[0].stage for each in found.predictions] == [3, 4, 1]
    cells = [tuple(each.result.outputs[0].features.shape[1:]) for each in found.predictions]
    assert cells == [(8, 8), (2, 2), (32, 32)]


def test_stages_are_counted_from_the_end(load: Load) -> None:
    found = untimed(ALL, load, back=1)
    # GREY has one stage: the one before it is the stem, 0.
    assert [each.result.outputs[0].stage for each in found.predictions] == [2, 3, 0]


def test_all_see_the_same_square(load: Load) -> None:
    photo, view = open_sample("rocket"), View(1.5, 0.2, 0.7)
    assert untimed(compared(A, B), load, "rocket", view).view == view
    small, large = (crop_photo(photo, whole_square(each.preprocessing), view).box for each in (A, B))
    pixel = (small[2] - small[0]) / 32  # of the coarser network, in pixels of the photo
    assert large == pytest.approx(small, abs=pixel)


def test_the_first_network_decides_on_the_square(load: Load) -> None:
    deciding = replace(A, preprocessing=replace(SMALL, crop_policy="most_confident"))
    probabilities = {}
    for view in (CENTRE, View(x=0.0, y=0.0), View(x=1.0, y=1.0)):
        tensor, _ = preprocess(open_sample("coffee"), SMALL, view)
        probabilities[view] = float(predict(load(A), tensor).probabilities.max())
    first = untimed(compared(deciding, B), load, "coffee")
    assert first.view == max(probabilities, key=lambda view: probabilities[view])
    assert untimed(compared(B, deciding), load, "coffee").view == CENTRE
    assert untimed(compared(deciding), load, "coffee", View(2.0)).view == View(2.0)


def test_a_class_is_shown_by_those_that_know_it(load: Load) -> None:
    found = untimed([ComparedNetwork(A, TEN, TEN.index("dog")), *compared(C)], load)
    dog, flower = found.predictions
    assert dog.name == "dog"
    assert dog.probability == pytest.approx(float(dog.result.prediction.probabilities[5]))
    assert flower.name == flower.top()[0][0]


def test_the_first_round_is_not_counted_and_each_round_times_all(load: Load) -> None:
    loaded: list[str] = []

    def noted(each: Weights) -> ResNet:
        loaded.append(each.key)
        return load(each)

    steps = list(side_by_side(open_sample("cat"), ALL, CENTRE, 0, noted))
    assert loaded == ["a", "b", "c"] * (1 + 1 + ROUNDS)
    assert [step.done for step in steps] == list(range(1, len(loaded) + 1))
    assert {step.total for step in steps} == {len(loaded)}
    times = steps[-1].answer.times if steps[-1].answer else {}
    assert set(times) == {"a", "b", "c"}
    for timing in times.values():
        assert ROUNDS <= timing.runs <= ROUNDS * MOST_RUNS
        assert 0 < timing.fastest <= timing.milliseconds <= timing.slowest


def test_what_was_timed_before_is_not_timed_again(load: Load) -> None:
    steps = list(side_by_side(open_sample("cat"), ALL, CENTRE, 0, load, NOTHING_TIMED))
    assert len(steps) == 3
    assert steps[-1].answer and steps[-1].answer.times == NOTHING_TIMED


def test_a_network_that_cannot_be_had_is_told_and_the_others_go_on(load: Load) -> None:
    def refuse_a(each: Weights) -> ResNet:
        if each.key == "a":
            raise ValueError("The file is damaged.")
        return load(each)

    found = finished(side_by_side(open_sample("cat"), ALL, CENTRE, 0, refuse_a))
    assert found.refusals == ("label of a: The file is damaged.",)
    assert [each.network.weights.key for each in found.predictions] == ["b", "c"]
    assert set(found.times) == {"b", "c"}

    def refuse(each: Weights) -> ResNet:
        raise ValueError("Nothing works.")

    nothing = finished(side_by_side(open_sample("cat"), ALL, CENTRE, 0, refuse))
    assert len(nothing.refusals) == 3
    assert nothing.predictions == ()


def test_a_network_beside_itself_agrees(load: Load) -> None:
    found = untimed(compared(A, replace(A, key="again")), lambda _: load(A))
    (distance,) = distances([each.distribution(str(n)) for n, each in enumerate(found.predictions)])
    assert distance.total_variation == 0.0
    one, other = (evidence(each.result.outputs[0]).map.numpy() for each in found.predictions)
    assert map_rank_correlation(one, other) == pytest.approx(1.0)


def test_maps_of_two_sizes_are_compared_by_their_ranks() -> None:
    rows, columns = np.mgrid[0:8, 0:8].astype(np.float32)
    slope = rows + columns
    assert map_rank_correlation(slope, slope**3) == pytest.approx(
        1.0, abs=0.01
    )  # another curve, the same order
    assert map_rank_correlation(slope, slope.max() - slope) == pytest.approx(-1.0, abs=0.001)
    coarse = slope.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    assert map_rank_correlation(slope, coarse) == pytest.approx(1.0, abs=0.01)
    across = map_rank_correlation(rows, columns)
    assert across == pytest.approx(0.0, abs=0.01)
    assert map_rank_correlation(slope, np.zeros((7, 7), np.float32)) is None


def test_map_likeness_is_scipys_on_cells_of_the_common_size() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.random((2, 56, 56), np.float32)
    assert map_rank_correlation(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)


def test_over_photos(load: Load) -> None:
    photos = [open_sample(name) for name in ("cat", "pair")]
    steps = list(over_photos(photos, ALL, load))
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {step.total for step in steps} == {6}
    assert [len(step.answer or ()) for step in steps] == [0, 0, 1, 1, 1, 2]
    rows = steps[-1].answer
    assert rows
    assert [row.photo for row in rows] == ["chelsea.png", "cat-above-coffee.png"]
    for photo, row in zip(photos, rows, strict=True):
        for each, first in zip((A, B, C), row.firsts, strict=True):
            tensor, _ = preprocess(photo, whole_square(each.preprocessing), CENTRE, each.spec.in_channels)
            ((index, probability),) = predict(load(each), tensor).top(1)
            assert first == (each.classes[index], pytest.approx(probability, abs=1e-5))


def test_files_hold_the_numbers(load: Load) -> None:
    found = finished(side_by_side(open_sample("cat"), compared(A, B), CENTRE, 0, load))
    names = ("A", "B")
    rows = top_rows("chelsea.png", names, found.predictions)
    assert [(row["network"], row["rank"]) for row in rows] == [(n, r) for n in names for r in range(1, 6)]
    assert rows[5]["label"] == found.predictions[1].top()[0][0]
    maps = [evidence(each.result.outputs[0]).map.numpy() for each in found.predictions]
    (distance,) = distances([each.distribution(n) for each, n in zip(found.predictions, names, strict=True)])
    pair = PairRow(distance, map_rank_correlation(*maps), ("cat", "dog"))
    numbers = json.loads(side_by_side_json("chelsea.png", "Grad-CAM", names, found, maps, [pair]))
    assert numbers["photo"] == "chelsea.png"
    assert numbers["pairs"][0]["total_variation"] == distance.total_variation
    first = numbers["networks"][0]
    assert (first["weighted_layers"], first["side"], first["stage"]) == (THREE_STAGES.depth, 32, 3)
    assert first["params"] == sum(p.numel() for p in load(A).parameters())
    assert np.allclose(first["map"], maps[0])
    assert first["milliseconds"] == found.times["a"].milliseconds


def test_what_networks_are_called() -> None:
    def published(version: str) -> Weights:
        return Weights(
            version, f"ResNet-50 · ImageNet {version}", preset("resnet50"), TEN, LARGE, "torchvision"
        )

    assert short_names([A, C]) == ("ResNet-8", "ResNet-4")
    assert short_names([A, replace(A, key="z"), C]) == ("ResNet-8 A", "ResNet-8 B", "ResNet-4")
    assert short_names([published("V2"), published("V1")]) == ("ResNet-50 V2", "ResNet-50 V1")
    assert short_names([published("V2")]) == ("ResNet-50",)
