"""The same photo through several networks: each answers as it does alone, on the same square."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.answer_bars import answer_bars
from resnet_explorer.cam import evidence
from resnet_explorer.crop import CENTRE, View, crop_photo
from resnet_explorer.disagreement import distances
from resnet_explorer.module import ResNet
from resnet_explorer.predictor import predict, preprocess
from resnet_explorer.progress import Step
from resnet_explorer.samples import open_sample
from resnet_explorer.side_by_side import (
    RUNS_OF_A_TURN,
    TURNS,
    Looker,
    PhotoRow,
    SideBySide,
    Timing,
    map_likeness,
    over_photos,
    short_names,
    side_by_side,
    whole_square,
)
from resnet_explorer.side_by_side_tables import (
    PairRow,
    differing,
    gaps_html,
    header_html,
    matrix_html,
    matrix_rows,
    milliseconds_text,
    pairs_html,
    side_by_side_json,
    top_rows,
)
from resnet_explorer.tables import to_csv
from resnet_explorer.weights import Preprocessing, Weights

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


@pytest.fixture(scope="module")
def networks() -> dict[str, ResNet]:
    torch.manual_seed(5)
    return {each.key: build(each.spec).eval() for each in (A, B, C)}


@pytest.fixture
def lookers() -> list[Looker]:
    return [Looker(each, each.classes) for each in (A, B, C)]


def finished(steps: Iterator[Step[SideBySide]]) -> SideBySide:
    *_, last = steps
    assert last.done == last.total
    assert last.answer is not None
    return last.answer


def test_each_answers_as_it_does_alone(networks: dict[str, ResNet], lookers: list[Looker]) -> None:
    photo = open_sample("cat")
    found = finished(side_by_side(photo, lookers, CENTRE, 0, lambda each: networks[each.key]))
    assert found.refusals == ()
    assert [answer.looker for answer in found.answers] == lookers
    for answer in found.answers:
        chosen = answer.looker.weights
        tensor, _ = preprocess(photo, whole_square(chosen.preprocessing), CENTRE, chosen.spec.in_channels)
        alone = predict(networks[chosen.key], tensor)
        assert torch.allclose(answer.result.prediction.logits, alone.logits, atol=1e-5)
        assert [name for name, _ in answer.top()] == [chosen.classes[index] for index, _ in alone.top()]
        assert answer.name == chosen.classes[int(alone.logits.argmax())]
    assert [answer.result.outputs[0].stage for answer in found.answers] == [3, 4, 1]
    cells = [tuple(answer.result.outputs[0].features.shape[1:]) for answer in found.answers]
    assert cells == [(8, 8), (2, 2), (32, 32)]


def test_stages_are_counted_from_the_end(networks: dict[str, ResNet], lookers: list[Looker]) -> None:
    found = finished(
        side_by_side(open_sample("cat"), lookers, CENTRE, 1, lambda each: networks[each.key], NOTHING_TIMED)
    )
    # GREY has one stage: the one before it is the stem, 0.
    assert [answer.result.outputs[0].stage for answer in found.answers] == [2, 3, 0]


NOTHING_TIMED = {key: Timing.of([1.0]) for key in "abc"}
"""Times of before, so that nothing is timed."""


def test_all_look_at_the_same_square(networks: dict[str, ResNet]) -> None:
    photo, view = open_sample("rocket"), View(1.5, 0.2, 0.7)
    found = finished(
        side_by_side(
            photo, [Looker(A, TEN), Looker(B, TEN)], view, 0, lambda each: networks[each.key], NOTHING_TIMED
        )
    )
    assert found.view == view
    small, large = (crop_photo(photo, whole_square(each.preprocessing), view).box for each in (A, B))
    pixel = (small[2] - small[0]) / 32  # of the coarser network, in pixels of the photo
    assert large == pytest.approx(small, abs=pixel)


def test_the_first_network_decides_where_to_look(networks: dict[str, ResNet]) -> None:
    photo = open_sample("coffee")
    surest = replace(A, preprocessing=replace(SMALL, look="surest"))
    load = lambda each: networks[each.key]  # noqa: E731
    first = finished(
        side_by_side(photo, [Looker(surest, TEN), Looker(B, TEN)], CENTRE, 0, load, NOTHING_TIMED)
    )
    probabilities = {}
    for view in (CENTRE, View(x=0.0, y=0.0), View(x=1.0, y=1.0)):
        tensor, _ = preprocess(photo, SMALL, view)
        probabilities[view] = float(predict(networks["a"], tensor).probabilities.max())
    assert first.view == max(probabilities, key=lambda view: probabilities[view])
    other = finished(
        side_by_side(photo, [Looker(B, TEN), Looker(surest, TEN)], CENTRE, 0, load, NOTHING_TIMED)
    )
    assert other.view == CENTRE
    told = finished(side_by_side(photo, [Looker(surest, TEN)], View(2.0), 0, load, NOTHING_TIMED))
    assert told.view == View(2.0)


def test_a_class_is_asked_of_those_that_know_it(networks: dict[str, ResNet]) -> None:
    asked = [Looker(A, TEN, TEN.index("dog")), Looker(C, FLOWERS)]
    found = finished(
        side_by_side(open_sample("cat"), asked, CENTRE, 0, lambda each: networks[each.key], NOTHING_TIMED)
    )
    dog, flower = found.answers
    assert dog.name == "dog"
    assert dog.probability == pytest.approx(float(dog.result.prediction.probabilities[5]))
    assert flower.name == flower.top()[0][0]


def test_the_first_turn_is_not_counted_and_turns_are_in_turn(
    networks: dict[str, ResNet], lookers: list[Looker]
) -> None:
    asked: list[str] = []

    def load(each: Weights) -> ResNet:
        asked.append(each.key)
        return networks[each.key]

    steps = list(side_by_side(open_sample("cat"), lookers, CENTRE, 0, load))
    assert asked == ["a", "b", "c"] * (1 + 1 + TURNS)
    assert [step.done for step in steps] == list(range(1, len(asked) + 1))
    assert {step.total for step in steps} == {len(asked)}
    times = steps[-1].answer.times if steps[-1].answer else {}
    assert set(times) == {"a", "b", "c"}
    for timing in times.values():
        assert TURNS <= timing.runs <= TURNS * RUNS_OF_A_TURN
        assert 0 < timing.fastest <= timing.milliseconds <= timing.slowest


def test_what_was_timed_before_is_not_timed_again(networks: dict[str, ResNet], lookers: list[Looker]) -> None:
    steps = list(
        side_by_side(open_sample("cat"), lookers, CENTRE, 0, lambda each: networks[each.key], NOTHING_TIMED)
    )
    assert len(steps) == 3
    assert steps[-1].answer and steps[-1].answer.times == NOTHING_TIMED


def test_a_network_that_cannot_be_had_is_told_and_the_others_go_on(
    networks: dict[str, ResNet], lookers: list[Looker]
) -> None:
    def load(each: Weights) -> ResNet:
        if each.key == "a":
            raise ValueError("The file is damaged.")
        return networks[each.key]

    found = finished(side_by_side(open_sample("cat"), lookers, CENTRE, 0, load))
    assert found.refusals == ("label of a: The file is damaged.",)
    assert [answer.looker.weights.key for answer in found.answers] == ["b", "c"]
    assert set(found.times) == {"b", "c"}

    def refuse(each: Weights) -> ResNet:
        raise ValueError("Nothing works.")

    nothing = finished(side_by_side(open_sample("cat"), lookers, CENTRE, 0, refuse))
    assert len(nothing.refusals) == 3
    assert nothing.answers == ()


def test_a_network_beside_itself_agrees(networks: dict[str, ResNet]) -> None:
    twins = [Looker(A, TEN), Looker(replace(A, key="twin"), TEN)]
    found = finished(
        side_by_side(open_sample("cat"), twins, CENTRE, 0, lambda _: networks["a"], {"a": Timing.of([1.0])})
    )
    (distance,) = distances([answer.opinion(str(n)) for n, answer in enumerate(found.answers)])
    assert distance.total_variation == 0.0
    one, other = (evidence(answer.result.outputs[0]).map.numpy() for answer in found.answers)
    assert map_likeness(one, other) == pytest.approx(1.0)


def test_maps_of_two_sizes_are_compared_by_their_ranks() -> None:
    rows, columns = np.mgrid[0:8, 0:8].astype(np.float32)
    slope = rows + columns
    assert map_likeness(slope, slope**3) == pytest.approx(1.0, abs=0.01)  # another curve, the same order
    assert map_likeness(slope, slope.max() - slope) == pytest.approx(-1.0, abs=0.001)
    coarse = slope.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    assert map_likeness(slope, coarse) == pytest.approx(1.0, abs=0.01)
    across = map_likeness(rows, columns)
    assert across == pytest.approx(0.0, abs=0.01)
    assert map_likeness(slope, np.zeros((7, 7), np.float32)) is None


def test_map_likeness_is_scipys_on_cells_of_the_common_size() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.random((2, 56, 56), np.float32)
    assert map_likeness(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)


def test_over_photos(networks: dict[str, ResNet], lookers: list[Looker]) -> None:
    photos = [open_sample(name) for name in ("cat", "pair")]
    steps = list(over_photos(photos, lookers, lambda each: networks[each.key]))
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
    assert {step.total for step in steps} == {6}
    assert [len(step.answer or ()) for step in steps] == [0, 0, 1, 1, 1, 2]
    rows = steps[-1].answer
    assert rows
    assert [row.photo for row in rows] == ["chelsea.png", "cat-above-coffee.png"]
    for photo, row in zip(photos, rows, strict=True):
        for each, first in zip((A, B, C), row.firsts, strict=True):
            tensor, _ = preprocess(photo, whole_square(each.preprocessing), CENTRE, each.spec.in_channels)
            ((index, probability),) = predict(networks[each.key], tensor).top(1)
            assert first == (each.classes[index], pytest.approx(probability, abs=1e-5))


ROW = PhotoRow("chelsea.png", (("cat", 0.9), ("dog", 0.5), ("rose", 0.4), None))
CLASSES = (TEN, TEN, FLOWERS, TEN)


def test_a_row_differs_within_a_class_list_only() -> None:
    assert differing(ROW, CLASSES) == {0, 1}
    assert differing(replace(ROW, firsts=(("cat", 0.9), ("cat", 0.5), ("rose", 0.4), None)), CLASSES) == set()
    assert differing(replace(ROW, firsts=(None, None, None, None)), CLASSES) == set()


def test_the_matrix_as_a_table_and_as_csv() -> None:
    html = matrix_html(("A", "B", "C", "<D>"), CLASSES, [ROW], ["<b>a cat</b>"])
    assert html.count("≠ ") == 2
    assert "≠ cat" in html and "≠ dog" in html and "≠ rose" not in html
    assert "<b>a cat</b>" in html
    assert "&lt;D&gt;" in html and "<D>" not in html
    rows = list(csv.DictReader(io.StringIO(to_csv(matrix_rows(("A", "B", "C", "D"), CLASSES, [ROW])))))
    assert [(row["network"], row["label"], row["probability"], row["differs"]) for row in rows] == [
        ("A", "cat", "0.9", "yes"),
        ("B", "dog", "0.5", "yes"),
        ("C", "rose", "0.4", "no"),
        ("D", "", "", "no"),
    ]


def test_the_header_says_what_a_network_is_made_of() -> None:
    weights_18 = Weights(
        "x", "<script>", preset("resnet18"), TEN, replace(SMALL, resize=256, crop=224), "yours"
    )
    html = header_html(Looker(weights_18, TEN), "ResNet-18", Timing(38.46, 35, 37.21, 112.4))
    assert "(37.2 – 112)" in html
    for words in ("18 weighted layers", "11.7 M parameters", "1.81 G MACs", "224 × 224 pixels", "38.5 ms"):
        assert words in html
    assert "<script>" not in html
    # At 32 pixels 49 times fewer for the convolutions: (1,814,073,344 − 512,000) / 49 + 512,000.
    assert "37.5 M MACs" in header_html(Looker(replace(weights_18, preprocessing=SMALL), TEN), "ResNet-18")


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(4.267, "4.27 ms"), (38.46, "38.5 ms"), (1239.6, "1,240 ms")]
)
def test_times_in_words(milliseconds: float, text: str) -> None:
    assert milliseconds_text(milliseconds) == text


def test_files_hold_the_numbers(networks: dict[str, ResNet]) -> None:
    photo = open_sample("cat")
    found = finished(
        side_by_side(photo, [Looker(A, TEN), Looker(B, TEN)], CENTRE, 0, lambda each: networks[each.key])
    )
    names = ("A", "B")
    rows = top_rows(photo.name, names, found.answers)
    assert [(row["network"], row["rank"]) for row in rows] == [(n, r) for n in names for r in range(1, 6)]
    assert rows[5]["label"] == found.answers[1].top()[0][0]
    maps = [evidence(answer.result.outputs[0]).map.numpy() for answer in found.answers]
    (distance,) = distances([a.opinion(n) for a, n in zip(found.answers, names, strict=True)])
    pair = PairRow(distance, map_likeness(*maps), ("cat", "dog"))
    numbers = json.loads(side_by_side_json(photo.name, "Grad-CAM", names, found, maps, [pair]))
    assert numbers["photo"] == "chelsea.png"
    assert numbers["pairs"][0]["total_variation"] == distance.total_variation
    first = numbers["networks"][0]
    assert (first["weighted_layers"], first["side"], first["stage"]) == (THREE_STAGES.depth, 32, 3)
    assert first["params"] == sum(p.numel() for p in networks["a"].parameters())
    assert np.allclose(first["map"], maps[0])
    assert first["milliseconds"] == found.times["a"].milliseconds


def test_tables_name_pairs_and_classes_safely() -> None:
    from resnet_explorer.disagreement import Distance, Gap

    html = pairs_html(("A", "<B>"), [PairRow(Distance(0, 1, 0.6712), -0.25, ("cat", "dog"))])
    assert "0.671" in html and "−0.25" in html and "each for its own class" in html and "<B>" not in html
    assert "—" in pairs_html(("A", "B"), [PairRow(Distance(0, 1, 0.0), None, ("cat", "cat"))])
    html = gaps_html(("A", "B"), [Gap("<cat>", (0.3, 0.97)), Gap("dog", (0.54, 0.02))])
    assert "30.0%" in html and "97.0%" in html and "<cat>" not in html
    # In bold, the largest of each network: dog for A, cat for B.
    assert "font-weight:700'>54.0%" in html and "font-weight:700'>97.0%" in html
    assert "font-weight:700'>30.0%" not in html


def test_bars_say_their_class_and_cut_long_names() -> None:
    svg = answer_bars([("cat", 0.625), ('"quoted" & <odd> beyond any length', 0.0)], "cat", "ResNet-20", 280)
    assert 'data-key="cat"' in svg
    assert 'width="175.0"' in svg  # 62.5 % of 280
    assert "&lt;odd&gt;" in svg and "<odd>" not in svg
    assert "beyond any length</text>" not in svg
    assert "beyond any length: 0.00%</title>" in svg
    assert 'aria-label="ResNet-20: cat 62.5%' in svg


def test_what_networks_are_called() -> None:
    def published(version: str) -> Weights:
        return Weights(
            version, f"ResNet-50 · ImageNet {version}", preset("resnet50"), TEN, LARGE, "torchvision"
        )

    assert short_names([A, C]) == ("ResNet-8", "ResNet-4")
    assert short_names([A, replace(A, key="z"), C]) == ("ResNet-8 A", "ResNet-8 B", "ResNet-4")
    assert short_names([published("V2"), published("V1")]) == ("ResNet-50 V2", "ResNet-50 V1")
    assert short_names([published("V2")]) == ("ResNet-50",)
