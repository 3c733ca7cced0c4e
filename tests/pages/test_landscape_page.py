"""The landscape: a guess first, then what ships, and a surface computed as the library does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.landscape import surface as module
from resnet_explorer.labs.landscape.numbers import Surface, finding, rougher, rougher_by
from resnet_explorer.labs.landscape.study import shipped
from resnet_explorer.labs.landscape.surface import random_surface
from resnet_explorer.labs.photos import photos_of
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.data import CIFAR10_CLASSES
from resnet_explorer.ui.labs.landscape.shipped_view import CHOICES
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load
from tests.notebooks import run
from tests.pages.opened import charts, opened, words

pytestmark = pytest.mark.slow


SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=10)
GUESSED = {"ls_guess_shown": "1"}
AGAIN = {**GUESSED, "ls_view": "again", "ls_net": "bundled"}


def keep(spec: ResNetSpec = SPEC, classes: tuple[str, ...] = CIFAR10_CLASSES) -> None:
    torch.manual_seed(8)
    model = build(spec).eval()
    export_bundled(model, classes, SEEN, bundled.FILE, {"label": "A network for tests"})
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bundled network of random weights; the surfaces that ship stay where they are."""
    monkeypatch.setattr(bundled, "FILE", tmp_path / "bundled.safetensors")
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    keep()
    yield
    st.cache_resource.clear()


def computed(seed: int = 0, span: float = 1, steps: int = 9, count: int = 100) -> Surface:
    weights = find("bundled")
    return final_answer(random_surface(load(weights), photos_of(weights, count), seed, span, steps))


def test_a_network_of_the_link_that_is_not_here_is_told() -> None:
    page = opened(
        "landscape", **GUESSED | {"ls_view": "again", "ls_net": "torchvision/resnet50/IMAGENET1K_V2"}
    )
    assert "`: this network is not here." in page.warning[0].value
    assert page.selectbox(key="ls_net").value == "study/residual-20"


def test_nothing_is_shown_before_a_guess_and_then_the_verdict_is_of_what_ships() -> None:
    page = opened("landscape")
    assert "56 layers without shortcuts, 56 with, one recipe." in words(page)
    assert not charts(page)
    plain, residual = (
        [finding(view.surface) for view in shipped(kind).random] for kind in ("plain", "residual")
    )
    right = rougher(plain, residual)
    assert right == "plain"  # by every measure (Li et al. 2018, section 6)
    wrong = "residual"
    page.segmented_control(key="ls_guess").set_value(wrong).run()
    page.button(key="_ls_guess_show").click().run()
    said = words(page)
    assert f"**{CHOICES[right]}**, not “{CHOICES[wrong]}”." in said
    assert f"on **{sum(each.falling for each in plain) / 2:.1%}** of the steps out from plain" in said
    assert "75% of the points around plain, 34% around residual." in said
    by = rougher_by(plain, residual)
    assert by == {"falling": "plain", "bent": "plain", "hollows": "plain"}
    rows = [line for line in said.splitlines() if line.startswith("| ") and line.count("|") == 5]
    assert [row.split("|")[4].strip() for row in rows[-3:]] == ["plain", "plain", "plain"]
    assert len(charts(page)) == 1


def test_where_two_planes_do_not_say_the_same_nothing_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, residual = shipped("plain"), shipped("residual")
    crossed = {
        "plain": replace(plain, random=(plain.random[0], residual.random[1])),
        "residual": replace(residual, random=(residual.random[0], plain.random[1])),
    }
    monkeypatch.setattr("resnet_explorer.ui.labs.landscape.shipped_view.shipped", crossed.__getitem__)
    said = words(opened("landscape", **GUESSED))
    assert f"**{CHOICES['unsettled']}.**" in said
    assert "the measures or the directions disagree, so these two networks do not tell" in said


def test_every_view_of_what_ships_is_drawn_and_says_what_it_is() -> None:
    both = [shipped(kind) for kind in ("plain", "residual")]
    for view in ("map", "hills", "error", "way"):
        page = opened("landscape", **GUESSED, ls_view=view)
        (chart,) = charts(page)
        titles = [note["text"] for note in chart["layout"]["annotations"]]
        assert titles == [each.label for each in both]
        foot = words(page, "caption")
        surface = both[0].view("training" if view == "way" else "0").surface
        assert f"{len(surface.up)} × {len(surface.across)} points" in foot
        assert f"{surface.photos} photos of CIFAR-10’s test set" in foot
        assert ("epochs 1 to 10" if view == "way" else "random directions, seed 0") in foot
        assert "computed before and shipped" in foot
        kinds = {trace["type"] for trace in chart["data"]}
        assert ("surface" in kinds) == (view == "hills")
        if view != "way":
            centre = finding(both[1].random[0].surface).centre
            assert f"| {centre:.3g} · {centre:.3g} |" in words(page).replace("  ", " ")


def test_the_trajectory_is_drawn_in_every_plane() -> None:
    found = shipped("residual")
    for plane in ("training", "0", "1"):
        page = opened("landscape", **GUESSED, ls_view="way", ls_plane=plane)
        trajectory = found.view(plane).trajectory
        assert trajectory is not None
        told = [trace["customdata"] for trace in charts(page)[0]["data"] if "customdata" in trace]
        assert len(told) == 2
        assert len(told[1]) == len(trajectory.epochs) == (10 if plane == "training" else 11)
        assert told[1][-1].startswith("epoch 10: loss ")
        assert told[1][-1].endswith(f"error {trajectory.error[-1]:.1%}")
        said = (
            f"{found.training.shares[0]:.1%} and"
            if plane == "training"
            else f"{100 * trajectory.seen:.2g} % of the"  # type: ignore[index]
        )
        assert said in words(page)


def test_a_surface_is_computed_when_asked_and_is_the_librarys() -> None:
    link = {"ls_seed": "3", "ls_span": "0.5"}
    page = opened("landscape", **AGAIN, **link)
    assert not page.error
    (grid,) = charts(page)  # the places that will be computed, and no number yet
    assert [len(trace["x"]) for trace in grid["data"]] == [81, 1]
    assert "81 points × 100 photos: about" in words(page)
    page.button(key="ls_compute").click().run()
    found = page.session_state["_ls_surface"][1].step.answer
    expected = computed(3, 0.5)
    assert np.allclose(found.loss, expected.loss, rtol=1e-5)
    assert np.array_equal(found.error, expected.error)
    assert len(charts(page)) == 1
    foot = words(page)
    for part in ("A network for tests", "9 × 9 points", "seed 3", "±0.5", "computed here"):
        assert part in foot
    assert f"| {finding(expected).centre:.3g} |" in words(page)
    page.segmented_control(key="ls_look").set_value("hills").run()
    assert charts(page)[0]["data"][0]["type"] == "surface"
    assert {name: page.query_params[name] for name in link} == link


def test_a_rerun_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("landscape", **AGAIN, ls_steps="9")
    page.button(key="ls_compute").click().run()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(module, "loss_and_error", refuse)
    page.segmented_control(key="ls_look").set_value("error").run()
    assert not page.exception
    page.number_input(key="ls_seed").set_value(4).run()
    assert not page.exception  # another question waits to be asked
    assert all(trace["type"] == "scatter" for trace in charts(page)[0]["data"])


def test_a_stopped_surface_is_a_whole_coarser_one() -> None:
    page = opened("landscape", **AGAIN, ls_steps="9")
    page.button(key="ls_compute").click().run()
    work = page.session_state["_ls_surface"][1]
    weights = find("bundled")
    *_, work.step = islice(random_surface(load(weights), photos_of(weights, 100), 0, 1, 9), 30)
    work.stopped = True
    page.run()
    assert "stopped at 30 / 81" in page.warning[-1].value
    assert "on a coarser grid" in page.info[-1].value
    assert "5 × 5 points" in words(page)
    (chart,) = charts(page)
    assert chart["data"][0]["type"] == "heatmap"


@pytest.mark.parametrize("changes", [{"shortcut": "none"}, {"activation": "pre", "in_channels": 1}])
def test_other_networks_have_surroundings_too(changes: dict[str, Any]) -> None:
    keep(SPEC.with_(num_classes=3, **changes), ("daisy", "rose", "tulip"))
    page = opened("landscape", **AGAIN, ls_steps="9")
    assert "81 points × 30 photos" in words(page)
    page.button(key="ls_compute").click().run()
    assert not page.error
    assert "against the trained network’s own predictions" in words(page)
    assert page.session_state["_ls_surface"][1].step.answer.error[4, 4] == 0


def test_the_notebook_finds_the_pages_numbers() -> None:
    names = run("landscape/landscape_notebook.py", key="bundled", count=100, seed=3, span=0.5, steps=9)
    expected = computed(3, 0.5)
    assert np.allclose(names["surface"].loss, expected.loss, rtol=1e-5)
    assert names["reference"] == pytest.approx(expected.loss[-1, -1], rel=1e-4)
    assert names["found"] == finding(names["surface"])
    assert names["trajectories"].data
