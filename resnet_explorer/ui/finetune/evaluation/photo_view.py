"""One photo to test on: where the network looked, before fine-tuning and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.explanation.target import members_of
from resnet_explorer.explanation.top_k_svg import top_k_svg
from resnet_explorer.finetune.evaluation.confusion_svg import Cell
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.ui.app.head import foot, more_settings, picture
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.explanation.evidence import (
    quick_method_input,
    show_colour_bar,
    stage_input,
    style_input,
)
from resnet_explorer.ui.finetune.evaluation.confusion_view import chosen_photos
from resnet_explorer.ui.finetune.evaluation.evaluated_run import (
    EvaluatedRun,
    again_button,
    as_words,
    show_tested,
)
from resnet_explorer.ui.finetune.evaluation.maps_view import (
    MapChoice,
    Maps,
    Side,
    drawn_maps,
    side_after,
    side_before,
)
from resnet_explorer.ui.finetune.runs.actions import open_on_predict
from resnet_explorer.ui.photos.photo_input import put_photo
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.step_buttons import step_buttons
from resnet_explorer.ui.widgets.svg_view import show_svg

SCALES: Final = {"one": msg("One scale"), "own": msg("Each its own")}
BARS: Final = 3
LONGEST: Final = 410
"""Pixels of a photo's side where it stands alone: the picture's place has 420 in the lowest window."""


def show_photo(evaluated: EvaluatedRun, index: int, cell: Cell | None) -> None:
    """The photo, with what both networks make of it."""
    shown, said = picture(), st.container()
    weights = evaluated.run.weights
    predictions = evaluated.predictions
    words = evaluated.prediction_words(int(predictions.labels[index]), int(predictions.predicted[index]))
    with said:
        row = foot(f"**{words}**")
    with row:
        _navigation(evaluated, index, chosen_photos(evaluated, cell))
    try:
        photo = cached_result("_tr_open", (evaluated.run.key, index), lambda: evaluated.open(index))
        if weights:
            _show_maps(evaluated, index, ViewedPhoto(photo, weights, CENTRE), shown, row)
            return
    except ValueError as refusal:
        shown.error(as_words(refusal))
        return
    with shown:
        first, second = st.columns(2, gap="medium")
    width, height = photo.image.size
    first.image(jpeg_bytes(photo.image), width=round(LONGEST * min(1, width / height)), alt=photo.name)
    with second:
        st.markdown(f"**{t('After')}**")
        show_svg(_bars_kept(evaluated, index), "tr_bars_kept", shrink=0.5, magnify=1.0)
        st.info(_no_maps(evaluated.run))
    show_tested(evaluated)


def _bars_kept(evaluated: EvaluatedRun, index: int) -> str:
    """The likeliest classes by the predictions of the run, which are kept without its network."""
    predictions = evaluated.predictions
    values, label = predictions.probabilities[index], int(predictions.labels[index])
    best = [int(number) for number in (-values).argsort(kind="stable")[:BARS]]
    if label not in best:
        best.append(label)
    classes = predictions.shown_classes
    names = {number: ("✓ " if number == label else "") + classes[number] for number in best}
    bars = [(names[number], float(values[number])) for number in best]
    return top_k_svg(bars, names[best[0]], t("After"))


def _no_maps(run: RunEntry) -> str:
    """Why there are no maps."""
    if run.is_example:
        return t("The example ships without its network: where it looked is seen of your own runs.")
    if run.alive:
        return t("Its network is kept when the run has ended; the maps come then.")
    return t("Its network is not kept here any more: there is nobody to ask for a map.")


def _navigation(evaluated: EvaluatedRun, index: int, among: tuple[int, ...]) -> None:
    """Back to all of them, and to the one before and after."""
    st.button(t("All photos"), key="tr_close", on_click=_open_photo, args=(None,))
    if index in among:
        place, last = among.index(index), len(among) - 1
        words = t("{number:,} of {count:,}").format(number=place + 1, count=len(among))
        before, after = among[max(0, place - 1)], among[min(last, place + 1)]
        step_buttons("tr", index, before, after, words, _open_photo)
    again_button(evaluated)


def _open_photo(index: int | None) -> None:
    st.session_state["tr_photo"], st.session_state["tr_class"] = index, None


def _show_maps(
    evaluated: EvaluatedRun, index: int, viewed: ViewedPhoto, shown: DeltaGenerator, row: DeltaGenerator
) -> None:
    """The photo, both maps and the likeliest classes side by side.

    Args:
        evaluated: the run.
        index: of the photo.
        viewed: the photo before the fine-tuned network.
        shown: the place of the picture.
        row: that of the controls below it.

    Raises:
        ValueError: in one sentence, if the fine-tuned network cannot be had.
    """
    with shown:
        first, second, third, fourth = st.columns([1, 1, 1, 0.95], gap="small")
    with row:
        choice = _maps_input(len(viewed.weights.spec.depths))
    target = linked("tr_class", None, whole(0, len(viewed.names) - 1))
    with third, st.spinner(t("Computing the map …")):
        after = side_after(viewed, choice, target)
    before = None
    try:
        with second, st.spinner(t("Computing the map before fine-tuning …")):
            before = side_before(evaluated, viewed, choice)
    except ValueError as refusal:
        second.info(t("No map of before: {why}").format(why=as_words(refusal)))
    maps = drawn_maps(viewed, choice, (before, after) if before else (after,))
    with first:
        st.image(maps.files[0], width="stretch", alt=t("The square that the networks take"))
        st.markdown(f"**{as_markdown(viewed.photo.name.rpartition('/')[2], 26)}**")
        _show_photo_controls(evaluated, index, viewed)
    if before:
        with second:
            _show_side(maps, 0)
    with third:
        _show_side(maps, len(maps.sides) - 1)
    with fourth:
        _show_bars_after(after, int(evaluated.predictions.labels[index]))
        if before:
            st.markdown(f"**{before.when}**")
            show_svg(_bars_before(before), "tr_bars_before", shrink=0.5, magnify=1.0)
    with row:
        save_button(t("PNG"), maps.figure, "before-and-after.png", key="tr_save", icon=None)
        save_button(t("JSON"), maps.numbers, "before-and-after.json", key="tr_json", icon=None)
    if choice.one_scale:
        show_colour_bar(maps.scale())
    if before:
        st.caption(prose("trust_before_after" if evaluated.run.config.start else "trust_before_random"))
    show_tested(evaluated)


def _show_photo_controls(evaluated: EvaluatedRun, index: int, viewed: ViewedPhoto) -> None:
    """Exclude it, or take it to the Predict page."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if evaluated.dataset:
            st.session_state["tr_out"] = evaluated.is_excluded(index)
            exclude = keeping_value("tr_out", on_change=evaluated.toggle_excluded, args=(index,))
            st.checkbox(t("Exclude"), **exclude)
        label = t("Open it on Predict")
        if st.button(label, key="tr_open", type="tertiary", on_click=put_photo, args=(viewed.photo,)):
            open_on_predict(viewed.weights.key)


def _maps_input(stages: int) -> MapChoice:
    """Stage, method, brightness and colours of the maps."""
    with more_settings():
        stage = stage_input(stages)
        method = quick_method_input()
        scale = linked_choice("tr_scale", t("Brightness"), SCALES, default="one", wrap=True)
        style = style_input()
    return MapChoice(method, stage, style, scale == "one")


def _show_side(maps: Maps, number: int) -> None:
    """A map over the photo, whose it is and for which class."""
    side = maps.sides[number]
    alt = t("{when}: the map over the photo for {label}").format(when=side.when, label=side.label)
    st.image(maps.files[1 + number], width="stretch", alt=alt)
    words = t("{name}: map for **{label}**, {probability:.1%}").format(
        name=as_markdown(side.name), label=as_markdown(side.label), probability=side.probability
    )
    st.markdown(f"**{side.when}** · {words}")
    if side.found.is_empty:
        st.caption(t("Zero everywhere: nothing here speaks for the class."))
    if not maps.choice.one_scale:
        show_colour_bar(replace(maps.scale(number), words=""))


def _bars_before(side: Side) -> str:
    best = side.result.prediction.top(BARS)
    return top_k_svg([(side.classes[number], value) for number, value in best], side.label, side.when)


def _show_bars_after(side: Side, reference: int) -> None:
    """The likeliest classes, the true one among them with a sign; a click on one asks for its map."""
    best = side.result.prediction.top(BARS)
    if reference not in [number for number, _ in best]:
        best.append((reference, float(side.result.prediction.probabilities[reference])))
    labels = {number: ("✓ " if number == reference else "") + side.classes[number] for number, _ in best}
    numbers = {label: number for number, label in labels.items()}
    st.markdown(f"**{side.when}**", help=t("✓ is the true one. Click a class: what speaks for it?"))
    bars = top_k_svg(
        [(labels[number], value) for number, value in best],
        labels.get(members_of(side.result.target)[0], ""),
        side.when,
    )
    show_svg(
        bars,
        "tr_bars_after",
        lambda label: _choose_class(numbers.get(label)),
        shrink=0.5,
        magnify=1.0,
        tallest=230,
    )


def _choose_class(number: int | None) -> None:
    if number is not None:  # else a click on the bars of a moment ago
        st.session_state["tr_class"] = number
