"""A surface around any trained network that is here, computed while one waits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.plotly_style import as_label
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import as_markdown
from resnet_explorer.labs.landscape.config import COUNTS, DEFAULT, LAST_SEED, SIDES, WIDEST, SurfaceConfig
from resnet_explorer.labs.landscape.numbers import (
    Surface,
    View,
    finding,
    grid_rows,
    to_json,
)
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.photos.cifar_photos import knows_them
from resnet_explorer.ui.app.url_state import linked, number, one_of, whole
from resnet_explorer.ui.labs.landscape.shipped_view import finding_table, grid_words
from resnet_explorer.ui.labs.network_input import network_input, shown_photos
from resnet_explorer.ui.labs.question import Screen, is_asked, show_chart
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import as_stored, torch_gate, trained, warm_up
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.weights.bundled import study_keys
from resnet_explorer.weights.catalogue import available
from resnet_explorer.weights.description import Weights

if TYPE_CHECKING:
    from resnet_explorer.labs.photos import Photos

VIEWS: Final = {"map": msg("From above"), "hills": msg("As a hill"), "error": msg("Errors, from above")}
"""What is drawn, in English."""


def linked_config() -> SurfaceConfig:
    """The config as the link has it, or the session; its controls may be out of sight."""
    return SurfaceConfig(
        linked("ls_net", DEFAULT.key, one_of([DEFAULT.key, *_keys()])),
        linked("ls_photos", DEFAULT.count, one_of(COUNTS)),
        linked("ls_seed", DEFAULT.seed, whole(0, LAST_SEED)),
        linked("ls_span", DEFAULT.span, number(0.01, WIDEST)),
        linked("ls_steps", DEFAULT.steps, one_of(SIDES)),
    )


def show_computed(places: Screen) -> None:
    """Draw the controls, say how long it takes, and compute once asked.

    Args:
        places: of the screen.

    Raises:
        ValueError: in one sentence, if the network or the photos cannot be had.
    """
    with places.settings:
        weights = _controls()
    config = linked_config()
    with places.picture:
        _compute(weights, config, places)


def _compute(weights: Weights, config: SurfaceConfig, places: Screen) -> None:
    with st.spinner(t("Loading the network …")):
        warm_up("resnet_explorer.labs.landscape.surface")
        photos = shown_photos(weights, config.count)
        seconds = cached_result("_ls_seconds", (weights.key, config.count), lambda: _seconds(weights, photos))
    words, button = st.columns([4, 1], vertical_alignment="center")
    if not is_asked("ls_compute", config, t("Compute"), button):
        places.sentence.markdown(t("Network, photos, points and span are among *More settings*."))
        points = config.steps**2
        estimate = t("{points:,} points × {photos:,} photos: about {seconds:,.0f} s on this machine.")
        shown = len(photos.images)
        words.markdown(estimate.format(points=points, photos=shown, seconds=max(1, seconds * points)))
        from resnet_explorer.labs.landscape.figures import grid_figure

        show_chart(grid_figure(config.span, config.steps), "ls_grid", t("The points that are computed"))
        return

    def start() -> Iterator[Step[Surface]]:
        from resnet_explorer.labs.landscape.surface import random_surface

        return random_surface(as_stored(weights), photos, config.seed, config.span, config.steps)

    found, is_whole = run_with_progress("_ls_surface", (config,), start, t("Points of the map"))
    if found is not None:
        _show(found, is_whole, weights, config, photos, places)


def _show(
    surface: Surface,
    is_whole: bool,
    weights: Weights,
    config: SurfaceConfig,
    photos: Photos,
    places: Screen,
) -> None:
    from resnet_explorer.labs.landscape.figures import FINE, surface_figure

    shown = linked_choice("ls_look", t("Drawn"), VIEWS, default="map", names=VIEWS, at=places.settings)
    view = View("random", config.seed, surface)
    views = {as_label(weights.label): view}
    if not is_whole:
        st.info(t("Stopped: every point shown is computed, on a coarser grid than asked for."))
    figure = cached_result(
        "_ls_own_figure", (surface, weights.label, shown), lambda: surface_figure(views, shown)
    )
    show_chart(figure, f"ls_own_{shown}", t(VIEWS[shown]))
    photo_words = (
        t("of CIFAR-10’s test set")
        if photos.labels is not None
        else t("of the samples, against the trained network’s own predictions")
    )
    words = t(
        "{network} · {grid} {shown} · filter-normalised random directions, seed {seed}, ±{span:g} lengths of "
        "the filters · computed here"
    )
    places.sentence.markdown(
        words.format(
            network=as_markdown(weights.label),
            grid=grid_words(view, is_loss=shown != "error"),
            shown=photo_words,
            seed=config.seed,
            span=config.span,
        )
    )
    if surface.centre is not None and len(surface.across) >= FINE:
        places.below.markdown(finding_table({as_markdown(weights.label): [finding(surface)]}))
    with places.take_home:
        save_button(t("CSV"), lambda: to_csv(grid_rows(surface)), "landscape.csv", key="ls_own_csv")
        save_button(
            t("JSON"),
            lambda: json.dumps({"network": weights.key, **to_json(view)}) + "\n",
            "landscape.json",
            key="ls_own_json",
        )


def _controls() -> Weights:
    weights = network_input("ls_net", [DEFAULT.key])
    photos, steps = st.container(), st.container()
    seed, span = st.columns(2, gap="medium")
    if knows_them(weights.classes):
        label = t("Photos")
        linked_choice("ls_photos", label, COUNTS, default=DEFAULT.count, names="{:,}".format, at=photos)
    else:
        photos.caption(t("It knows other things than the photos with labels show: it is shown the samples."))
    linked_number("ls_seed", t("Seed"), 0, LAST_SEED, default=DEFAULT.seed, at=seed)
    linked_number("ls_span", t("Span ±"), 0.01, WIDEST, default=DEFAULT.span, at=span, step=0.1)
    linked_choice("ls_steps", t("Points a side"), SIDES, default=DEFAULT.steps, at=steps)
    return weights


def _seconds(weights: Weights, photos: Photos) -> float:
    """How long one point takes here, by a first few photos."""
    from resnet_explorer.labs.landscape.surface import loss_and_error, own_predictions
    from resnet_explorer.labs.photos import batch_size

    network = trained(weights)
    some = photos.images[: batch_size(photos.images)]
    with torch_gate():
        labels = own_predictions(network, some)  # the first pass of a shape is the slowest
        passes = []
        for _ in range(3):  # the quickest: others may be at work here too
            start = time.perf_counter()
            loss_and_error(network, some, labels)
            passes.append(time.perf_counter() - start)
    return min(passes) * len(photos.images) / len(some)


def _keys() -> list[str]:
    """Of the study's networks and of all others, wherever their values are. No torch is needed for it."""
    return [*study_keys(), *(entry.key for entry in available())]
