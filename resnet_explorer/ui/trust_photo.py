"""One photo to test on: where the network looked, before fine-tuning and after it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.answer_bars import answer_bars
from resnet_explorer.crop import CENTRE
from resnet_explorer.finetune.confusion_picture import Cell
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.short_text import as_markdown
from resnet_explorer.target import members_of
from resnet_explorer.ui.evidence import SIDE, look_input, quick_method_input, show_scale, stage_input
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.network import choose_weights, link_parameters
from resnet_explorer.ui.photo_input import put_photo
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.subject import Subject
from resnet_explorer.ui.svg import show_svg
from resnet_explorer.ui.trust_cells import chosen_photos
from resnet_explorer.ui.trust_maps import Asked, Maps, Side, drawn_maps, side_after, side_before
from resnet_explorer.ui.trust_run import Judged, as_words, class_name

SCALES: Final = {"one": "One scale", "own": "Each its own"}
BARS: Final = 4


def show_photo(judged: Judged, index: int, cell: Cell | None) -> None:
    """The photo large, with what both networks make of it."""
    way, beside = st.columns([1.45, 1], gap="medium", vertical_alignment="bottom")
    with way:
        _show_way(judged, index, chosen_photos(judged, cell))
    weights = judged.run.weights
    try:
        photo = remembered("_tr_open", (judged.run.key, index), lambda: judged.open(index))
    except ValueError as refusal:
        st.error(as_words(refusal))
        return
    if weights is None:
        st.image(jpeg_bytes(photo.image), width=SIDE, alt=photo.name)
        st.info(
            t("Its network is kept when the run has ended; the maps come then.")
            if judged.run.alive
            else t("Its network is not kept here any more: there is nobody to ask for a map.")
        )
        return
    try:
        with beside:
            stage = stage_input(len(weights.spec.depths))
        _show_maps(judged, index, Subject(photo, weights, CENTRE), stage)
    except ValueError as refusal:
        st.error(as_words(refusal))


def _show_way(judged: Judged, index: int, among: tuple[int, ...]) -> None:
    """Back to all of them, and to the one before and after; what it is, and what it was taken for."""
    place = among.index(index) if index in among else None
    verdicts = judged.verdicts
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("All photos"), key="tr_close", icon=":material/arrow_back:", on_click=_go, args=(None,))
        if place is not None:
            before, after = among[max(0, place - 1)], among[min(len(among) - 1, place + 1)]
            st.button("‹", key="tr_before", on_click=_go, args=(before,), disabled=before == index)
            words = t("{number:,} of {count:,}").format(number=place + 1, count=len(among))
            st.markdown(words, width="content")
            st.button("›", key="tr_after", on_click=_go, args=(after,), disabled=after == index)
        words = t("{truth}, named right") if verdicts.is_right[index] else t("{truth}, taken for {answer}")
        truth, answer = verdicts.labels[index], verdicts.answers[index]
        st.markdown(
            "#### " + words.format(truth=class_name(judged, truth), answer=class_name(judged, answer))
        )


def _go(index: int | None) -> None:
    st.session_state["tr_photo"], st.session_state["tr_class"] = index, None


def _show_maps(judged: Judged, index: int, subject: Subject, stage: int) -> None:
    """The photo with the controls, and both maps beside it.

    Raises:
        ValueError: in one sentence, if the network that came out cannot be asked.
    """
    first, second, third = st.columns(3, gap="medium")
    picture = first.container()
    with first:
        _show_photo_controls(judged, index, subject)
        asked = _maps_input(stage)
    target = linked("tr_class", None, whole(0, len(subject.names) - 1))
    with third, st.spinner(t("The network looks …")):
        after = side_after(subject, asked, target)
    before = None
    try:
        with second, st.spinner(t("The network before fine-tuning looks …")):
            before = side_before(judged, subject, asked)
    except ValueError as refusal:
        second.info(t("No map of before: {why}").format(why=as_words(refusal)))
    maps = drawn_maps(subject, asked, (before, after) if before else (after,))
    picture.markdown(f"**{as_markdown(subject.photo.name.rpartition('/')[2], 26)}**")
    picture.image(maps.files[0], width="stretch", alt=t("The square that the networks look at"))
    if before:
        _show_side(second, maps, 0)
        with second:
            show_svg(_bars_before(before), "tr_bars_before", shrink=0.5)
    _show_side(third, maps, len(maps.sides) - 1)
    with third:
        _show_bars_after(after, int(judged.verdicts.labels[index]))
    if asked.one_scale:
        show_scale(maps.scale())
    if before:
        st.caption(prose("trust_before_after" if judged.run.story.start else "trust_before_nothing"))
    with st.container(horizontal=True):
        save_button(t("Download as PNG"), maps.sheet, "before-and-after.png", key="tr_save")
        save_button(t("Numbers as JSON"), maps.numbers, "before-and-after.json", key="tr_json")


def _show_photo_controls(judged: Judged, index: int, subject: Subject) -> None:
    """Leave it out, or take it to the Predict page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if judged.album:
            st.session_state["tr_out"] = judged.verdicts.names[index] in judged.left_out
            st.checkbox(t("Leave out"), key="tr_out", on_change=partial(judged.turn_out, index))
        if st.button(t("Open it on Predict"), key="tr_open", icon=":material/photo_camera:"):
            put_photo(subject.photo)
            choose_weights(subject.weights.key)
            st.switch_page("pages/predict.py", query_params=link_parameters())


def _maps_input(stage: int) -> Asked:
    """Method, brightness and colours of the maps of a stage."""
    method = quick_method_input()
    scale = linked("tr_scale", "one", one_of(SCALES))
    st.segmented_control(
        t("Brightness"),
        list(SCALES),
        required=True,
        format_func=lambda name: t(SCALES[name]),
        key="tr_scale",
        wrap=True,
        persist_state="session",
    )
    with st.popover(t("Colours and opacity"), icon=":material/palette:"):
        look = look_input()
    return Asked(method, stage, look, scale == "one")


def _show_side(place: DeltaGenerator, maps: Maps, number: int) -> None:
    """A map over the photo, whose it is and for which class."""
    side = maps.sides[number]
    place.markdown(f"**{side.when}**")
    place.image(maps.files[1 + number], width="stretch", alt=t("The map over the photo"))
    words = t("{name}: map for **{label}**, {probability:.1%}")
    place.markdown(
        words.format(name=as_markdown(side.name), label=as_markdown(side.label), probability=side.probability)
    )
    if side.found.is_empty:
        place.caption(t("Zero everywhere: nothing here speaks for the class."))
    if not maps.asked.one_scale:
        with place:
            show_scale(replace(maps.scale(number), words=""))


def _bars_before(side: Side) -> str:
    best = side.result.prediction.top(BARS)
    return answer_bars([(side.classes[number], value) for number, value in best], side.label, side.when)


def _show_bars_after(side: Side, truth: int) -> None:
    """The likeliest classes, the true one among them with a sign; a click on one asks for its map."""
    best = side.result.prediction.top(BARS)
    if truth not in [number for number, _ in best]:
        best.append((truth, float(side.result.prediction.probabilities[truth])))
    told = {
        number: f"✓ {side.classes[number]}" if number == truth else side.classes[number] for number, _ in best
    }
    numbers = {words: number for number, words in told.items()}
    bars = answer_bars(
        [(told[number], value) for number, value in best],
        told.get(members_of(side.result.target)[0], ""),
        side.when,
    )
    show_svg(bars, "tr_bars_after", lambda words: _choose_class(numbers[words]), shrink=0.5)
    st.caption(t("✓ is the true one. Click a class: what speaks for it?"))


def _choose_class(number: int) -> None:
    st.session_state["tr_class"] = number
