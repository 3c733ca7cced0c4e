"""Accuracy that torchvision publishes: read from its metadata, and drawn."""

from __future__ import annotations

import pytest
import torchvision

from resnet_explorer.comparison.accuracy_figure import Axes, Marked, accuracy_figure, label_places
from resnet_explorer.comparison.published import Published, published, published_rows, source
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import TORCHVISION_NAMES, preset
from resnet_explorer.weights.catalogue import versions
from tests.contrast import pale_words


def record(network: str, version: str) -> Published:
    return next(r for r in published() if (r.network, r.version) == (network, version))


def test_the_accuracy_is_torchvisions_own() -> None:
    v1, v2 = record("resnet50", "V1"), record("resnet50", "V2")
    assert (v1.top1, v1.top5, v2.top1, v2.top5) == (76.13, 92.862, 80.858, 95.434)
    weights = torchvision.models.ResNet50_Weights.IMAGENET1K_V2
    assert v2.top1 == weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    assert v2.recipe == weights.meta["recipe"]
    assert source() in f"torchvision {torchvision.__version__}"


def test_all_weights_of_the_ten_networks_are_there() -> None:
    found = {(r.network, r.weights) for r in published()}
    assert found == {(name, version) for name in TORCHVISION_NAMES for version in versions(name)}
    assert len(published()) == len(published_rows()) == 17
    assert all(r.recipe.startswith("https://") and r.note.startswith("These weights") for r in published())
    assert not any("`" in r.note or "<" in r.note for r in published())


@pytest.mark.parametrize("name", TORCHVISION_NAMES)
def test_what_is_published_of_the_cost_is_what_we_count(name: str) -> None:
    p = plan(preset(name))
    for r in published():
        if r.network == name:
            assert r.params == p.params
            assert r.gmacs == pytest.approx(p.macs / 1e9, abs=0.0006)


def mark(letter: str, name: str) -> Marked:
    p = plan(preset(name), (224, 224))
    return Marked(letter, name, name if name in TORCHVISION_NAMES else None, p.params, p.macs / 1e9)


def trace(figure: object, name: str) -> object:
    return next(t for t in figure.data if t.name == name)  # type: ignore[attr-defined]


def test_every_point_stands_at_its_figures_and_names_its_network() -> None:
    figure = accuracy_figure(published(), (mark("A", "resnet50"), mark("B", "resnet101")), Axes())
    points = {
        (row[0], version): (x, y)
        for version in ("V1", "V2")
        for t in [trace(figure, f"weights {version}")]
        for x, y, row in zip(t.x, t.y, t.customdata, strict=True)
    }
    assert len(points) == 17
    assert points["resnet50", "V2"] == (4.089, 80.858)
    assert points["resnet101", "V1"] == (7.801, 77.374)
    ring = trace(figure, "A · resnet50")
    assert list(zip(ring.x, ring.y, strict=True)) == [(4.089, 76.13), (4.089, 80.858)]
    hover = trace(figure, "weights V2").customdata[0]
    assert list(hover) == [
        "resnet50",
        "ResNet-50 · IMAGENET1K_V2",
        "top-1 80.858 %, top-5 95.434 %",
        "25,557,032 parameters, 4.089 GMACs",
    ]


def test_the_switches_change_the_axes() -> None:
    marked = (mark("A", "resnet50"), mark("B", "resnet101"))
    figure = accuracy_figure(published(), marked, Axes("top-5", "parameters"))
    ring = trace(figure, "A · resnet50")
    assert list(zip(ring.x, ring.y, strict=True)) == [(25.557032, 92.862), (25.557032, 95.434)]
    assert figure.layout.xaxis.title.text == "million parameters"
    flops = trace(accuracy_figure(published(), marked, Axes("top-1", "FLOPs")), "A · resnet50")
    assert flops.x[0] == 2 * 4.089


def test_a_network_without_published_accuracy_is_a_line_at_its_cost() -> None:
    figure = accuracy_figure(published(), (mark("A", "resnet50"), mark("B", "plain34")), Axes())
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == plan(preset("plain34")).macs / 1e9 == pytest.approx(3.644, abs=0.001)
    assert figure.layout.annotations[0].text == "B · plain34"
    assert not pale_words(figure)
    far = Marked("B", "huge", None, 10**9, 1000)
    assert not accuracy_figure(published(), (far,), Axes()).layout.shapes


@pytest.mark.parametrize("cost", ["MACs", "parameters"])
@pytest.mark.parametrize("accuracy", ["top-1", "top-5"])
def test_each_network_has_its_name_once_at_its_best_weights(accuracy: str, cost: str) -> None:
    axes = Axes(accuracy, cost)  # type: ignore[arg-type]
    placed = list(label_places(published(), axes, {"resnet50": "A · "}))
    assert sorted(r.network for r, _ in placed) == sorted(TORCHVISION_NAMES)
    assert {r.version for r, _ in placed if r.network == "resnet50"} == {"V2"}
    assert len({place for _, place in placed}) > 1  # not all in the first place: some would overlap
