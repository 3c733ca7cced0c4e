"""One photo to test on: where the network looked, before fine-tuning and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import streamlit as st
from PIL import Image

from resnet_explorer.answer_bars import answer_bars
from resnet_explorer.cam import METHODS, ONE_PASS, Evidence, evidence
from resnet_explorer.crop import CENTRE
from resnet_explorer.finetune.confusion_picture import Cell
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import heat_picture, jpeg_bytes, overlay
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.short_text import as_markdown, shortened
from resnet_explorer.ui.answer import answer_for, class_names
from resnet_explorer.ui.evidence import SIDE, Look, enlarged, look_input, show_scale, stage_input, stage_label
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.network import link_parameters
from resnet_explorer.ui.networks import torch_gate
from resnet_explorer.ui.photo_input import put_photo
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.subject import Subject
from resnet_explorer.ui.svg import show_svg
from resnet_explorer.ui.trust_cells import chosen_photos
from resnet_explorer.ui.trust_run import Judged, class_name
from resnet_explorer.weights import find

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.stage_pass import StagePass

SCALES: Final = {"one": "One scale", "own": "Each its own"}
BARS: Final = 4


@dataclass(frozen=True, eq=False)
class Side:
    """What one of the two networks makes of the photo.

    Attributes:
        name: of the network.
        classes: their names.
        result: the pass.
        found: the map of the stage and method that were asked for.
    """

    name: str
    classes: tuple[str, ...]
    result: StagePass
    found: Evidence

    @property
    def label(self) -> str:
        """The class that the map is for."""
        return self.classes[self.result.target]

    @property
    def probability(self) -> float:
        """Of that class."""
        return float(self.result.prediction.probabilities[self.result.target])


@dataclass(frozen=True)
class Asked:
    """Which maps, and how they are drawn."""

    method: str
    stage: int
    look: Look
    one_scale: bool


def show_photo(judged: Judged, index: int, cell: Cell | None) -> None:
    """The photo large, with what both networks make of it."""
    _show_way(judged, index, chosen_photos(judged, cell))
    weights = judged.run.weights
    try:
        photo = remembered("_tr_open", (judged.run.key, index), lambda: judged.open(index))
    except ValueError as refusal:
        st.error(str(refusal))
        return
    if weights is None:
        st.image(jpeg_bytes(photo.image), width=SIDE, alt=photo.name)
        st.info(
            t("Its network is kept when the run has ended; the maps come then.")
            if judged.run.alive
            else t("Its network is not kept here any more: there is nobody to ask for a map.")
        )
        return
    _show_maps(judged, index, Subject(photo, weights, CENTRE))


def _show_way(judged: Judged, index: int, among: tuple[int, ...]) -> None:
    """Back to all of them, and to the one before and after."""
    place = among.index(index) if index in among else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("All photos"), key="tr_close", icon=":material/arrow_back:", on_click=_go, args=(None,))
        if place is not None:
            before, after = among[max(0, place - 1)], among[min(len(among) - 1, place + 1)]
            st.button("‹", key="tr_before", on_click=_go, args=(before,), disabled=before == index)
            st.markdown(t("{number:,} of {count:,}").format(number=place + 1, count=len(among)))
            st.button("›", key="tr_after", on_click=_go, args=(after,), disabled=after == index)
        verdicts = judged.verdicts
        words = (
            t("**{truth}**, named right")
            if verdicts.is_right[index]
            else t("**{truth}**, taken for **{answer}**")
        )
        st.markdown(
            "#### "
            + words.format(
                truth=class_name(judged, verdicts.labels[index]),
                answer=class_name(judged, verdicts.answers[index]),
            )
        )


def _go(index: int | None) -> None:
    st.session_state["tr_photo"], st.session_state["tr_class"] = index, None


def _show_maps(judged: Judged, index: int, subject: Subject) -> None:
    asked = _maps_input(len(subject.weights.spec.depths))
    names = subject.names
    target = linked("tr_class", None, whole(0, len(names) - 1))
    try:
        with st.spinner(t("The networks look …")):
            result = answer_for(subject.photo, subject.weights, CENTRE, target, "_tr_after_answer")
            after = Side(
                subject.weights.label, names, result, evidence(result.outputs[asked.stage], asked.method)
            )
    except ValueError as refusal:
        st.error(str(refusal))
        return
    before: Side | None = None
    try:
        with st.spinner(t("The network before fine-tuning looks …")):
            before = _before(judged, subject, asked)
    except ValueError as refusal:
        sentence = t("No map of before: {why}").format(why=str(refusal))
        st.info(sentence)
    sides = [side for side in (before, after) if side]
    tops = [side.found.peak for side in sides]
    if asked.one_scale:
        tops = [max(tops)] * len(tops)
    pictures, files = remembered(
        "_tr_drawn",
        (after.result, before and before.result, asked),
        lambda: _drawn(subject.seen, sides, tops, asked.look),
    )
    columns = iter(st.columns(1 + len(sides), gap="medium"))
    with next(columns):
        st.markdown(f"**{as_markdown(shortened(subject.photo.name.rpartition('/')[2]))}**")
        st.image(files[0], width="stretch", alt=t("The square that the networks look at"))
        _show_photo_controls(judged, index, subject)
    for side, file, top in zip(sides, files[1:], tops, strict=True):
        with next(columns):
            _show_side(side, file, None if asked.one_scale else top, asked, side is after, judged, index)
    if asked.one_scale:
        _show_colours(asked, tops[0])
    if before:
        st.caption(prose("trust_before_after"))
    _show_saves(subject, sides, pictures, tops, asked)


def _maps_input(stages: int) -> Asked:
    """Method, stage, scale and colours, in a row."""
    linked("p_method", "gradcam", one_of(ONE_PASS))
    usual = linked("tr_scale", "one", one_of(SCALES))
    first, second, third, fourth = st.columns([1.1, 2, 1.7, 1], gap="medium", vertical_alignment="bottom")
    method: str = first.selectbox(
        t("Method"),
        list(ONE_PASS),
        format_func=lambda key: ONE_PASS[key].name,
        key="p_method",
        help=t("The methods of one pass. The slower ones are on the Predict page."),
        persist_state="session",
    )
    with second:
        stage = stage_input(stages)
    third.segmented_control(
        t("Brightness"),
        list(SCALES),
        required=True,
        format_func=lambda name: t(SCALES[name]),
        key="tr_scale",
        persist_state="session",
    )
    with fourth, st.popover(t("Colours"), icon=":material/palette:"):
        look = look_input()
    return Asked(method, stage, look, usual == "one")


def _before(judged: Judged, subject: Subject, asked: Asked) -> Side:
    """What the network that the run began with makes of the same square, for its own surest class.

    Raises:
        ValueError: in one sentence, if that network cannot be had, or knows no classes.
    """
    story = judged.run.story
    if story.start is None:
        result = remembered(
            "_tr_untrained_answer",
            (subject.photo, judged.run.key),
            lambda: _untrained_answer(judged, subject),
        )
        name, names = t("untrained, seed {seed}").format(seed=story.settings.seed), class_names(story.classes)
    else:
        weights = replace(find(story.start), preprocessing=story.preprocessing)
        result = answer_for(subject.photo, weights, CENTRE, None, "_tr_before_answer")
        name, names = weights.label, class_names(weights.classes)
    return Side(name, names, result, evidence(result.outputs[asked.stage], asked.method))


def _untrained_answer(judged: Judged, subject: Subject) -> StagePass:
    from resnet_explorer.stage_pass import stage_pass

    network = _untrained(judged)
    with torch_gate():
        return stage_pass(network, subject.tensor(), range(len(judged.run.story.spec.depths) + 1))


def _untrained(judged: Judged) -> ResNet:
    """The beginning of a run from nothing, made again from its seed; the last one is kept."""

    def make() -> ResNet:
        from resnet_explorer.evaluation import for_evaluation
        from resnet_explorer.finetune.parts import beginner

        story = judged.run.story
        return for_evaluation(beginner(story.spec, len(story.classes), story.settings.seed))

    return remembered("_tr_untrained", (judged.run.key,), make)


def _drawn(
    seen: Image.Image, sides: list[Side], tops: list[float], look: Look
) -> tuple[list[Image.Image], list[bytes]]:
    """The square, and each side's map over it; and the same as files for the screen."""
    original = enlarged(seen)
    maps = [
        heat_picture(side.found.map.numpy(), (SIDE, SIDE), look.colour_map, look.smooth, top)
        for side, top in zip(sides, tops, strict=True)
    ]
    pictures = [original, *(overlay(original, heat, look.alpha) for heat in maps)]
    return pictures, [jpeg_bytes(picture) for picture in pictures]


def _show_photo_controls(judged: Judged, index: int, subject: Subject) -> None:
    if judged.album:
        name = judged.verdicts.names[index]
        st.session_state["tr_out"] = name in judged.left_out
        st.checkbox(t("Leave out"), key="tr_out", on_change=partial(judged.turn_out, index))
    if st.button(t("Open it on Predict"), key="tr_open", icon=":material/photo_camera:"):
        put_photo(subject.photo)
        st.session_state["p_from"], st.session_state["p_weights"] = "yours", subject.weights.key
        st.switch_page("pages/predict.py", query_params=link_parameters())


def _show_side(
    side: Side,
    file: bytes,
    top: float | None,
    asked: Asked,
    is_after: bool,
    judged: Judged,
    index: int,
) -> None:
    when = t("After") if is_after else t("Before")
    st.markdown(f"**{when}** · {as_markdown(side.name)}")
    st.image(file, width="stretch", alt=t("The map over the photo"))
    st.markdown(
        t("Map for **{label}**, {probability:.1%}").format(
            label=as_markdown(side.label), probability=side.probability
        )
    )
    if side.found.is_empty:
        st.caption(t("Zero everywhere: nothing here speaks for the class."))
    if top is not None:
        _show_colours(asked, top)
    best = side.result.prediction.top(BARS)
    if is_after:
        truth = int(judged.verdicts.labels[index])
        if truth not in [number for number, _ in best]:
            best.append((truth, float(side.result.prediction.probabilities[truth])))
        told = {number: _told(side.classes[number], number == truth) for number, _ in best}
        numbers = {words: number for number, words in told.items()}
        show_svg(
            answer_bars(
                [(told[number], value) for number, value in best], told.get(side.result.target, ""), when
            ),
            "tr_bars_after",
            lambda words: _choose_class(numbers[words]),
            shrink=0.5,
        )
    else:
        show_svg(
            answer_bars([(side.classes[number], value) for number, value in best], side.label, when),
            "tr_bars_before",
            shrink=0.5,
        )


def _told(name: str, is_true: bool) -> str:
    """A class beside its bar; the true one has a sign."""
    return f"✓ {name}" if is_true else name


def _choose_class(number: int) -> None:
    st.session_state["tr_class"] = number


def _show_colours(asked: Asked, top: float) -> None:
    show_scale(Scale(asked.look.colour_map, "0", f"{top:.3g}", t("evidence for the class")))


def _show_saves(
    subject: Subject, sides: list[Side], pictures: list[Image.Image], tops: list[float], asked: Asked
) -> None:
    """The pictures and their numbers, to take away."""
    after = sides[-1]
    method = f"{METHODS[asked.method].name} ({METHODS[asked.method].source})"
    caption = subject.caption(after.result.target, after.probability, stage_label(asked.stage), method)
    lines = list(caption.lines)
    for side in sides[:-1]:
        words = t("Before: {name}; its map is for {label}, {probability:.1%}")
        lines.append(words.format(name=side.name, label=side.label, probability=side.probability))
    if not asked.one_scale:
        lines.append(
            t("Each map is as bright as its own largest value: {tops}").format(
                tops=", ".join(f"{top:.3g}" for top in tops)
            )
        )
    top = f"{tops[0]:.3g}" if asked.one_scale else t("its largest")
    titles = [t("The photo"), *([t("Before")] if len(sides) > 1 else []), t("After")]
    with st.container(horizontal=True):
        save_button(
            t("Download as PNG"),
            lambda: sheet(
                pictures, lines, Scale(asked.look.colour_map, "0", top, t("evidence for the class")), titles
            ),
            "before-and-after.png",
            key="tr_save",
        )
        save_button(
            t("Numbers as JSON"),
            lambda: numbers_json(caption, _numbers(sides)),
            "before-and-after.json",
            key="tr_json",
        )


def _numbers(sides: list[Side]) -> dict[str, Any]:
    names = ["before", "after"][-len(sides) :]
    return {
        name: {
            "network": side.name,
            "class": side.label,
            "probability": side.probability,
            "map": np.asarray(side.found.map).tolist(),
        }
        for name, side in zip(names, sides, strict=True)
    }
