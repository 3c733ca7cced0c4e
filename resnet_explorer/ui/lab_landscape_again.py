"""A surface around any trained network that is here, computed while one waits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.labs.cifar_photos import knows_them
from resnet_explorer.labs.landscape_numbers import (
    STEPS,
    Surface,
    View,
    grid_rows,
    reading,
    to_json,
)
from resnet_explorer.progress import Step
from resnet_explorer.short_text import as_markdown
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.lab import is_asked, view_input
from resnet_explorer.ui.lab_landscape import grid_words, reading_table
from resnet_explorer.ui.lab_network import network_input, shown_photos
from resnet_explorer.ui.linked import linked, number, one_of, whole
from resnet_explorer.ui.networks import as_stored, torch_gate, trained, warm_up
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.weights import Weights, available
from resnet_explorer.weights.bundled import study_keys

if TYPE_CHECKING:
    from resnet_explorer.labs.lesions import Photos

USUAL: Final = "study/residual-56"
COUNTS: Final = (100, 250, 500, 1000)
LAST_SEED: Final = 9999
WIDEST: Final = 3.0
USUAL_STEPS: Final = 9
LOOKS: Final = {"map": t("From above"), "hills": t("As a hill"), "error": t("Errors, from above")}


@dataclass(frozen=True)
class Question:
    """What is computed: nothing else decides it.

    Attributes:
        key: of the network.
        count: photos, of those with labels.
        seed: of the directions.
        span: how far out, in lengths of the filters.
        steps: points a side.
    """

    key: str
    count: int
    seed: int
    span: float
    steps: int


def question_of() -> Question:
    """The question as the link has it, or the session; its controls may be out of sight."""
    return Question(
        linked("ls_net", USUAL, one_of([USUAL, *_keys()])),
        linked("ls_photos", COUNTS[0], one_of(COUNTS)),
        linked("ls_seed", 0, whole(0, LAST_SEED)),
        linked("ls_span", 1.0, number(0.01, WIDEST)),
        linked("ls_steps", USUAL_STEPS, one_of(STEPS)),
    )


def compute_again() -> None:
    """Draw the controls, say how long it takes, and compute once asked.

    Raises:
        ValueError: in one sentence, if the network or the photos cannot be had.
    """
    weights = _controls()
    asked = question_of()
    with st.spinner(t("Loading the network …")):
        warm_up("resnet_explorer.labs.landscape")
        photos = shown_photos(weights, asked.count)
        seconds = remembered("_ls_seconds", (weights.key, asked.count), lambda: _seconds(weights, photos))
    told, button = st.columns([4, 1], vertical_alignment="center")
    if not is_asked("ls_compute", asked, t("Compute"), button):
        points = asked.steps**2
        words = t("{points:,} points × {photos:,} photos: about {seconds:,.0f} s on this machine.")
        shown = len(photos.images)
        told.markdown(words.format(points=points, photos=shown, seconds=max(1, seconds * points)))
        return

    def start() -> Iterator[Step[Surface]]:
        from resnet_explorer.labs.landscape import random_surface

        return random_surface(as_stored(weights), photos, asked.seed, asked.span, asked.steps)

    found, is_whole = slow_work("_ls_surface", (asked,), start, t("Points of the map"))
    if found is not None:
        _show(found, is_whole, weights, asked, photos)


def _show(surface: Surface, is_whole: bool, weights: Weights, asked: Question, photos: Photos) -> None:
    from resnet_explorer.labs.landscape_figures import FINE, hill_figure, map_figure

    look = view_input("ls_look", t("Drawn"), LOOKS, "map")
    view = View("random", asked.seed, surface)
    views = {escape(weights.label): view}  # Plotly takes some tags for what they say
    if not is_whole:
        st.info(t("Stopped: every point shown is computed, on a coarser grid than asked for."))
    figure = remembered(
        "_ls_own_figure",
        (surface, weights.label, look),
        lambda: (
            hill_figure(views)
            if look == "hills"
            else map_figure(views, "error" if look == "error" else "loss")
        ),
    )
    st.plotly_chart(figure, key=f"ls_own_{look}", config={"displaylogo": False}, alt=LOOKS[look])
    shown = (
        t("of CIFAR-10’s test set")
        if photos.labels is not None
        else t("of the samples, against the trained network’s own answers")
    )
    words = t(
        "{network} · {grid} {shown} · filter-normalised random directions, seed {seed}, ±{span:g} lengths of "
        "the filters · computed here"
    )
    st.caption(
        words.format(
            network=as_markdown(weights.label),
            grid=grid_words(view, is_loss=look != "error"),
            shown=shown,
            seed=asked.seed,
            span=asked.span,
        )
    )
    if surface.centre is not None and len(surface.across) >= FINE:
        st.markdown(reading_table({as_markdown(weights.label): reading(surface)}))
    with st.container(horizontal=True):
        save_button(t("Grid as CSV"), lambda: to_csv(grid_rows(surface)), "landscape.csv", key="ls_own_csv")
        save_button(
            t("All as JSON"),
            lambda: json.dumps({"network": weights.key, **to_json(view)}) + "\n",
            "landscape.json",
            key="ls_own_json",
        )


def _controls() -> Weights:
    network, photos = st.columns([1, 1], vertical_alignment="bottom", gap="medium")
    steps, seed, span = st.columns([2, 1, 1], vertical_alignment="bottom", gap="medium")
    kept: dict[str, Any] = {"persist_state": "session"}
    with network:
        weights = network_input("ls_net", USUAL)
    if knows_them(weights.classes):
        photos.segmented_control(
            t("Photos"), COUNTS, required=True, format_func="{:,}".format, key="ls_photos", **kept
        )
    else:
        photos.caption(
            t("It knows other things than the photos with labels show: it is asked about the samples.")
        )
    seed.number_input(t("Seed"), 0, LAST_SEED, key="ls_seed", **kept)
    span.number_input(t("Span ±"), 0.01, WIDEST, step=0.1, key="ls_span", **kept)
    steps.segmented_control(t("Points a side"), STEPS, required=True, key="ls_steps", **kept)
    return weights


def _seconds(weights: Weights, photos: Photos) -> float:
    """How long one point takes here, by a first few photos."""
    from resnet_explorer.labs.landscape import loss_and_error, own_answers
    from resnet_explorer.labs.lesions import AT_ONCE

    network = trained(weights)
    side = photos.images.shape[-1]
    some = photos.images[: max(1, AT_ONCE // side**2)]
    with torch_gate():
        labels = own_answers(network, some)  # the first pass of a shape is the slowest
        passes = []
        for _ in range(3):  # the quickest: others may be at work here too
            start = time.perf_counter()
            loss_and_error(network, some, labels)
            passes.append(time.perf_counter() - start)
    return min(passes) * len(photos.images) / len(some)


def _keys() -> list[str]:
    """Of the study's networks and of all others, wherever their values are. No torch is needed for it."""
    return [*study_keys(), *(entry.key for entry in available())]
