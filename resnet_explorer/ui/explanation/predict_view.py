"""The view of Predict: photo, evidence and answer on one screen; every stage and two classes below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.text import as_markdown, enumerated, headed
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, PIXELS, Evidence
from resnet_explorer.explanation.heatmap import colour_bar_css, jpeg_bytes
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.menu_bar import page_link
from resnet_explorer.ui.app.page_list import ARCHITECTURE
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.explanation.answer_picture import (
    Option,
    ScaleBar,
    Shown,
    SmallMap,
    show_answer_picture,
)
from resnet_explorer.ui.explanation.compute_map import Found, compute_map
from resnet_explorer.ui.explanation.evidence import (
    MapChoice,
    MapStyle,
    enlarged,
    head_method_input,
    layers,
    method_claim,
    negative_input,
    save_evidence,
    stage_input,
    stage_label,
    style_input,
    top_label,
    why_empty,
)
from resnet_explorer.ui.explanation.film_strip import show_film_strip
from resnet_explorer.ui.explanation.prediction import (
    about_answer,
    about_square,
    answer_of,
    choose_class,
    class_input,
    framed_photo,
)
from resnet_explorer.ui.explanation.stage_panels import stage_maps, stage_panels
from resnet_explorer.ui.explanation.two_classes import show_contrast
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, photo_view
from resnet_explorer.ui.session.shared_result import shared_result

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass

SCALES: Final = {"one": msg("One scale"), "own": msg("Each its own")}
_SMALL: Final = 160


def show_predict(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    with controls:
        method = head_method_input()
    place = picture()
    words, take_home = foot_places()
    below = st.container()
    view = photo_view(place, words)
    viewed = view.viewed
    with take_home, more_settings():
        target = class_input(viewed.names, viewed.weights.kinds)
        stage = _stage_input(method, viewed)
        negative = negative_input()
        style = style_input()
    choice = MapChoice(stage, method, negative)
    with words, shown_refusal(ends_page=True), st.spinner(t("The network runs …")):
        result = viewed.answer(target)
    if method in ONE_PASS and linked("p_scale", "one", one_of(SCALES)) == "one":
        style = replace(style, top=max(each.peak for each in stage_maps(result, choice)))
    with words:
        found = compute_map(result, choice, viewed)
    with view.room:
        _show_picture(found, result, choice, viewed, style)
    with words:
        st.markdown(_sentence(found, result, choice, viewed))
    with take_home:
        if found:
            save_evidence(found.evidence, result, choice, viewed, style, found.complete)
        page_link(ARCHITECTURE, t("Show its architecture"), icon=None)
    with below:
        _show_below(found, result, choice, viewed, style)
        st.caption(f"{about_square(viewed, view.is_by_policy)} {about_answer(result, viewed.names)}")


def _stage_input(method: str, viewed: ViewedPhoto) -> int:
    if METHODS[method].of_pixels:
        st.caption(t("Its map has the input's own pixels: there is no stage to choose."))
        return PIXELS
    return stage_input(len(viewed.weights.spec.depths))


def _show_picture(
    found: Found | None, result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle
) -> None:
    photo, seen = framed_photo(viewed)
    large, scale = None, ScaleBar(colour_bar_css(style.colour_map), "0", "", t("evidence"))
    if found:
        large = Shown(
            shared_result("_p_large", (found, style), lambda: _large(found, result, choice, viewed, style)),
            t("{method} map for {label} at {stage}, over the photo").format(
                method=METHODS[choice.method].name,
                label=result.name(viewed.names),
                stage=stage_label(choice.stage),
            ),
        )
        side = t("evidence against the class") if choice.negative else t("evidence for the class")
        scale = replace(scale, high=top_label(found.evidence, style), words=side)
    is_one_pass = choice.method in ONE_PASS
    current = "own" if style.top is None else "one"
    options = [Option(f"scale:{key}", t(name), key == current) for key, name in SCALES.items()]
    small = _small_maps(found, result, choice, viewed, style)
    show_answer_picture(
        photo,
        large,
        answer_of(result, viewed.weights),
        seen,
        small,
        scale,
        options if is_one_pass else [],
        lambda part: _pick(part, result.name(viewed.names) if isinstance(result.target, int) else ""),
    )


def _small_maps(
    found: Found | None, result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle
) -> list[SmallMap]:
    """A picture for each stage: its map, where one pass gave all of them or where it is the chosen one."""
    if choice.stage == PIXELS:
        return []
    if choice.method in ONE_PASS:
        maps: list[Evidence | None] = list(stage_maps(result, choice))
    else:
        maps = [None] * len(result.outputs)
        maps[choice.stage] = found.evidence if found else None

    def draw() -> list[bytes]:
        if choice.method in ONE_PASS:
            panels = stage_panels(result, choice, viewed, style)
        else:
            crop = enlarged(viewed.seen)
            panels = [layers(each, crop, style)[-1] if each else crop for each in maps]
        return [jpeg_bytes(panel.resize((_SMALL, _SMALL))) for panel in panels]

    files = shared_result("_p_small_maps", (result, found, replace(choice, stage=0), style), draw)
    return [
        SmallMap(
            f"stage:{stage}",
            Shown(
                file,
                t("The map at {stage}").format(stage=stage_label(stage)),
                t("up to {peak:.3g}").format(peak=each.peak) if each else t("compute it"),
            ),
            stage_label(stage),
            stage == choice.stage,
        )
        for stage, (file, each) in enumerate(zip(files, maps, strict=True))
    ]


def _large(found: Found, result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle) -> bytes:
    """The map over the crop as a file."""
    if choice.method in ONE_PASS:
        return jpeg_bytes(stage_panels(result, choice, viewed, style)[choice.stage])
    return jpeg_bytes(layers(found.evidence, enlarged(viewed.seen), style)[-1])


def _pick(part: str, shown: str) -> None:
    """Follow a click: on a class, its channels, a stage, or a way to scale the maps.

    Args:
        part: what was clicked.
        shown: the class whose map is shown; a click on that leads to its channels.
    """
    kind, _, what = part.partition(":")
    if kind == "channels" or (kind == "class" and what == shown):
        st.session_state["p_view"] = "channels"
    elif kind == "class":
        choose_class(what)
    elif kind == "stage":
        st.session_state["p_stage"] = int(what)
    else:
        st.session_state["p_scale"] = what


def _sentence(found: Found | None, result: StagePass, choice: MapChoice, viewed: ViewedPhoto) -> str:
    """What the picture shows, with its numbers."""
    label = as_markdown(result.name(viewed.names))
    if found is None:
        return t("There is nothing to show before the end; **Go on** takes it up where it was.")
    height, width = found.evidence.map.shape
    words = (
        t(
            "**{label}**, {probability:.1%}: evidence {side} it, {height} × {width} pixels, "
            "up to **{peak:.3g}**."
        )
        if choice.stage == PIXELS
        else t(
            "**{label}**, {probability:.1%}: evidence {side} it at {stage}, {height} × {width} cells, "
            "up to **{peak:.3g}**."
        )
    )
    return words.format(
        label=label,
        probability=result.probability,
        side=choice.side,
        stage=stage_label(choice.stage),
        height=height,
        width=width,
        peak=found.evidence.peak,
    )


def _show_below(
    found: Found | None, result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle
) -> None:
    """What is said of the map, every stage with its cells, and two classes."""
    if found and found.evidence.is_empty:
        st.info(why_empty(choice, result.name(viewed.names)))
    if found and found.sentence:
        st.markdown(found.sentence)
    st.markdown(headed(METHODS[choice.method].name, method_claim(choice.method)))
    if choice.method not in ONE_PASS:
        quick = enumerated(each.name for each in ONE_PASS.values())
        st.caption(
            t(
                "All stages side by side, and two classes at once, are for the methods of one pass: "
                "{methods}."
            ).format(methods=quick)
        )
        return
    st.header(t("Every stage, and what a cell of it sees"))
    st.markdown(prose("predict_evidence"))
    show_film_strip(result, choice, viewed, style)
    show_contrast(result, choice, viewed, style)
